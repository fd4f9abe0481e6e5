/** Keys of WireGuard in the play: each node makes its own pair, and gets the public ones of its peers. */
import type { Lab } from '../../model/lab.js';
import type { TaskRequest } from '../../model/plan.js';

export function keyTasks(lab: Lab): readonly TaskRequest[] {
  const links = lab.links.filter((link) => link.wraps?.kind === 'wireguard');
  if (links.length === 0) return [];
  const nodes = lab.nodes.map(({ name }) => ({ name, peers: [...new Set(links.filter((link) => link.node === name).flatMap((link) => link.peer ?? []))] })).filter(({ peers }) => peers.length > 0);
  return [{ phase: 'keys', template: 'features/tunnels/keys.yml', view: { nodes } }];
}
