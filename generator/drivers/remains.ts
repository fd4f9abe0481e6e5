/** What dead runs left with others: containers on the user's Docker engine, libvirt domains, machines in Vagrant's index. Found by the folder's mark only. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, textOf } from '../model/foreign.js';
import { isTree } from '../model/merge.js';
import { remove, writeAtomic } from '../write/files.js';
import { MARK, removeDomain, removeLostDomain, removeUnusedNetworks } from './orphans.js';
import type { RunCommand } from './run-command.js';

export interface Remains {
  readonly kind: 'container' | 'domain' | 'vagrant index';
  readonly name: string;
  readonly folder: string;
  remove(run: RunCommand): Promise<void>;
}

/** `isBusy`: whether a labgen is at work in a folder; what it makes is not left. */
export async function leftContainers(run: RunCommand, isBusy: (folder: string) => boolean): Promise<readonly Remains[]> {
  const docker = async (words: readonly string[], by = run): Promise<readonly string[]> => (await by({ argv: ['docker', ...words], timeoutMs: 60_000 })).stdout.split('\n').filter(Boolean);
  const all = await docker(['ps', '--all', '--no-trunc', '--filter', `label=${MARK}`, '--format', `{{.ID}} {{.Label "${MARK}"}}`]);
  return all.flatMap((line) => {
    const [, id = '', folder = ''] = /^(\S+) (.+)$/.exec(line) ?? [];
    if (id === '' || !isLeft(folder, 'docker', id, isBusy)) return [];
    return {
      kind: 'container', name: id.slice(0, 12), folder,
      remove: async (by) => {
        await docker(['rm', '--force', '--volumes', id], by);
        await removeUnusedNetworks((...words) => docker(words, by));
      },
    };
  });
}

export async function leftDomains(run: RunCommand, isBusy: (folder: string) => boolean): Promise<readonly Remains[]> {
  const virsh = async (...words: string[]): Promise<string> => (await run({ argv: ['virsh', '--connect', 'qemu:///system', ...words], timeoutMs: 60_000 })).stdout;
  const found: Remains[] = [];
  for (const name of (await virsh('list', '--all', '--name')).split('\n').map((line) => line.trim()).filter(Boolean)) {
    const [, folder] = new RegExp(`^${MARK}=(.+)$`).exec((await virsh('desc', name)).trim()) ?? [];
    if (folder === undefined || !isLeft(folder, 'libvirt', (await virsh('domuuid', name)).trim(), isBusy)) continue;
    found.push({ kind: 'domain', name, folder, remove: async (by) => void (await (isGone(folder) ? removeLostDomain(by, name, folder) : removeDomain(by, name))) });
  }
  return found;
}

/** Its folder is gone, or knows nothing of it, and nobody is at work there. */
function isLeft(folder: string, provider: string, id: string, isBusy: (folder: string) => boolean): boolean {
  return !isBusy(folder) && (isGone(folder) || machinesOf(folder, provider, 'id')?.includes(id) === false);
}

/** A folder of another user's, which cannot be looked into, is not gone. */
export function isGone(folder: string): boolean {
  try {
    lstatSync(folder);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** What Vagrant noted of each machine in a folder; undefined where that cannot be read, as in another user's. */
function machinesOf(folder: string, provider: string, file: string): readonly string[] | undefined {
  const machines = join(folder, '.vagrant/machines');
  try {
    return orNothing(() => readdirSync(machines)).flatMap((node) => orNothing(() => [readFileSync(join(machines, node, provider, file), 'utf8').trim()]));
  } catch {
    return undefined;
  }
}

/** @throws what is wrong, other than that there is no such file. */
function orNothing(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** Machines in Vagrant's index of folders that were labgen's (`noted`), and are gone or know nothing of them. */
export function leftInIndex(vagrantHome: string, noted: readonly string[], isBusy: (folder: string) => boolean): readonly Remains[] {
  const path = join(vagrantHome, 'data/machine-index/index');
  return Object.entries(machinesIn(read(path))).flatMap(([uuid, entry]) => {
    const folder = textOf(entry['vagrantfile_path']);
    if (folder === undefined || !noted.includes(folder) || isBusy(folder)) return [];
    if (!isGone(folder) && machinesOf(folder, textOf(entry['provider']) ?? '', 'index_uuid')?.includes(uuid) !== false) return [];
    return { kind: 'vagrant index', name: `${textOf(entry['name']) ?? ''} (${uuid.slice(0, 7)})`, folder, remove: (run) => takeOut(run, path, uuid) };
  });
}

/** Under Vagrant's own lock, and only where the index still is what was read: another Vagrant may be writing it. */
async function takeOut(run: RunCommand, path: string, uuid: string): Promise<void> {
  const seen = read(path);
  const index = parseJson(seen);
  if (!isTree(index) || !isTree(index['machines'])) return;
  const { [uuid]: _, ...machines } = index['machines'];
  const [before, after] = [`${path}.labgen-seen`, `${path}.labgen-new`];
  try {
    writeAtomic(before, seen);
    writeAtomic(after, JSON.stringify({ ...index, machines }));
    await run({ argv: ['flock', '--exclusive', '--timeout', '10', `${path}.lock`, 'sh', '-c', 'cmp -s "$1" "$2" && mv "$3" "$1"', 'labgen', path, before, after] });
  } finally {
    for (const each of [before, after]) remove(each);
  }
}

function machinesIn(text: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const index = parseJson(text);
  const machines = isTree(index) && isTree(index['machines']) ? index['machines'] : {};
  return Object.fromEntries(Object.entries(machines).flatMap(([uuid, entry]) => (isTree(entry) ? [[uuid, entry] as const] : [])));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
