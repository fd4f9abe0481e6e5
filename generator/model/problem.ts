/** One thing that is wrong with a lab, where it is, and what to do about it. */
export interface Problem {
  /** A stable code of the catalogue in `codes.ts`, such as LG012. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** The file as the user named it. */
  readonly file: string;
  /** 1-based; 0 where no place is known. */
  readonly line: number;
  /** 1-based; 0 where no place is known. */
  readonly column: number;
  /** Dotted path into the lab, such as `nodes.net-1.docker.bip`. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** With `--strict` what is questionable is wrong. */
export function strictly(problems: readonly Problem[], strict: boolean): readonly Problem[] {
  return strict ? problems.map((problem) => ({ ...problem, severity: 'error' })) : problems;
}

/** A path into a lab: keys and list indices. */
export type Path = readonly (string | number)[];

/** `nodes.net-1.docker`, `checks[0].ping`. */
export function dotted(path: Path): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** Control and direction characters as \u escapes: an error must not be able to paint over the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
