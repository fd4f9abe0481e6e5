/** Holding a reading against what a check expects. */
import type { Check, Expectation, Reading } from '../model/check.js';
import { expectationText, isNegative, matches } from '../model/expectation.js';

/** What came of one attempt. */
export type Judgement = 'holds' | 'fails' | 'not-run';

export function judge(expect: Expectation, reading: Reading): Judgement {
  if (reading.state === 'not-run') return 'not-run';
  if (expect.is === 'works' || expect.is === 'unreachable') return reading.state === expect.is ? 'holds' : 'fails';
  return matches(expect, reading.value) ? 'holds' : 'fails';
}

/** What a report puts after "expected". */
export function expectedText(check: Check): string {
  const text = expectationText(check.expect);
  return isNegative(check.kind, check.expect) && check.within > 0 ? `${text}, throughout ${check.within} s` : text;
}
