/** Nodes that are containers: a reboot ends them, and their engine has to start them again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.js';
import { must, type RunCommand } from './run-command.js';

/** Lets the engine do so whenever a node ends otherwise than by being stopped, with labgen or without it. */
export async function letComeBack(run: RunCommand, folder: string, nodes: readonly string[]): Promise<void> {
  for (const node of nodes) {
    const id = readFileSync(join(folder, '.vagrant', 'machines', node, 'docker', 'id'), 'utf8').trim();
    // Whoever made the folder may have written anything there.
    if (!/^[0-9a-f]{12,64}$/.test(id)) throw new Failure(3, `the container of ${node} is not known here`, '"labgen status" tells what runs.');
    await must(run, `let the engine start ${node} again`, { argv: ['docker', 'update', '--restart', 'on-failure', id], timeoutMs: 60_000 });
  }
}
