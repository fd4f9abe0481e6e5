/** The IPv6 network of a node's default bridge: as the lab says, or the one whose digits are the computed IPv4 one's. */
import { numberInPool } from './container-networks.js';
import type { Ground } from './ground.js';
import { digits6, formatAddress6, formatSubnet6, overlap6, parseAddress6, parseCidr6, type Subnet6 } from './ipv6.js';
import type { ContainerNetwork6 } from './lab.js';
import { isTree, type Tree } from './merge.js';

/** 10.64.11.0/24 and fd10:64:11::/64 belong together. */
const POOL = parseAddress6('fd10::') as bigint;
/** What stands in the second octet where the IPv4 pool begins. */
const FIRST_OCTET = 64;

/** dockerd's settings of a node that speaks IPv6 on its default bridge; undefined where it does not. */
export function settings6(ground: Ground, node: string): Tree | undefined {
  const docker = ground.nodeSource(node)['docker'];
  return isTree(docker) && docker['ipv6'] === true ? docker : undefined;
}

/** Undefined where the node has none, or where no computed one is left. */
export function containerNetwork6(ground: Ground, node: string): ContainerNetwork6 | undefined {
  const settings = settings6(ground, node);
  if (!settings) return undefined;
  const bip = typeof settings['bip6'] === 'string' ? parseCidr6(settings['bip6']) : undefined;
  const given = typeof settings['fixedCidrV6'] === 'string' ? parseCidr6(settings['fixedCidrV6'])?.subnet : undefined;
  const subnet = bip?.subnet ?? given ?? computed(ground, node);
  // Docker gives the bridge the first address there is.
  return subnet && { node, address: formatAddress6(bip?.address ?? subnet.base + 1n), subnet: formatSubnet6(subnet) };
}

function computed(ground: Ground, node: string): Subnet6 | undefined {
  const number = numberInPool(ground, node);
  if (number === undefined) return undefined;
  const base = POOL + (digits6(FIRST_OCTET + Math.floor(number / 256)) << 96n) + (digits6(number % 256) << 80n);
  const subnet = { base, prefix: 64 };
  return ground.networks.some((each) => each.subnet6 !== undefined && overlap6(parseCidr6(each.subnet6)?.subnet as Subnet6, subnet)) ? undefined : subnet;
}
