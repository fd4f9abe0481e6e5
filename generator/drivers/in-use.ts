/** Whether a folder's machines are there. Of files alone: nobody is asked. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { standingAt } from '../write/look.js';

export const SSH_CONFIG = '.labgen/ssh-config';

/** Whether a lab was brought up here and not taken away since. */
export function isRunning(folder: string): boolean {
  return standingAt(folder, SSH_CONFIG) === 'plain';
}

/** The provider machines of this folder were made with, if any were. */
export function providerInUse(folder: string): string | undefined {
  const machines = join(folder, '.vagrant', 'machines');
  for (const node of list(machines)) {
    for (const provider of list(join(machines, node))) if (existsSync(join(machines, node, provider, 'id'))) return provider;
  }
  return undefined;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
