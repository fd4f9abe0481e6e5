/** labgen as it is shipped, built into a folder of its own: a process of it can be killed, and starts quickly. */
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, BUNDLES, type Bundle } from '../../scripts/bundles.js';
import { root } from '../support/context.js';

/** The file to start; `folder` is its own. */
export async function buildProgram(folder: string): Promise<string> {
  const dist = join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  await Promise.all((Object.keys(BUNDLES) as Bundle[]).map((name) => build({ ...bundleOptions(name), outfile: join(dist, `${name}.cjs`) })));
  copyFileSync(join(root, 'scripts/start.cjs'), join(dist, 'labgen.cjs'));
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(join(dist, 'build-id'), 'torture');
  for (const name of ['labs', 'templates', 'docs', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
  copyFileSync(join(root, 'spec/torture/dying.cjs'), join(folder, 'dying.cjs'));
  // Other users run it as well.
  chmodSync(folder, 0o755);
  return join(dist, 'labgen.cjs');
}

/** At which call that changes the disk something happens, and what; see dying.cjs. */
export interface Dying {
  readonly at?: number;
  readonly how?: string;
  readonly once?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** Calls that changed the disk; undefined where it was killed. */
  readonly calls: number | undefined;
}

/** `before`: words in front of it, such as those that make it another user's. */
export async function run(program: string, cwd: string, args: readonly string[], dying: Dying = {}, { before = [], env = {} }: { readonly before?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Ended> {
  const count = join(program, '..', `count-${Math.random().toString(36).slice(2)}`);
  const [command = '', ...words] = [...before, process.execPath, '--require', join(program, '../../dying.cjs'), program, ...args];
  const child = spawn(command, words, { cwd, env: { PATH: process.env['PATH'], HOME: cwd, ...env, LABGEN_DYING: JSON.stringify({ ...dying, ...(before.length === 0 ? { count } : {}) }) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const { code, signal } = await new Promise<Pick<Ended, 'code' | 'signal'>>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) => done({ code, signal }));
  });
  return { code, signal, out, err, calls: signal === null && before.length === 0 ? Number(readFileSync(count, 'utf8')) : undefined };
}
