/** What verify found out, as values; reports turn it into text. */
import type { Check } from './check.js';

export interface Verdict {
  readonly check: Check;
  readonly state: 'passed' | 'failed' | 'not-run';
  /** Where the command ran; empty where none could be built. */
  readonly node: string;
  /** As it can be pasted into a root shell on the node; empty where none could be built. */
  readonly command: string;
  readonly expected: string;
  /** What was seen instead; for `not-run` the reason. */
  readonly seen: string;
  readonly why: string;
  readonly seconds: number;
  readonly attempts: number;
}

export interface Verdicts {
  readonly lab: string;
  readonly stage: string | undefined;
  /** In the order of the lab's checks. */
  readonly verdicts: readonly Verdict[];
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
  readonly seconds: number;
}
