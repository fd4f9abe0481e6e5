/** A script of a node, run here: its folders of the system lie in `folder`, and so do the programs it would change the machine by. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeInto } from './trees.js';

export interface ScriptRun {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
  /** What the programs wrote into $LOG, a line each. */
  readonly asked: readonly string[];
}

/** `programs`: by name, as shell; nothing sleeps. */
export function runScript(folder: string, script: string, words: readonly string[], programs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): ScriptRun {
  writeInto(folder, 'script.sh', script.replaceAll(/\/(run|var\/lib)\/labgen\b/g, (path) => join(folder, path)), 0o755);
  for (const [name, text] of Object.entries({ sleep: '', ...programs })) writeInto(folder, `bin/${name}`, `#!/bin/sh\n${text}`, 0o755);
  const log = join(folder, 'log');
  writeInto(folder, 'log', '');
  const { stdout, stderr, status } = spawnSync(join(folder, 'script.sh'), words, { encoding: 'utf8', env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`, LOG: log, ...env } });
  return { out: stdout, err: stderr, status, asked: readFileSync(log, 'utf8').split('\n').filter((line) => line !== '') };
}
