/** All that runs which died left on this machine, each with the way to take it away. By labgen's own marks; nothing of others' is listed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isGone, leftContainers, leftDomains, leftInIndex } from '../drivers/remains.js';
import type { Machine } from '../drivers/machine.js';
import { runCommand } from '../drivers/run-command.js';
import { leftDisks } from '../engine/kvm-probe.js';
import { PLACES } from '../engine/places.js';
import { leftovers as deadEngines, removeLeftover } from '../engine/private-engine.js';
import { isMentioned, valuesOf } from '../engine/survivors.js';
import { remove as removeFile } from '../write/files.js';
import { forgetFolder, notedFolders } from '../write/folders.js';
import { forgetMachines } from './commands/down-phases.js';
import type { Context } from './context.js';
import { endUnder, FOLDER_VARIABLE, isBusy, isDeadThere, LOCK_VARIABLE, tidyUp } from './locked.js';
import { cacheFolder, renderedName } from './running.js';

export interface Leftover {
  readonly kind: 'engine' | 'processes' | 'lock' | 'container' | 'domain' | 'vagrant index' | 'half a box' | 'probe' | 'note';
  readonly folder: string;
  readonly what: string;
  remove(): Promise<void> | void;
}

export async function findLeftovers(context: Context, machine: Pick<Machine, 'dockerRuns' | 'libvirtRuns'>): Promise<readonly Leftover[]> {
  const busy = (folder: string): boolean => isBusy(context, folder);
  const noted = notedFolders(cacheFolder(context));
  const vagrantHome = context.env['VAGRANT_HOME'] ?? join(context.env['HOME'] ?? '/root', '.vagrant.d');
  const withOthers = [
    ...(machine.dockerRuns && (await isHere(context)) ? await leftContainers(runCommand, busy) : []),
    ...(machine.libvirtRuns ? await leftDomains(runCommand, busy) : []),
    ...leftInIndex(vagrantHome, noted, busy),
  ];
  return [
    ...processes(context),
    ...noted.filter((folder) => isDeadThere(context, folder)).map((folder): Leftover => ({ kind: 'lock', folder, what: 'a labgen was killed at work there; its lock, temporary files and what it started', remove: () => tidyUp(context, folder) })),
    ...(await deadEngines()).map(({ id, folder, what }): Leftover => ({ kind: 'engine', folder, what: `${id}: ${what}`, remove: () => takeEngine(context, id, folder) })),
    ...withOthers.map((each): Leftover => ({ kind: each.kind, folder: each.folder, what: each.name, remove: () => each.remove(runCommand) })),
    ...halfBoxes(context),
    ...leftDisks(Date.now()).map((path): Leftover => ({ kind: 'probe', folder: path, what: 'a look at whether KVM works was killed', remove: () => removeFile(path) })),
    ...noted.filter((folder) => isGone(folder)).map((folder): Leftover => ({ kind: 'note', folder, what: 'the folder is gone without a "labgen down"', remove: () => forgetFolder(cacheFolder(context), folder) })),
  ];
}

/** With what Vagrant noted of the machines that were in it: on any other engine it would look for them in vain. */
async function takeEngine(context: Context, id: string, folder: string): Promise<void> {
  if (renderedName(folder) !== undefined && !isBusy(context, folder)) forgetMachines(folder);
  await removeLeftover(runCommand, id);
}

/** Where the engine is another machine's, folders here say nothing about its containers. */
async function isHere(context: Context): Promise<boolean> {
  // The context in use; where DOCKER_HOST is said, that is it.
  const { stdout } = await runCommand({ argv: ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], timeoutMs: 10_000 });
  const { DOCKER_HOST: host = '', DOCKER_CONTEXT: name = '' } = context.env;
  const endpoint = stdout.trim() || host || (name === '' || name === 'default' ? 'unix:' : name);
  return endpoint.startsWith('unix:');
}

/** What was started under a lock that nobody holds any more. */
function processes(context: Context): readonly Leftover[] {
  return valuesOf(PLACES, [LOCK_VARIABLE, FOLDER_VARIABLE]).flatMap(([token = '', folder = '']) => {
    if (!/^[0-9a-f]{16}$/.test(token) || folder === '' || isBusy(context, folder, token)) return [];
    return { kind: 'processes', folder, what: 'what a labgen started that was killed still runs', remove: () => endUnder(token, folder) };
  });
}

/** Folders in which a node image was being built by nobody who still is at it. */
function halfBoxes(context: Context): readonly Leftover[] {
  const boxes = join(cacheFolder(context), 'boxes');
  const names = existsSync(boxes) ? readdirSync(boxes).filter((name) => /^\.build-\w{6}$/.test(name)) : [];
  return names.map((name) => join(boxes, name)).filter((path) => !isMentioned(PLACES, path) && !isBusy(context, path)).map((path) => ({
    kind: 'half a box', folder: path, what: 'a node image whose build was killed',
    // A step may have left a mount behind: nothing beyond it may be deleted.
    remove: async () => void (await runCommand({ argv: ['rm', '-rf', '--one-file-system', path] })),
  }));
}
