/** The cgroups that an engine's containers and machines leave: one tree in each hierarchy, named after the engine. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type RunCommand } from '../drivers/run-command.js';
import { readOr } from './first-process.js';
import type { Places } from './places.js';

/** Mount points of all cgroup hierarchies, version 1 and 2, from the text of /proc/self/mounts. */
export function cgroupMounts(mounts: string): readonly string[] {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, where, type]) => where !== undefined && (type === 'cgroup' || type === 'cgroup2'))
    .map(([, where = '']) => where);
}

export function engineCgroups(places: Places, id: string): readonly string[] {
  const mounts = readOr(join(places.proc, 'self/mounts')) ?? '';
  return cgroupMounts(mounts).map((where) => join(where, `labgen-${id}`)).filter((path) => existsSync(path));
}

/** Ids of engines that have cgroups here. */
export function enginesWithCgroups(places: Places): readonly string[] {
  const mounts = cgroupMounts(readOr(join(places.proc, 'self/mounts')) ?? '');
  return [...new Set(mounts.flatMap((where) => namesIn(where)).flatMap((name) => /^labgen-([0-9a-f]{10})$/.exec(name)?.[1] ?? []))].sort();
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Lets go on what is frozen in them, such as a paused container, on whichever level: with version 1 such a process cannot
 * even be killed (the kernel's freezer-subsystem.rst); with version 2 it can.
 */
export async function thawCgroups(run: RunCommand, places: Places, id: string): Promise<void> {
  const own = engineCgroups(places, id);
  if (own.length > 0) await run({ argv: ['find', ...own, '-name', 'freezer.state', '-exec', 'sh', '-c', 'for file; do echo THAWED >"$file"; done', 'sh', '{}', '+'] });
}

/** Removes them, innermost first. The kernel keeps a cgroup busy for a moment after its last process. */
export async function removeCgroups(run: RunCommand, places: Places, id: string): Promise<void> {
  for (let tries = 50; ; tries--) {
    const left = engineCgroups(places, id);
    if (left.length === 0) return;
    // Their files cannot be removed, only the folders: `find` and not a recursive remove.
    const command = { argv: ['find', ...left, '-depth', '-type', 'd', '-delete'] };
    if (tries === 0) await must(run, "remove the engine's cgroups", command);
    else if ((await run(command)).code !== 0) await sleep(100);
  }
}
