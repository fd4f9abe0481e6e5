/** Comparing a value read from a lab with what a check expects of it. */
import type { Check, CheckKind, Expectation, Facts, Mutation, Wanted } from './check.js';

type Value = string | number | boolean;

/** A number as a text says it: `3`, `-1`, `2.5`. */
const NUMBER = /^-?\d+(\.\d+)?$/;

/** True where `value` is what the expectation asks for; false for expectations without a value. */
export function matches(expect: Expectation, value: Value | undefined): boolean {
  if (value === undefined || expect.is === 'works' || expect.is === 'unreachable') return false;
  return expect.is === 'any' ? expect.of.some((each) => fits(each, value)) : fits(expect, value);
}

function fits(wanted: Wanted, value: Value): boolean {
  switch (wanted.is) {
    case 'value': return folded(value) === folded(wanted.value);
    case 'pattern': return new RegExp(wanted.pattern, wanted.flags).test(String(value));
    case 'range': {
      const text = folded(value);
      return NUMBER.test(text) && Number(text) >= (wanted.least ?? -Infinity) && Number(text) <= (wanted.most ?? Infinity);
    }
  }
}

/** `1` and 1, `true` and true are the same; so are runs of blanks (sysctl puts tabs between numbers). */
function folded(value: Value): string {
  return String(value).trim().replaceAll(/[ \t]+/g, ' ');
}

/** `it works`, `unreachable`, `"refused"`, `/hello/`, `1476`, `from 1 to 5`, `one of: 200, 204`. */
export function expectationText(expect: Expectation): string {
  switch (expect.is) {
    case 'works': return 'it works';
    case 'unreachable': return 'unreachable';
    case 'pattern': return `/${expect.pattern}/${expect.flags}`;
    case 'value': return typeof expect.value === 'string' ? JSON.stringify(expect.value) : String(expect.value);
    case 'range':
      if (expect.most === undefined) return `${expect.least} or more`;
      return expect.least === undefined ? `${expect.most} or less` : `from ${expect.least} to ${expect.most}`;
    case 'any': return `one of: ${expect.of.map(expectationText).join(', ')}`;
  }
}

/** As a lab writes it, for the name of a check: ` = 200`, ` /hello/`, ` = 1..5`, ` = refused or timeout`. */
export function expectationSuffix(expect: Expectation): string {
  switch (expect.is) {
    case 'works': return '';
    case 'unreachable': return ' unreachable';
    case 'pattern': return ` ${written(expect)}`;
    case 'any': return ` = ${expect.of.map(written).join(' or ')}`;
    case 'value':
    case 'range': return ` = ${written(expect)}`;
  }
}

function written(wanted: Wanted): string {
  switch (wanted.is) {
    case 'pattern': return `/${wanted.pattern}/${wanted.flags}`;
    case 'range': return `${wanted.least ?? ''}..${wanted.most ?? ''}`;
    case 'value': return String(wanted.value);
  }
}

/** The value a check expects, where it is one that could be written back; undefined for all others. */
export function expectedValue(expect: Expectation): string | undefined {
  return expect.is === 'value' ? String(expect.value) : undefined;
}

/** True where it is about a number (a status, where a kind has one) and not about a text. */
export function asksNumber(expect: Expectation): boolean {
  if (expect.is === 'any') return expect.of.every(asksNumber);
  return expect.is === 'range' || (expect.is === 'value' && typeof expect.value === 'number');
}

/** A check that something must NOT get through: it has to hold throughout its window. */
export function isNegative(kind: string, expect: Expectation): boolean {
  if (expect.is === 'any') return expect.of.every((each) => isNegative(kind, each));
  return expect.is === 'unreachable' || (kind === 'tcp' && expect.is === 'value' && (expect.value === 'refused' || expect.value === 'timeout'));
}

/** What breaks a check; one that takes several values is broken only where one way breaks it for each of them. */
export function mutationOf(kind: CheckKind, { subject, expect }: Pick<Check, 'subject' | 'expect'>, facts: Facts): Mutation | undefined {
  if (expect.is !== 'any') return kind.mutation(subject, facts, expect);
  const [first, ...others] = expect.of.map((each) => kind.mutation(subject, facts, each));
  return first && others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : undefined;
}
