/** What a problem code means, with a lab that has it and one that has not. */
export interface Explanation {
  readonly code: string;
  readonly title: string;
  /** One paragraph. */
  readonly text: string;
  /** A whole lab; `# <- CODE` stands on the line the problem is told at, `# --set PATH=VALUE` is the command line's. */
  readonly wrong: string;
  readonly right: string;
}
