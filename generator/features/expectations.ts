/** `expect` as a lab writes it: read, and held against what a kind of check can expect. */
import type { CheckKind, Expectation, Wanted } from '../model/check.js';
import { asksNumber, expectationText } from '../model/expectation.js';
import type { Tree } from '../model/merge.js';
import { nearest } from '../model/nearest.js';
import type { Path } from '../model/problem.js';
import type { RuleContext } from './feature.js';

const PATTERN = /^\/(.*)\/([imsu]*)$/s;
/** Flags that other tools have; two letters at most, so that paths such as /home/guy stay texts. */
const FOREIGN_FLAGS = /^\/.+\/([imsu]?[gy]|[gy][imsuy])$/s;
const RANGE = /^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$/;
/** What was meant to be a range: `>= 3`, `1...5`, `1 .. 5`. */
const NEARLY_RANGE = /^\s*(?:[<>]=?\s*-?\d+(?:\.\d+)?|-?\d+(?:\.\d+)?\s*\.{2,}\s*(?:-?\d+(?:\.\d+)?)?|\.{2,}\s*-?\d+(?:\.\d+)?)\s*$/;

/** `/pattern/flags` is a pattern, `1..5` a range, a list any of its items, `unreachable` itself, anything else a value. */
export function parseExpectation(value: unknown): Expectation {
  if (value === undefined || value === null) return { is: 'works' };
  if (value === 'unreachable') return { is: 'unreachable' };
  if (!Array.isArray(value)) return parseWanted(value);
  const [first, ...others] = (value as unknown[]).map(parseWanted);
  return first && others.length === 0 ? first : { is: 'any', of: (value as unknown[]).map(parseWanted) };
}

function parseWanted(value: unknown): Wanted {
  const text = typeof value === 'string' ? value : '';
  const pattern = PATTERN.exec(text);
  if (pattern) return { is: 'pattern', pattern: pattern[1] ?? '', flags: pattern[2] ?? '' };
  const range = text === '..' ? null : RANGE.exec(text);
  const [least, most] = (range?.slice(1) ?? []).map((bound: string | undefined) => (bound === undefined ? undefined : Number(bound)));
  if (range) return { is: 'range', least, most };
  return { is: 'value', value: value as string | number | boolean };
}

/** An `expect` that a kind of check has; `written` is what holds it, at `path`. */
export function expectationFits(context: RuleContext, kind: CheckKind, written: Tree, path: Path): void {
  const value = written['expect'];
  const at = [...path, 'expect'];
  const hint = legalText(kind);
  if (value === undefined || value === null) {
    if (kind.expects.required === true) context.error('LG011', at, `"${kind.name}" needs "expect"`, hint);
    return;
  }
  if (!Array.isArray(value)) {
    wantedFits(context, kind, value, at);
    return;
  }
  const items = value as unknown[];
  if (!takesLists(kind)) context.error('LG091', at, `"${kind.name}" does not expect a list`, hint);
  else items.forEach((item, index) => wantedFits(context, kind, item, [...at, index], items.length > 1));
  const numbers = items.map((item) => asksNumber(parseExpectation(item)));
  const odd = numbers.indexOf(!(numbers[0] ?? false));
  if (kind.expects.status === true && odd > 0 && context.isSound(at)) context.error('LG091', [...at, odd], `"${kind.name}" cannot tell a number from a text in one list`, 'A number or a range is the status, a text or a pattern what it says: keep to one of the two.');
}

