/** Reboots: the node goes by itself, so that it comes back whatever becomes of labgen. */
import type { NodeCommand } from '../model/check.js';
import type { Connections } from '../model/connections.js';
import { Failure } from '../model/failure.js';
import { reasonOf } from './inject.js';

/** A moment later, so that the connection that asks for it is answered. */
const REBOOT: NodeCommand['argv'] = ['systemd-run', '--quiet', '--collect', '--on-active=1', '--timer-property=AccuracySec=100ms', 'systemctl', 'reboot'];

/** Another one after each boot; of a container, too, which shares its host's boot id. */
const BOOT: NodeCommand['argv'] = ['sh', '-c', 'cat /proc/sys/kernel/random/boot_id && cut -d " " -f 22 /proc/1/stat'];

/** @throws NodeUnreachable, or Failure (exit 3) where the node does not obey. */
export async function reboot(connections: Connections, node: string): Promise<void> {
  const result = await connections.run(node, REBOOT);
  if (result.code !== 0) throw new Failure(3, `${node} does not reboot: ${reasonOf(result)}`, `Look at it: "labgen ssh ${node}".`);
}

/** @throws NodeUnreachable. */
export async function bootOf(connections: Connections, node: string): Promise<string> {
  const result = await connections.run(node, BOOT);
  return result.code === 0 ? result.stdout : '';
}
