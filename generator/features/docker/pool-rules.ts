/** Address pools that dockerd refuses, or that can give no network on a node of the lab. */
import { contains, formatSubnet, parseCidr, type Subnet } from '../../model/ipv4.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import { managementOver } from '../../model/vagrant-ranges.js';
import type { RuleContext } from '../feature.js';

function eachPool(context: RuleContext, visit: (base: string, subnet: Subnet, pool: Tree, path: Path) => void): void {
  for (const [name, node] of Object.entries(isTree(context.source['nodes']) ? context.source['nodes'] : {})) {
    const docker = isTree(node) ? node['docker'] : undefined;
    const pools = isTree(docker) ? docker['defaultAddressPools'] : undefined;
    if (!Array.isArray(pools)) continue;
    (pools as unknown[]).forEach((pool, index) => {
      const path = ['nodes', name, 'docker', 'defaultAddressPools', index];
      const subnet = isTree(pool) ? parseCidr(String(pool['base']))?.subnet : undefined;
      if (isTree(pool) && subnet && context.isSound(path)) visit(String(pool['base']), subnet, pool, path);
    });
  }
}

export function poolsHoldNetworks(context: RuleContext): void {
  eachPool(context, (base, subnet, pool, path) => {
    if (formatSubnet(subnet) !== base) context.error('LG030', [...path, 'base'], `${base} has host bits set`, `Give the pool itself: ${formatSubnet(subnet)}.`);
    else if (Number(pool['size']) < subnet.prefix) context.error('LG051', [...path, 'size'], `a network of /${String(pool['size'])} does not fit into the pool ${base}`, `"size" is the prefix length of each network: from ${subnet.prefix} to 30.`);
  });
}

/** dockerd passes over what a node has a route to: a pool that lies in a network of the lab as a whole holds nothing for it. */
export function poolsLieOutside(context: RuleContext): void {
  eachPool(context, (base, subnet, _pool, path) => {
    const around = (cidr: string): boolean => {
      const other = parseCidr(cidr)?.subnet;
      return other !== undefined && contains(other, subnet.base) && subnet.prefix >= other.prefix;
    };
    const network = context.ground.networks.find((each) => around(each.subnet));
    const taken = managementOver(subnet);
    if (network) context.error('LG031', [...path, 'base'], `the pool ${base} lies in the network "${network.name}" (${network.subnet})`, 'Containers and nodes need networks of their own; choose another pool.');
    else if (taken && around(taken.cidr)) context.error('LG037', [...path, 'base'], `the pool ${base} lies in ${taken.cidr}, ${taken.whose}`, 'Nothing is left there for containers; choose another pool.');
  });
}
