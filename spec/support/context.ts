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
export async function labgen(cwd: string, ...given: readonly string[] | readonly [Pick<Context, 'args' | 'env' | 'fetch'>]): Promise<Ran> {
  const [first] = given;
  const own = typeof first === 'object' ? first : { args: given as readonly string[], env: {} };
  let out = '';
  let err = '';
  const context: Context = {
    ...own, cwd, root, self: ['labgen'], version: '0.0.0-spec', isTerminal: false, colour: false, uid: 1000,
    now: () => new Date(0),
    interrupt: new AbortController().signal,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  };
  const code = await main(context);
  return { code, out, err };
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
