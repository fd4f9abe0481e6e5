/** What ends a run on purpose. The command line turns it into an exit code and one readable message. */

/** 1 a check failed or files differ; 2 the lab or the command line is wrong; 3 the machine lacks something or a node cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3 | 70 | 130;

export class Failure extends Error {
  constructor(
    readonly exitCode: Exclude<ExitCode, 0>,
    message: string,
    /** What to do next, one line or a few. */
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'Failure';
  }
}
