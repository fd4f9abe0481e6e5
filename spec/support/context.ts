/** A Context without a process: arguments in, texts and an exit code out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from '../../generator/cli/context.js';
import { main } from '../../generator/cli/main.js';
import type { ExitCode } from '../../generator/model/failure.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs labgen in `cwd` inside this process. */
export async function labgen(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return labgenIn({}, cwd, ...args);
}

export function labgenOfBuild(build: string | undefined, cwd: string, ...args: readonly string[]): Promise<Ran> {
  return labgenIn({ build }, cwd, ...args);
}

/** The same in another world: an environment, an interrupt, a user. */
export async function labgenIn(world: Partial<Context>, cwd: string, ...args: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await main({ ...contextOf(world, cwd, ...args), out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

export function contextOf(world: Partial<Context>, cwd: string, ...args: readonly string[]): Context {
  return {
    args, cwd, root, env: {}, self: ['labgen'], version: '0.0.0-spec', build: 'a', isTerminal: false, colour: false, uid: 1000,
    now: () => new Date(0),
    interrupt: new AbortController().signal,
    out: () => {},
    err: () => {},
    ...world,
  };
}

/** A folder that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'labgen-spec-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
