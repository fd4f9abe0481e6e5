/** What a tool has to say about a place in a rendered file. */
export interface Finding {
  /** The tool's own name of the rule, such as SC2086; the tool's name where it has none. */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note';
  /** Relative to the rendered folder, with `/`; empty where the tool names none. */
  readonly file: string;
  /** 1-based; 0 where the tool gives none. */
  readonly line: number;
  /** 1-based; 0 where the tool gives none. */
  readonly column: number;
  readonly message: string;
}

/** What came of one tool. */
export interface LintResult {
  readonly tool: string;
  readonly state: 'passed' | 'failed' | 'not-run';
  /** Files looked at. */
  readonly files: number;
  /** What is wrong, as far as the tool says where. */
  readonly findings: readonly Finding[];
  /** What the tool said, or why it was not run. */
  readonly said: string;
  readonly seconds: number;
}

/** `nodes/net-1/labgen-network.sh:12:3`, as far as it is known. */
export function placeOf({ file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>): string {
  return `${file}${line > 0 ? `:${line}` : ''}${line > 0 && column > 0 ? `:${column}` : ''}`;
}
