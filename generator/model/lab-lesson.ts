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

/**
 * A section of the handout (README.md of the output): Markdown made by the feature from checked names only, or a
 * template below templates/, for whatever else a lab's author may write.
 */
export type HandoutPart =
  | { readonly title: string; readonly lines: readonly string[] }
  | { readonly title: string; readonly template: string; readonly view: Readonly<Record<string, unknown>> };
