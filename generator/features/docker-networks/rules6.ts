/** What makes the IPv6 of a Docker network impossible, or lets it swallow another one. */
import { narrowNetwork } from '../../model/container-mtu.js';
import { containerNetwork6 } from '../../model/container-networks6.js';
import { meet } from '../../model/family.js';
import { contains6, formatSubnet6, parseAddress6, parseCidr6, special6, type Subnet6 } from '../../model/ipv6.js';
import { isTree, type Tree } from '../../model/merge.js';
import { LEAST_MTU6 } from '../../model/mtu.js';
import type { RuleContext } from '../feature.js';
import { networkSources, nodesOf } from './resolve.js';

interface Known {
  readonly subnet: string;
  readonly whose: string;
  /** Undefined: wherever it is used. */
  readonly nodes: readonly string[] | undefined;
}

export function subnets6StandApart(context: RuleContext): void {
  const written = networkSources(context.source).filter(({ value }) => value['subnet6'] !== undefined);
  if (written.length === 0) return;
  const known: Known[] = [
    ...context.ground.networks.flatMap((network) => (network.subnet6 === undefined ? [] : [{ subnet: network.subnet6, whose: `the network "${network.name}" (${network.subnet6})`, nodes: undefined }])),
    ...context.ground.nodes.flatMap((node) => {
      const own = node.docker ? containerNetwork6(context.ground, node.name) : undefined;
      return own ? [{ subnet: own.subnet, whose: `docker0 of ${node.name} (${own.subnet})`, nodes: [node.name] }] : [];
    }),
  ];
  for (const { name, value } of written) {
    const at = ['dockerNetworks', name, 'subnet6'];
    const text = String(value['subnet6']);
    const parsed = context.isSound(at) ? parseCidr6(text) : undefined;
    if (!parsed) continue;
    const nodes = nodesOf(context.ground, value);
    const special = special6(parsed.subnet);
    const clash = known.find((other) => meet(other.subnet, formatSubnet6(parsed.subnet)) && (other.nodes === undefined || nodes === undefined || other.nodes.some((node) => nodes.includes(node))));
    if (special !== undefined) context.error('LG170', at, `${text} cannot be a network of containers: it is ${special}`, 'Use a part of fd00::/8, which is there for private networks, such as fd00:1::/64.');
    else if (parsed.address !== parsed.subnet.base) context.error('LG030', at, `${text} has host bits set`, `Give the network itself: ${formatSubnet6(parsed.subnet)}.`);
    else if (parsed.subnet.prefix > 124) context.error('LG030', at, `${text} has no room for containers`, 'Use a prefix of at most 124; /64 is usual.');
    else if (clash) context.error('LG031', at, `${text} overlaps ${clash.whose}`, 'Each network on a node needs addresses of its own; choose another subnet.');
    known.push({ subnet: text, whose: `the Docker network "${name}"`, nodes });
  }
}

export function gateway6IsInside(context: RuleContext): void {
  for (const { name, value } of networkSources(context.source)) {
    const at = ['dockerNetworks', name, 'gateway6'];
    if (value['gateway6'] === undefined || !context.isSound(at)) continue;
    const subnet: Subnet6 | undefined = parseCidr6(String(value['subnet6'] ?? ''))?.subnet;
    const address = parseAddress6(String(value['gateway6']));
    if (value['subnet6'] === undefined) context.error('LG011', ['dockerNetworks', name, 'subnet6'], '"gateway6" needs "subnet6"', 'Docker takes a gateway only for a subnet it is told.');
    else if (subnet && address !== undefined && context.isSound(['dockerNetworks', name, 'subnet6']) && (!contains6(subnet, address) || address === subnet.base)) {
      context.error('LG032', at, `${String(value['gateway6'])} is not a host of ${String(value['subnet6'])}`, 'The gateway is an address of the network, not its first one.');
    }
  }
}

/** Below 1280 bytes the kernel takes IPv6 from the bridge. */
export function mtu6Passes(context: RuleContext): void {
  for (const { name, value } of networkSources(context.source)) {
    const path = ['dockerNetworks', name];
    if (value['subnet6'] === undefined || !context.isSound(path) || !context.isSound(['networks'])) continue;
    const given = typeof value['mtu'] === 'number' ? value['mtu'] : undefined;
    const narrow = given !== undefined || value['internal'] === true ? [] : nodesOfNetwork(context, name, value).flatMap((node) => narrowNetwork(context.ground, node) ?? []);
    const mtu = given ?? Math.min(...narrow);
    if (mtu < LEAST_MTU6) context.error('LG062', [...path, given === undefined ? 'subnet6' : 'mtu'], `containers on "${name}" have an MTU of ${mtu}, and IPv6 needs ${LEAST_MTU6}`, given === undefined ? `Give the network between its nodes an MTU of ${LEAST_MTU6} or more, or take "subnet6" away.` : `Use ${LEAST_MTU6} or more, or take "subnet6" away.`);
  }
}

/** Where nobody says the nodes, they are those of the containers on it. */
function nodesOfNetwork(context: RuleContext, name: string, value: Tree): readonly string[] {
  const containers = Object.values(isTree(context.source['containers']) ? context.source['containers'] : {}).filter(isTree);
  return nodesOf(context.ground, value) ?? containers.filter((each) => each['network'] === name).flatMap((each) => (context.ground.members(String(each['node'])) ?? []).map((node) => node.name));
}
