/** How long a check is asked, where whoever runs it knows better than the lab. */
import type { Check } from '../model/check.js';
import { isNegative } from '../model/expectation.js';

export interface Haste {
  /** Seconds: no check is polled longer. */
  readonly within?: number;
  /** Seconds: what must work is polled at least so long, as after a boot or on emulated nodes. */
  readonly patience?: number;
}

/** Seconds. A negative check's window is how long it must hold: that is the lab's to say. Patience is for what it is about to be there (verify.ts). */
export function windowOf(check: Pick<Check, 'kind' | 'expect' | 'within'>, { within, patience }: Haste): number {
  if (within !== undefined) return Math.min(check.within, within);
  return patience === undefined || isNegative(check.kind, check.expect) ? check.within : Math.max(check.within, patience);
}