function wantedFits(context: RuleContext, kind: CheckKind, value: unknown, at: Path, among = false): void {
  const { expects } = kind;
  const expect = parseExpectation(value);
  const hint = legalText(kind);
  if (among && expect.is === 'unreachable') context.error('LG091', at, '"unreachable" stands alone: it asks that nothing gets through', 'Take it out of the list, or the others; "tcp" has the words refused and timeout.');
  else if (expect.is === 'pattern') patternFits(context, kind, expect, at);
  else if (expects.patterns && typeof value === 'string' && FOREIGN_FLAGS.test(value)) context.error('LG091', at, `the pattern cannot be read: of its flags, ${/[gy]/.exec(value.slice(value.lastIndexOf('/')))?.[0] ?? ''} is none of i, m, s and u`, 'A pattern is found anywhere, and once is enough: leave the flag out.');
  else if (expect.is === 'range') {
    if (!takesRanges(kind)) context.error('LG091', at, `"${kind.name}" does not expect a range`, hint);
    else if ((expect.least ?? -Infinity) > (expect.most ?? Infinity)) context.error('LG160', at, `no number is ${expectationText(expect)}`, `The smaller one comes first: ${expect.most ?? ''}..${expect.least ?? ''}.`);
  } else if (takesRanges(kind) && typeof value === 'string' && NEARLY_RANGE.test(value)) context.error('LG091', at, `the range ${JSON.stringify(value)} cannot be read`, 'Both ends belong to it, and one may be left out: 1..5, 3.. (3 or more), ..5 (5 or less).');
  else if (!isLegal(kind, expect)) context.error('LG091', at, `"${kind.name}" does not expect ${JSON.stringify(expect.is === 'value' ? expect.value : 'unreachable')}`, hint);
  else if (expects.values.includes('string') && typeof value === 'string') wordIsMeant(context, kind, value, at);
}

/** What is meant for a word of the kind's, and would be waited for as a text: likely no more than that, so a pattern says that it is meant. */
function wordIsMeant(context: RuleContext, { name, expects }: CheckKind, value: string, at: Path): void {
  const legal = [...(expects.unreachable ? ['unreachable'] : []), ...(expects.words ?? [])];
  if (legal.includes(value) || !/^[a-z]+(-[a-z]+)*$/i.test(value)) return;
  // What other kinds call it.
  const near = nearest(value, expects.unreachable ? [...legal, 'refused', 'timeout'] : legal);
  if (near === undefined) return;
  const meant = legal.includes(near) ? near : 'unreachable';
  const given = expects.patterns ? ` If not, say so by a pattern: /^${value}$/.` : '';
  context.warning('LG091', at, `"${name}" takes ${JSON.stringify(value)} for the text that is to come`, `Did you mean "${meant}"?${given}`);
}

function patternFits(context: RuleContext, kind: CheckKind, { pattern, flags }: Extract<Wanted, { is: 'pattern' }>, at: Path): void {
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    context.error('LG091', at, `the pattern cannot be read: ${(error as Error).message}`, 'It is a JavaScript regular expression between slashes.');
    return;
  }
  if (!kind.expects.patterns) context.error('LG091', at, `"${kind.name}" does not expect a pattern`, legalText(kind));
}

function isLegal({ expects }: CheckKind, expect: Expectation): boolean {
  if (expect.is === 'unreachable') return expects.unreachable;
  return expect.is === 'value' && ((expects.words ?? []).includes(String(expect.value)) || expects.values.includes(typeof expect.value as 'string'));
}

/** Wherever a number can be expected, so can a range of them. */
function takesRanges({ expects }: CheckKind): boolean {
  return expects.values.includes('number');
}

function takesLists({ expects }: CheckKind): boolean {
  return expects.values.length + (expects.words ?? []).length > 1;
}

function legalText(kind: CheckKind): string {
  const { expects } = kind;
  const legal = [
    expects.unreachable ? 'unreachable' : '', ...(expects.words ?? []), ...expects.values.map((type) => `a ${type}`),
    takesRanges(kind) ? 'a range such as 1..5' : '', expects.patterns ? 'a pattern /…/' : '', takesLists(kind) ? 'or a list of these' : '',
  ].filter(Boolean).join(', ');
  return legal === '' ? 'It has none: leave "expect" out.' : `It may be: ${legal}.`;
}
