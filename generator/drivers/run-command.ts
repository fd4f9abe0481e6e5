/**
 * The one room that starts processes. A command is data (argv) first; running it is the last step.
 */
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { lineReader } from './line-reader.js';

export interface Command {
  /** The program and its arguments; never a shell line. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to the environment labgen was started with. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds; the command is ended (SIGTERM, then SIGKILL) after that. */
  readonly timeoutMs?: number;
  /**
   * A process group of its own: a Ctrl-C on the terminal then reaches it only through `signal`,
   * once, instead of twice (Vagrant aborts hard at the second one).
   */
  readonly ownGroup?: boolean;
  /** Milliseconds an interrupted command may take to end by itself; a minute unless given. */
  readonly tidyMs?: number;
  /** Pass the terminal through (ssh, an interactive shell). Nothing is captured. */
  readonly interactive?: boolean;
}

export interface Outcome {
  readonly argv: readonly string[];
  /** The exit code; 127 where the program does not exist; undefined when ended by a signal. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

export type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

/** What the other rooms are handed, so that tests can stand in for it. */
export type RunCommand = (command: Command, onLine?: OnLine, interrupt?: AbortSignal) => Promise<Outcome>;

/** A command as it can be pasted into a POSIX shell. */
export function pasteable(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** A command that ended badly: what was run, how it ended, what it said. */
export class CommandFailed extends Error {
  constructor(
    readonly outcome: Outcome,
    readonly meaning: string,
  ) {
    const how = outcome.timedOut
      ? `no end after ${Math.round(outcome.durationMs / 1000)} s`
      : outcome.signal
        ? `ended by ${outcome.signal}`
        : `exit ${outcome.code ?? '?'}`;
    const tail = (outcome.stderr.trim() || outcome.stdout.trim()).split('\n').slice(-12).join('\n');
    super(`${meaning}: ${how}\n  $ ${pasteable(outcome.argv)}${tail ? `\n${tail.replace(/^/gm, '  ')}` : ''}`);
    this.name = 'CommandFailed';
  }
}

/** How long a group that was told to end may take to do so, as in execa. */
const GRACE_MS = 5000;
/** How long a command that was interrupted may tidy up. */
const TIDY_MS = 60_000;

/** Runs a command to its end. Never throws for a command that fails: read `code`. After an interrupt it is not even started. */
export const runCommand: RunCommand = async (command, onLine, interrupt) => {
  const started = Date.now();
  if (interrupt?.aborted) return { argv: command.argv, code: undefined, signal: 'SIGINT', stdout: '', stderr: '', timedOut: false, durationMs: 0 };
  const [program = '', ...args] = command.argv;
  const child = execa(program, args, {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.env === undefined ? {} : { env: command.env }),
    ...(command.timeoutMs === undefined || command.ownGroup ? {} : { timeout: command.timeoutMs }),
    ...(command.ownGroup ? { detached: true, cleanup: false } : {}),
    ...(command.interactive
      ? { stdio: 'inherit' as const }
      : command.input === undefined
        ? { stdin: 'ignore' as const }
        : { input: command.input }),
  });
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    // An interactive command shares our terminal and got its Ctrl-C there; sent to labgen alone, the signal has to go on.
    const targets = command.ownGroup ? [-child.pid] : command.interactive ? descendants(child.pid) : [child.pid];
    for (const target of targets) {
      try {
        process.kill(target, signal);
      } catch {
        // It ended between the signal and here: nothing is left to interrupt.
      }
    }
  };
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    send('SIGTERM');
    timers.push(setTimeout(() => send('SIGKILL'), GRACE_MS));
  };
  const onAbort = (): void => {
    send('SIGINT');
    // Who is at the terminal knows better than a clock.
    if (!command.interactive) timers.push(setTimeout(end, command.tidyMs ?? TIDY_MS));
  };
  interrupt?.addEventListener('abort', onAbort, { once: true });
  // execa would end the leader alone; what it started would go on, and hold our pipes.
  let late = false;
  if (command.ownGroup && command.timeoutMs !== undefined) {
    timers.push(setTimeout(() => {
      late = true;
      end();
    }, command.timeoutMs));
  }
  if (onLine && !command.interactive) {
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = lineReader((line) => onLine(line, stream));
      child[stream]?.on('data', (chunk: Buffer) => lines.take(chunk));
      child[stream]?.on('end', () => lines.end());
    }
  }
  const result = await child;
  for (const timer of timers) clearTimeout(timer);
  interrupt?.removeEventListener('abort', onAbort);
  const missing = (result as { code?: string }).code === 'ENOENT';
  return {
    argv: command.argv,
    code: missing ? 127 : result.exitCode,
    signal: result.signal,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    stderr: missing ? `${program}: command not found` : typeof result.stderr === 'string' ? result.stderr : '',
    timedOut: late || result.timedOut,
    durationMs: Date.now() - started,
  };
};

/** Processes below one, the nearest first. Empty where the system does not tell (not Linux). */
function descendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    return [...children, ...children.flatMap(descendants)];
  } catch {
    return [];
  }
}

/** Runs a command that has to work; throws CommandFailed, saying what it was for, where it does not. */
export async function must(run: RunCommand, meaning: string, command: Command, onLine?: OnLine): Promise<Outcome> {
  const outcome = await run(command, onLine);
  if (outcome.code !== 0) throw new CommandFailed(outcome, meaning);
  return outcome;
}
