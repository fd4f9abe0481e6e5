/** Nodes that are containers: a reboot ends them, and their engine has to start them again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, type RunCommand } from './run-command.js';

/** Lets the engine do so whenever a node ends otherwise than by being stopped, with labgen or without it. */
export async function letComeBack(run: RunCommand, folder: string, nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    const id = readFileSync(join(folder, '.vagrant', 'machines', node, 'docker', 'id'), 'utf8').trim();
    await must(run, `let the engine start ${node} again`, { argv: ['docker', 'update', '--restart', 'on-failure', id], timeoutMs: 60_000 });
  }
}
