/** dockerd's firewall backend. What its nftables rules drop, no iptables rule of others can let through. */
import { isTree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import type { Node } from '../../model/lab.js';

/** Where a node's dockerd is told to use nftables; undefined where it is not, or that was told already. */
export function nftablesFlag(context: RuleContext, node: Node): Path | undefined {
  const docker = context.ground.nodeSource(node.name)['docker'];
  const flags = isTree(docker) && Array.isArray(docker['flags']) ? docker['flags'] : [];
  const index = flags.findIndex((flag) => flag === '--firewall-backend=nftables');
  const path = ['nodes', node.group, 'docker', 'flags', index];
  return index < 0 || !context.isSound(path) ? undefined : path;
}
