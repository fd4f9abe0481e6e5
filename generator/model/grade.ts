/** How far the repair of a broken lab has come, as a value; reports turn it into text. */
import type { Break } from './lab.js';
import type { Verdicts } from './verdict.js';

/** What is known of a break between two runs of labgen. */
export interface BreakState {
  readonly name: string;
  readonly stage: string | undefined;
  /** Milliseconds since 1970. */
  readonly begun: number;
  /** Ids of the checks it turned red; undefined where labgen ended before it looked. */
  readonly red: readonly string[] | undefined;
  /** How many hints were told. */
  readonly hints: number;
  /** When all checks passed again; undefined: they did not yet. */
  readonly healed: number | undefined;
}

/** Points that a hint costs, of 100. */
export const HINT_COSTS = 10;

export interface Grade {
  /** `none`: nothing was broken on purpose; the lab is graded as it is. */
  readonly state: 'none' | 'broken' | 'healed';
  /** 0 to 100: the share of `of` that is mended, less what hints cost. */
  readonly score: number;
  /** Checks that the break turned red, and others that do not pass now; how many of them pass. */
  readonly of: number;
  readonly mended: number;
  /** Their ids. */
  readonly judged: readonly string[];
  /** Those that were told, and how many there are. */
  readonly hints: readonly string[];
  readonly hintsInAll: number;
  /** From the break until it was healed, or until now; undefined without a break. It does not count. */
  readonly seconds: number | undefined;
  /** Told only once it is healed. */
  readonly solution: Break | undefined;
  readonly verdicts: Verdicts;
}
