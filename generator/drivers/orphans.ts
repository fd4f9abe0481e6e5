/**
 * What an interrupted run left inside a private engine and Vagrant does not know: half-made domains, their disks,
 * containers. Everything in that engine is this folder's, so what no machine's id names can go.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RunCommand } from './run-command.js';

export async function removeOrphans(run: RunCommand, folder: string, provider: string, nodes: readonly string[]): Promise<readonly string[]> {
  const known = new Map(nodes.map((node) => [node, machineId(folder, node, provider)]));
  if (provider === 'libvirt') return orphanDomains(run, folder, nodes.filter((node) => known.get(node) === undefined));
  if (provider === 'docker') return orphanContainers(run, new Set([...known.values()].filter((id): id is string => id !== undefined)));
  return [];
}

/** Vagrant's id of a machine; undefined where it never finished making one. */
function machineId(folder: string, node: string, provider: string): string | undefined {
  try {
    return readFileSync(join(folder, '.vagrant', 'machines', node, provider, 'id'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** vagrant-libvirt calls domains and disks FOLDER_NODE. */
async function orphanDomains(run: RunCommand, folder: string, nodes: readonly string[]): Promise<readonly string[]> {
  const removed: string[] = [];
  const virsh = (...words: string[]) => run({ argv: ['virsh', '--connect', 'qemu:///system', ...words], timeoutMs: 60_000 });
  const domains = new Set((await virsh('list', '--all', '--name')).stdout.split('\n').map((line) => line.trim()));
  const volumes = (await virsh('vol-list', '--pool', 'default')).stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '');
  for (const node of nodes) {
    const name = `${basename(folder)}_${node}`;
    if (domains.has(name)) {
      await virsh('destroy', name);
      await virsh('undefine', name);
      removed.push(name);
    }
    for (const volume of volumes.filter((each) => each.startsWith(`${name}.`) || each.startsWith(`${name}-`))) {
      await virsh('vol-delete', '--pool', 'default', volume);
      removed.push(volume);
    }
  }
  return removed;
}

async function orphanContainers(run: RunCommand, known: ReadonlySet<string>): Promise<readonly string[]> {
  const all = (await run({ argv: ['docker', 'ps', '--all', '--quiet', '--no-trunc'], timeoutMs: 60_000 })).stdout.split('\n').filter(Boolean);
  const orphans = all.filter((id) => !known.has(id));
  if (orphans.length > 0) await run({ argv: ['docker', 'rm', '--force', '--volumes', ...orphans], timeoutMs: 120_000 });
  return orphans.map((id) => id.slice(0, 12));
}
