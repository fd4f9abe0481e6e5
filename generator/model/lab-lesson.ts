/** What the handout says to its reader. Part of the lab as a value (lab.ts). */
import type { Expectation } from './check.js';

/** One line a reader of the handout types, and what comes of it. */
export interface Step {
  readonly node: string;
  /** One line of shell, as root. */
  readonly run: string;
  readonly expect: Expectation;
  readonly why: string;
}

/** One way to break the running lab for a learner, who is not told which; checks of the lab tell that something is wrong. */
export interface Break {
  readonly name: string;
  /** What was done, told once it is repaired. */
  readonly title: string;
  /** Why that breaks the lab, told with it. */
  readonly about: string;
  readonly node: string;
  /** Shell, as root on the node. */
  readonly run: string;
  /** One way to heal it; any other that makes the checks pass is as good. */
  readonly repair: string;
  /** From where to look, over what to compare, to nearly the command. */
  readonly hints: readonly [string, string, string];
}

/**
 * A section of the handout (README.md of the output): Markdown made by the feature from checked names only, or a
 * template below templates/, for whatever else a lab's author may write.
 */
export type HandoutPart =
  | { readonly title: string; readonly lines: readonly string[] }
  | { readonly title: string; readonly template: string; readonly view: Readonly<Record<string, unknown>> };
