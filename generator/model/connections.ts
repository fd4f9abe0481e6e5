/** Running commands on the nodes of a lab, whatever carries them there. */
import type { CommandResult } from './check.js';
import { Failure } from './failure.js';

export interface RunOptions {
  /** Milliseconds after which the command is ended on the node and `code` is undefined. Default 60 s. */
  readonly timeoutMs?: number;
  readonly input?: string;
  /** As root through `sudo -n`. Default true. */
  readonly sudo?: boolean;
}

/** A command that listens while others run. */
export interface Observation {
  /** False where it ended without ever printing `ready`. */
  readonly ready: boolean;
  /** Its whole output; `ready` itself is left out. */
  readonly ended: Promise<CommandResult>;
  stop(): void;
}

export interface Connections {
  /** Never throws for a command that fails; throws NodeUnreachable. */
  run(node: string, argv: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Starts a command and comes back when it printed a line `ready`, or ended. */
  observe(node: string, argv: readonly string[], options?: RunOptions): Promise<Observation>;
  close(): Promise<void>;
}

/** Commands whose output is bytes without an end. */
export interface Streaming {
  /**
   * Runs a command and hands over what it prints as it comes, no faster than it is taken. Its standard input stays open: it
   * gets its end when `until` is aborted, or when the connection breaks, and the command has to end by that.
   */
  stream(node: string, argv: readonly string[], into: (bytes: Uint8Array) => Promise<void>, options: { readonly timeoutMs: number; readonly until: AbortSignal }): Promise<CommandResult>;
}

/** A node that does not answer over SSH; exit code 3. */
export class NodeUnreachable extends Failure {
  constructor(
    readonly node: string,
    readonly reason: string,
    hint = `Is it up? See "labgen status", or log in by hand: "labgen ssh ${node}".`,
  ) {
    super(3, `node ${node} cannot be reached: ${reason}`, hint);
    this.name = 'NodeUnreachable';
  }
}
