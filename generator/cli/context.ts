/** What a command gets from the outside world; only bin.ts makes one from the real process. */
import type { Fetch } from '../drivers/download.js';
import type { ExitCode } from '../model/failure.js';

export interface Context {
  /** The arguments this run was started with. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The package's root: labs/ and templates/ lie below it. */
  readonly root: string;
  /** How to start this program again: node and the script. */
  readonly self: readonly string[];
  readonly version: string;
  /** Which build of labgen this is; undefined where it is none, but runs from its sources. */
  readonly build: string | undefined;
  readonly isTerminal: boolean;
  /** One line that somebody types; undefined where they end (Ctrl-D), or are interrupted. Left out where nobody is there to be asked. */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
  readonly colour: boolean;
  readonly uid: number;
  readonly now: () => Date;
  /** Aborted at the first Ctrl-C, SIGTERM or lost terminal. */
  readonly interrupt: AbortSignal;
  /** In place of Node's own fetch; left out by bin.ts. */
  readonly fetch?: Fetch;
  /** Bytes as they are, for another program; the promise is kept when there is room for more. False: nobody reads any more. Left out in tests that have none. */
  readonly outBytes?: (bytes: Uint8Array) => Promise<boolean>;
  out(text: string): void;
  err(text: string): void;
}

export type Command<Options> = (context: Context, options: Options) => Promise<ExitCode> | ExitCode;

/** `context` with some of it replaced; what is found out when it is asked for stays so, which a spread would ask for at once. */
export function changed(context: Context, changes: Partial<Context>): Context {
  return Object.defineProperties({} as Context, { ...Object.getOwnPropertyDescriptors(context), ...Object.getOwnPropertyDescriptors(changes) });
}
