/** The phases of `down`, each a few steps long. Every one may be cut short at any point: the next `down` goes on. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { removeCreatedNetworks, removeOrphans } from '../../drivers/orphans.js';
import { providerInUse } from '../../drivers/in-use.js';
import { destroy } from '../../drivers/vagrant.js';
import { leftovers, removeLeftover, stopEngine, type Leftover, type PrivateEngine } from '../../engine/private-engine.js';
import { realFolder } from '../../engine/places.js';
import { remove } from '../../write/files.js';
import { forgetFolder } from '../../write/folders.js';
import { parentOf, standingAt } from '../../write/look.js';
import type { Context } from '../context.js';
import { mustBeOwn } from '../foreign-code.js';
import { JOURNAL } from '../journal.js';
import type { Progress } from '../progress.js';
import { RESULTS } from '../results.js';
import { cacheFolder, NEVER, runnerOf, vagrantPlace } from '../running.js';

export interface Taking {
  readonly context: Context;
  readonly folder: string;
  readonly progress: Progress;
  /** The folder's private engine, where one runs. */
  readonly engine: PrivateEngine | undefined;
  /** Its engines that died. */
  readonly dead: readonly Leftover[];
  /** Providers that Vagrant was asked for machines here, and the nodes: it makes a folder for each before it makes the machine. */
  readonly tried: { readonly providers: readonly string[]; readonly nodes: readonly string[] };
}

/** Nodes on an engine that is not the lab's own. Those of a private one end with it. */
export async function nodesPhase({ context, folder, progress, engine, dead }: Taking): Promise<void> {
  if (engine) return;
  if (dead.length > 0) progress.line('nodes: gone with their engine');
  else if (providerInUse(folder) !== undefined) {
    mustBeOwn(context, folder);
    progress.step('taking the nodes away');
    await destroy(vagrantPlace(context, folder), (line) => progress.detail(line)).finally(() => progress.clear());
    progress.line('nodes: taken away');
  } else progress.line('nothing was running here');
}

/** What a run that died made on such an engine, and Vagrant never heard of. */
export async function orphansPhase({ context, folder, progress, engine, dead, tried }: Taking): Promise<void> {
  if (engine || dead.length > 0) return;
  for (const provider of tried.providers) {
    const where = { folder: realpathSync(folder), provider, nodes: tried.nodes, private: false };
    const removed = [...(await removeOrphans(runnerOf(context), where))];
    // Last: as long as a machine is on one it stays.
    if (provider === 'libvirt') removed.push(...(await removeCreatedNetworks(runnerOf(context), where)));
    if (removed.length > 0) progress.line(`what an interrupted run left half-made: taken away (${removed.join(', ')})`);
  }
}

/** Everything of the lab lives inside a private engine: its end is the end of machines, networks and volumes. */
export async function enginePhase({ context, folder, progress, engine, dead }: Taking): Promise<void> {
  const run = runnerOf(context, NEVER);
  if (engine) {
    progress.step('ending the private engine');
    await stopEngine({ run, engine, log: (line) => progress.line(line) });
  }
  for (const each of dead) await removeLeftover(run, each.id);
  forgetFolder(cacheFolder(context), realFolder(folder));
}

/** What Vagrant and the nodes left in the folder. The rendered files stay. */
export function filesPhase({ folder }: Taking): void {
  forgetMachines(folder);
}

export function forgetMachines(folder: string): void {
  remove(join(folder, '.vagrant'));
  const files = ['ssh-config', 'known_hosts', 'known_hosts.old', 'controller-ssh-config', 'break.json'].map((name) => `.labgen/${name}`);
  // Where .labgen is a link, what lies behind it is somebody else's.
  for (const path of files.filter((each) => standingAt(folder, each) === 'plain')) remove(join(folder, path));
  // What was measured on machines that are gone is no longer so.
  if (parentOf(folder, RESULTS, new Map()) === 'folder') remove(join(folder, RESULTS));
  if (standingAt(folder, JOURNAL) === 'plain') remove(join(folder, JOURNAL));
}

/** Engines of this folder that died, or were lost with a reboot: their files remain. */
export async function deadEngines(folder: string): Promise<readonly Leftover[]> {
  const real = realFolder(folder);
  return (await leftovers()).filter((each) => each.folder === real);
}

export function triedIn(folder: string): Taking['tried'] {
  const machines = join(folder, '.vagrant', 'machines');
  const nodes = namesIn(machines);
  return { nodes, providers: [...new Set(nodes.flatMap((node) => namesIn(join(machines, node))))] };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
