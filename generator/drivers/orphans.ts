/**
 * What an interrupted run left and Vagrant does not know: half-made domains, their disks, containers. Everything in a
 * private engine is its folder's, so there what no machine's id names can go; elsewhere it must bear the folder's mark,
 * which the Vagrantfile gives to all it makes.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunCommand } from './run-command.js';

/** Containers have it as a label, domains as their description: `labgen.folder=FOLDER`. */
export const MARK = 'labgen.folder';

export interface Where {
  /** The real path. */
  readonly folder: string;
  readonly provider: string;
  readonly nodes: readonly string[];
  /** Whether the engine is this folder's alone. */
  readonly private: boolean;
}

export async function removeOrphans(run: RunCommand, where: Where): Promise<readonly string[]> {
  const known = new Map(where.nodes.map((node) => [node, machineId(where.folder, node, where.provider)]));
  if (where.provider === 'libvirt') return orphanDomains(run, where, where.nodes.filter((node) => known.get(node) === undefined));
  if (where.provider === 'docker') return orphanContainers(run, where, new Set([...known.values()].filter((id): id is string => id !== undefined)));
  return [];
}

/** Vagrant's id of a machine; undefined where it never finished making one. */
function machineId(folder: string, node: string, provider: string): string | undefined {
  return readMachine(folder, node, provider, 'id');
}

/** What Vagrant noted of a machine; undefined where it did not. */
function readMachine(folder: string, node: string, provider: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, '.vagrant', 'machines', node, provider, file), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** vagrant-libvirt calls domains and disks FOLDER_NODE, without the signs it does not take (its action/set_name_of_domain.rb). */
function domainOf(folder: string, node: string): string {
  return `${basename(folder)}_${node}`.replaceAll(/[^-a-z0-9_.]/gi, '');
}

async function orphanDomains(run: RunCommand, { folder, private: own }: Where, nodes: readonly string[]): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const node of nodes) {
    const name = domainOf(folder, node);
    if (!own && (await virsh(run, 'desc', name)).trim() !== `${MARK}=${folder}`) continue;
    removed.push(...(await removeDomain(run, name)));
  }
  return removed;
}

/**
 * Networks that vagrant-libvirt made and noted beside its machines (its action/create_networks.rb), of which Vagrant takes
 * away only those of machines it finished making. One that still has a machine on it stays. Returns their names.
 */
export async function removeCreatedNetworks(run: RunCommand, { folder, nodes }: Pick<Where, 'folder' | 'nodes'>): Promise<readonly string[]> {
  const noted = nodes.flatMap((node) => (readMachine(folder, node, 'libvirt', 'created_networks') ?? '').split('\n').filter((line) => /^[0-9a-f-]{36}$/.test(line)));
  const removed: string[] = [];
  for (const uuid of new Set(noted)) removed.push(...(await removeNetwork(run, uuid)));
  return removed;
}

/** By name or UUID; one that still has a machine on it stays, also one that is halted. Returns the name of what was there. */
async function removeNetwork(run: RunCommand, network: string): Promise<readonly string[]> {
  const name = /<name>([^<]+)<\/name>/.exec(await virsh(run, 'net-dumpxml', network))?.[1];
  if (name === undefined) return [];
  for (const domain of (await virsh(run, 'list', '--all', '--name')).split('\n').map((line) => line.trim()).filter(Boolean)) {
    if (networksOf(await virsh(run, 'dumpxml', '--inactive', domain)).includes(name)) return [];
  }
  await virsh(run, 'net-destroy', network);
  await virsh(run, 'net-undefine', network);
  return [name];
}

/** Of a domain, by its XML. */
function networksOf(xml: string): readonly string[] {
  return [...xml.matchAll(/<source network='([^']+)'/g)].map(([, network = '']) => network);
}

/**
 * A domain of a folder that is gone, with its disks, and with the networks that it was the last on: their notes are gone with
 * the folder, but vagrant-libvirt calls those it makes FOLDER0, FOLDER1 … (its action/create_networks.rb).
 */
export async function removeLostDomain(run: RunCommand, name: string, folder: string): Promise<readonly string[]> {
  const own = networksOf(await virsh(run, 'dumpxml', '--inactive', name)).filter((network) => network.startsWith(basename(folder)) && /^\d+$/.test(network.slice(basename(folder).length)));
  const removed = [...(await removeDomain(run, name))];
  for (const network of new Set(own)) removed.push(...(await removeNetwork(run, network)));
  return removed;
}

/** A domain with its disks. Returns the names of what was there. */
export async function removeDomain(run: RunCommand, name: string): Promise<readonly string[]> {
  const removed: string[] = [];
  if ((await virsh(run, 'list', '--all', '--name')).split('\n').some((line) => line.trim() === name)) {
    await virsh(run, 'destroy', name);
    await virsh(run, 'undefine', name);
    removed.push(name);
  }
  const volumes = (await virsh(run, 'vol-list', '--pool', 'default')).split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '');
  for (const volume of volumes.filter((each) => isDiskOf(name, each))) {
    await virsh(run, 'vol-delete', '--pool', 'default', volume);
    removed.push(volume);
  }
  return removed;
}

/** NAME.img and NAME_1.img of a box, NAME-vdb.qcow2 of a disk more: what else begins with the name is another's, such as NAME-1.img. */
function isDiskOf(name: string, volume: string): boolean {
  return volume.startsWith(name) && /^(?:(?:_\d+)?\.img|-(?:vd|sd|hd)[a-z]\.(?:qcow2|raw))$/.test(volume.slice(name.length));
}

async function virsh(run: RunCommand, ...words: string[]): Promise<string> {
  return (await run({ argv: ['virsh', '--connect', 'qemu:///system', ...words], timeoutMs: 60_000 })).stdout;
}

async function orphanContainers(run: RunCommand, { folder, private: own }: Where, known: ReadonlySet<string>): Promise<readonly string[]> {
  const docker = async (...words: string[]): Promise<readonly string[]> => (await run({ argv: ['docker', ...words], timeoutMs: 120_000 })).stdout.split('\n').filter(Boolean);
  const all = await docker('ps', '--all', '--quiet', '--no-trunc', ...(own ? [] : ['--filter', `label=${MARK}=${folder}`]));
  const orphans = all.filter((id) => !known.has(id));
  if (orphans.length === 0) return [];
  await docker('rm', '--force', '--volumes', ...orphans);
  await removeUnusedNetworks(docker);
  return orphans.map((id) => id.slice(0, 12));
}

/** As Vagrant's own provider does with each machine it takes away: networks it made, which no container is on any more. */
export async function removeUnusedNetworks(docker: (...words: string[]) => Promise<readonly string[]>): Promise<void> {
  for (const name of await docker('network', 'ls', '--filter', 'name=^vagrant_network', '--format', '{{.Name}}')) {
    if ((await docker('ps', '--all', '--quiet', '--filter', `network=${name}`)).length === 0) await docker('network', 'rm', name);
  }
}
