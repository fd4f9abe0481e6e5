/** What a shell's Tab asks for: which kind of word would stand at the end of a half-written command line. Pure. */
import type { Argument, Command, Option } from 'commander';

export interface Expected {
  /** The part of the last word to be completed, and what of that word stands before it, such as `--stage=`. */
  readonly word: string;
  readonly before: string;
  /** How much of the whole word the shell does not want to be told again. */
  readonly known: number;
  /** Whose value is wanted: `lab`, `node`, `stage` …; undefined where a verb or a flag is. */
  readonly value?: Option | Argument;
  readonly verbs: readonly Command[];
  readonly flags: readonly Option[];
  /** What was given before, by the names of flags and arguments. */
  readonly given: Readonly<Record<string, string>>;
}

/** `words` are those after the program's name; the last one is the one to be completed, and may be empty. Undefined: nobody knows. */
export function expectedAt(program: Command, words: readonly string[]): Expected | undefined {
  const { done, last, known } = rejoin(words);
  const line = readLine(program, done);
  if (line === undefined) return undefined;
  const { command, given, open } = line;
  const nothing = { word: last, before: '', known, verbs: [], flags: [], given };
  if (open) return { ...nothing, value: open };
  const isFlag = last.startsWith('-') && !line.flagsEnded;
  const [flag = '', rest] = split(last);
  if (isFlag && rest !== undefined) {
    const option = optionOf(command, flag);
    return option && takesValue(option) ? { ...nothing, word: rest, before: last.slice(0, last.length - rest.length), value: option } : undefined;
  }
  const flags = command.createHelp().visibleOptions(command).filter((option) => given[option.attributeName()] === undefined || Array.isArray(option.defaultValue));
  if (isFlag) return { ...nothing, flags };
  if (command === program) return { ...nothing, verbs: program.createHelp().visibleCommands(program) };
  const value = argumentAt(command, line.operands);
  // commander's own.
  if (value && command.name() === 'help') return { ...nothing, verbs: program.createHelp().visibleCommands(program) };
  // Where nothing else can come, the flags are worth telling unasked.
  return value ? { ...nothing, value } : { ...nothing, flags: line.flagsEnded ? [] : flags };
}

interface Line {
  readonly command: Command;
  readonly given: Readonly<Record<string, string>>;
  readonly operands: number;
  /** A flag that still waits for its value. */
  readonly open?: Option;
  readonly flagsEnded: boolean;
}

function readLine(program: Command, words: readonly string[]): Line | undefined {
  let command = program;
  const given: Record<string, string> = {};
  let operands = 0;
  let open: Option | undefined;
  let flagsEnded = false;
  for (const word of words) {
    if (open) {
      given[open.attributeName()] = word;
      open = undefined;
    } else if (word === '--' && !flagsEnded) flagsEnded = true;
    else if (word.startsWith('-') && word !== '-' && !flagsEnded) {
      const [flag, value] = split(word);
      const option = optionOf(command, flag);
      if (!option) return undefined;
      if (takesValue(option) && value === undefined) open = option;
      else given[option.attributeName()] = value ?? '';
    } else if (command === program) {
      const verb = program.createHelp().visibleCommands(program).find((each) => each.name() === word);
      if (!verb) return undefined;
      command = verb;
    } else {
      const argument = argumentAt(command, operands++);
      if (!argument) return undefined;
      // Of several words each, on a line of its own.
      const before = given[argument.name()];
      given[argument.name()] = before === undefined ? word : argument.variadic ? `${before}\n${word}` : before;
      // What follows the node of `exec` belongs to the command run there; labs may have flags between them.
      if (command.registeredArguments.at(-1)?.variadic && command.registeredArguments.at(-1)?.required) flagsEnded = true;
    }
  }
  return { command, given, operands, flagsEnded, ...(open ? { open } : {}) };
}

/** bash breaks words at "=" and ":", as in `--stage`, `=`, `cl`, and only asks for the last piece. */
function rejoin(words: readonly string[]): { readonly done: readonly string[]; readonly last: string; readonly known: number } {
  const joined: string[] = [];
  let known = 0;
  for (const [index, word] of words.entries()) {
    const previous = joined.at(-1);
    const isBreak = /^[=:]+$/.test(word);
    const goesOn = previous !== undefined && (isBreak || /^[=:]+$/.test(words[index - 1] ?? ''));
    known = goesOn ? previous.length + (isBreak ? word.length : 0) : 0;
    if (goesOn) joined[joined.length - 1] = previous + word;
    else joined.push(word);
  }
  return { done: joined.slice(0, -1), last: joined.at(-1) ?? '', known };
}

/** `--stage=open`, `-oDIR`: the flag and what is already said of its value. */
function split(word: string): [flag: string, value?: string] {
  const [, long, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) return [long, value];
  return /^-[^-]./s.test(word) ? [word.slice(0, 2), word.slice(2)] : [word];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.createHelp().visibleOptions(command).find((option) => option.long === flag || option.short === flag);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const all = command.registeredArguments;
  return all[index] ?? (all.at(-1)?.variadic === true ? all.at(-1) : undefined);
}
