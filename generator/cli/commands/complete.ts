/** labgen __complete -- WORDS…: what may stand in place of the last word, for the scripts that "labgen completion" prints. */
import type { Command } from 'commander';
import type { ExitCode } from '../../model/failure.js';
import { PLAIN_TEXT } from '../../schema/patterns.js';
import { candidates, type Candidate } from '../candidates.js';
import type { Context } from '../context.js';
import { expectedAt, type Expected } from '../expected.js';

/** One candidate a line, a tab and what it is behind it. Nothing at all where something is wrong: who pressed Tab did not ask for an error. */
export function complete(context: Context, program: Command, words: readonly string[]): ExitCode {
  try {
    const expected = expectedAt(program, words);
    if (expected) for (const { text, about } of fitting(context, expected)) context.out(`${(expected.before + text).slice(expected.known)}${about === undefined ? '' : `\t${about}`}\n`);
  } catch {
    // Such as a folder that cannot be read.
  }
  return 0;
}

function fitting(context: Context, expected: Expected): readonly Candidate[] {
  return all(context, expected).filter(({ text }) => text.startsWith(expected.word) && isOneWord(text));
}

function all(context: Context, { value, verbs, flags, word, given }: Expected): readonly Candidate[] {
  if (value?.argChoices) return value.argChoices.map((text) => ({ text }));
  if (value) return candidates(context, 'attributeName' in value ? value.attributeName() : value.name(), word, given);
  return [
    ...verbs.map((verb) => ({ text: verb.name(), about: verb.description() })),
    ...flags.map((flag) => ({ text: flag.long ?? flag.short ?? '', about: flag.description })),
  ];
}

/** A file's name may hold anything: a line end would be two candidates, an escape would be obeyed by the terminal. */
function isOneWord(text: string): boolean {
  return new RegExp(PLAIN_TEXT).test(text);
}
