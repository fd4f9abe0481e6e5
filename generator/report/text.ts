/** Verdicts for people. */
import type { Verdict, Verdicts } from '../model/verdict.js';
import { labTitle, oneLine, plain, secondsText } from './plain.js';

const MARKS = { passed: { sign: '✓', word: 'passed', colour: 32 }, failed: { sign: '✗', word: 'FAILED', colour: 31 }, 'not-run': { sign: '–', word: 'not run', colour: 33 } } as const;

export interface TextOptions {
  readonly colour: boolean;
}

/** All verdicts, grouped by who asks, and a closing line. */
export function verdictsText(verdicts: Verdicts, options: TextOptions): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts.verdicts) groups.set(verdict.check.from, [...(groups.get(verdict.check.from) ?? []), verdict]);
  const parts = [...groups].map(([from, members]) => `${plain(from)}\n${members.map((verdict) => verdictText(verdict, options)).join('')}`);
  return [...parts, closingLine(verdicts, options)].join('\n');
}

/** One verdict as it comes in: a line, and for what is not well, everything needed to look into it. */
export function verdictText(verdict: Verdict, options: TextOptions): string {
  const mark = MARKS[verdict.state];
  const head = `  ${paint(`${mark.sign} ${mark.word.padEnd(7)}`, mark.colour, options)}  ${oneLine(verdict.check.id)}${verdict.seconds >= 0.05 ? `  (${secondsText(verdict.seconds)})` : ''}\n`;
  if (verdict.state === 'passed') return head;
  const details: [string, string][] = [];
  if (verdict.node !== '') details.push(['node', oneLine(verdict.node)]);
  if (verdict.command !== '') details.push(['command', plain(verdict.command)]);
  if (verdict.state === 'failed') details.push(['expected', oneLine(verdict.expected)]);
  details.push([verdict.state === 'failed' ? 'seen' : 'reason', oneLine(verdict.seen, 1200)]);
  if (verdict.why !== '') details.push(['why', oneLine(verdict.why)]);
  return head + details.map(([name, value]) => `      ${`${name}:`.padEnd(10)} ${value.replaceAll('\n', `\n${' '.repeat(17)}`)}\n`).join('');
}

/** `verify gre (open): 23 passed, 0 failed, 0 not run in 4.2 s`. */
export function closingLine(verdicts: Verdicts, options: TextOptions): string {
  const line = `verify ${labTitle(verdicts)}: ${verdicts.passed} passed, ${verdicts.failed} failed, ${verdicts.notRun} not run in ${secondsText(verdicts.seconds)}`;
  const state = verdicts.failed > 0 ? 'failed' : verdicts.notRun > 0 ? 'not-run' : 'passed';
  return `${paint(line, MARKS[state].colour, options)}\n`;
}

function paint(text: string, colour: number, options: TextOptions): string {
  return options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
}
