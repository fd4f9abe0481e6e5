/** Comparing a value read from a lab with what a check expects of it. */
import type { Expectation } from './check.js';

/** True where `value` is what a value or pattern expectation asks for; false for expectations without a value. */
export function matches(expect: Expectation, value: string | number | boolean | undefined): boolean {
  if (value === undefined) return false;
  if (expect.is === 'value') return folded(value) === folded(expect.value);
  if (expect.is === 'pattern') return new RegExp(expect.pattern, expect.flags).test(String(value));
  return false;
}

/** `1` and 1, `true` and true are the same; so are runs of blanks (sysctl puts tabs between numbers). */
function folded(value: string | number | boolean): string {
  return String(value).trim().replaceAll(/[ \t]+/g, ' ');
}

/** `it works`, `unreachable`, `"refused"`, `/hello/`, `1476`. */
export function expectationText(expect: Expectation): string {
  switch (expect.is) {
    case 'works': return 'it works';
    case 'unreachable': return 'unreachable';
    case 'pattern': return `/${expect.pattern}/${expect.flags}`;
    case 'value': return typeof expect.value === 'string' ? JSON.stringify(expect.value) : String(expect.value);
  }
}

/** The value a check expects, where it is one that could be written back; undefined for patterns and defaults. */
export function expectedValue(expect: Expectation): string | undefined {
  return expect.is === 'value' ? String(expect.value) : undefined;
}

/** A check that something must NOT get through: it has to hold throughout its window. */
export function isNegative(kind: string, expect: Expectation): boolean {
  return expect.is === 'unreachable' || (kind === 'tcp' && expect.is === 'value' && (expect.value === 'refused' || expect.value === 'timeout'));
}
