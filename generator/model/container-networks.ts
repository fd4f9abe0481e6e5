/** The network of a node's default bridge: as the lab says, or computed where networks must be told apart. */
import type { Ground } from './ground.js';
import { formatAddress, formatSubnet, overlap, parseAddress, parseCidr, sizeOf, type Subnet } from './ipv4.js';
import type { ContainerNetwork } from './lab.js';
import { isTree } from './merge.js';

/** Outside the lab networks, Vagrant's ranges and Docker's own default pools. 16,384 networks of 254 containers. */
export const CONTAINER_POOL = '10.64.0.0/10';
const POOL_NETWORKS = sizeOf(10) / 256;

/** The address a bridge of the lab has on a node; undefined where it has none, or is not there. */
export function bridgeAddress(ground: Ground, node: string, bridge: string): string | undefined {
  const block = isTree(ground.source['bridges']) ? ground.source['bridges'] : {};
  const value = isTree(block[bridge]) ? block[bridge] : {};
  const nodes = isTree(value['nodes']) ? value['nodes'] : {};
  const own = nodes[node] ?? nodes[ground.node(node)?.group ?? ''] ?? Object.entries(nodes).find(([name]) => ground.groups.get(name)?.some((each) => each.name === node))?.[1];
  const address = (isTree(own) ? own['address'] : undefined) ?? value['address'];
  return typeof address === 'string' ? address : undefined;
}

/** The bridge of the lab dockerd is told to use; undefined where it makes docker0 itself. */
export function ownBridge(ground: Ground, node: string): string | undefined {
  const docker = ground.nodeSource(node)['docker'];
  const bridge = isTree(docker) ? docker['bridge'] : undefined;
  return typeof bridge === 'string' && bridge !== 'docker0' && bridge !== 'none' ? bridge : undefined;
}

/** The network the lab gives by `docker.bip`, or by a bridge of its own; undefined where it gives none. */
export function givenContainerNetwork(ground: Ground, node: string): ContainerNetwork | undefined {
  const docker = ground.nodeSource(node)['docker'];
  const bridge = ownBridge(ground, node);
  const bip = bridge === undefined ? (isTree(docker) ? docker['bip'] : undefined) : bridgeAddress(ground, node, bridge);
  const parsed = typeof bip === 'string' ? parseCidr(bip) : undefined;
  return parsed ? { node, bip: String(bip), subnet: formatSubnet(parsed.subnet) } : undefined;
}

/** Which of the pool's networks is a node's: that of its host number, in its lab network's own part. Undefined where the part ends first. */
export function numberInPool(ground: Ground, node: string): number | undefined {
  const home = ground.node(node)?.attachments[0];
  const network = ground.networks.find((each) => each.name === home?.network);
  const address = parseAddress(home?.address ?? '');
  if (!network || address === undefined) return undefined;
  // Each lab network has its own part of the pool, so that equal host numbers do not meet.
  const share = Math.floor(POOL_NETWORKS / Math.max(1, ground.networks.length));
  const number = address - (parseCidr(network.subnet)?.subnet as Subnet).base;
  return number >= share ? undefined : ground.networks.indexOf(network) * share + number;
}

/**
 * The computed one: the /24 whose number in the pool is the node's host number in its first network, so that
 * 192.168.56.11 has 10.64.11.0/24, and no other node's count can change it. Undefined when the pool ends first.
 */
export function computedContainerNetwork(ground: Ground, node: string): ContainerNetwork | undefined {
  const pool = parseCidr(CONTAINER_POOL)?.subnet as Subnet;
  const number = numberInPool(ground, node);
  if (number === undefined) return undefined;
  const base = pool.base + number * 256;
  const subnet = { base, prefix: 24 };
  if (ground.networks.some((each) => overlap(parseCidr(each.subnet)?.subnet as Subnet, subnet))) return undefined;
  return { node, bip: `${formatAddress(base + 1)}/24`, subnet: formatSubnet(subnet) };
}
