/** What the machine must have before an engine is tried, said at once and with the line that helps. */
import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import { Failure } from '../model/failure.js';
import type { EngineKind, EngineRecipe } from './engine.js';
import type { RunCommand } from '../drivers/run-command.js';

const ALWAYS = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setsid: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
};

/** `what` is the sentence's subject: "A private docker engine", "Ending a private engine". */
export function requireRoot(what: string, uid = userInfo().uid): void {
  if (uid === 0) return;
  throw new Failure(
    3,
    `${what} needs root, for its network namespaces and mounts.`,
    'Run the same command with sudo in front of it: sudo labgen …',
  );
}

/** Throws a Failure (exit 3) that names all that is missing. */
export async function requireForEngine(
  run: RunCommand,
  kind: EngineKind,
  recipe: EngineRecipe,
  uid = userInfo().uid,
): Promise<void> {
  requireRoot(`A private ${kind} engine`, uid);
  const programs: Readonly<Record<string, string>> = { ...ALWAYS, ...recipe.programs };
  // One shell looks for all of them, with the PATH that the engine gets.
  const look = 'for program; do command -v "$program" >/dev/null || echo "$program"; done';
  const found = await run({ argv: ['sh', '-c', look, 'labgen-look', ...Object.keys(programs)] });
  const missing = found.stdout.split('\n').filter((name) => name !== '');
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => programs[name] ?? name))].join(' ');
    throw new Failure(
      3,
      `A private ${kind} engine needs ${missing.join(', ')}, which this machine lacks.`,
      `On Debian or Ubuntu:  sudo apt-get install --no-install-recommends ${packages}`,
    );
  }
}

/** Whether this process may read and write a device. */
export function mayUse(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
