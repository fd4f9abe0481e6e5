/** The ground's second family: IPv6 subnets of networks, and an IPv6 address for each node that has an IPv4 one there. */
import type { Group, GroundReport } from './ground.js';
import type { Attachment, Network } from './lab.js';
import { parseAddress, parseCidr } from './ipv4.js';
import { contains6, digits6, formatAddress6, formatSubnet6, overlap6, parseAddress6, parseCidr6, sizeOf6, special6, type Subnet6 } from './ipv6.js';
import type { Tree } from './merge.js';
import type { Path } from './problem.js';

/** The IPv6 subnet a network is given, canonical; undefined where it has none, or not a usable one. */
export function subnet6Of(name: string, value: Tree, others: readonly Network[], report: GroundReport): string | undefined {
  const path: Path = ['networks', name, 'subnet6'];
  if (value['subnet6'] === undefined || !report.isSound(path)) return undefined;
  const text = String(value['subnet6']);
  const parsed = parseCidr6(text);
  if (!parsed) return undefined;
  const special = special6(parsed.subnet);
  const clash = others.find((other) => other.subnet6 !== undefined && overlap6((parseCidr6(other.subnet6) as { subnet: Subnet6 }).subnet, parsed.subnet));
  if (special !== undefined) report.error('LG170', path, `${text} cannot be a network of nodes: it is ${special}`, 'Use a part of fd00::/8, which is there for private networks, such as fd00:56::/64.');
  else if (parsed.address !== parsed.subnet.base) report.error('LG030', path, `${text} has host bits set`, `The subnet is ${formatSubnet6(parsed.subnet)}.`);
  else if (parsed.subnet.prefix > 124) report.error('LG030', path, `${text} is too small for a network of nodes`, 'Use a prefix length of 124 or less; /64 is usual.');
  else if (clash) report.error('LG031', path, `${text} overlaps the network "${clash.name}" (${clash.subnet6 ?? ''})`, 'Give each network a subnet of its own.');
  else return formatSubnet6(parsed.subnet);
  return undefined;
}

interface Wish {
  readonly value: bigint;
  readonly path: Path;
}

/** Gives every node an IPv6 address beside its IPv4 one: the lab's own, or the one with the digits of its host number. */
export function addAddresses6(networks: readonly Network[], groups: readonly Group[], addresses: Map<string, Attachment[]>, report: GroundReport): void {
  const wishes = new Map(groups.flatMap((group) => (group.source['address6'] === undefined ? [] : [[group.name, wishesOf(group, networks, report)] as const])));
  for (const network of networks) {
    const subnet = network.subnet6 === undefined ? undefined : parseCidr6(network.subnet6)?.subnet;
    if (subnet) attach6(network, subnet, groups, wishes, addresses, report);
  }
}

/** The addresses a node asks for, each in one of the networks. */
function wishesOf(group: Group, networks: readonly Network[], report: GroundReport): readonly Wish[] {
  const written = group.source['address6'];
  const path: Path = ['nodes', group.name, 'address6'];
  if (!report.isSound(path) || !report.isSound(['networks'])) return [];
  if (group.names.length > 1) {
    report.error('LG033', path, `one address cannot serve ${group.names.length} nodes`, 'Leave "address6" out: each node gets one of its own.');
    return [];
  }
  const subnets = networks.flatMap((each) => each.subnet6 ?? []);
  return (Array.isArray(written) ? (written as unknown[]) : [written]).flatMap((text, index): Wish[] => {
    const at = Array.isArray(written) ? [...path, index] : path;
    const value = parseAddress6(String(text));
    if (value === undefined) return [];
    if (subnets.some((cidr) => contains6(parseCidr6(cidr)?.subnet as Subnet6, value))) return [{ value, path: at }];
    if (subnets.length === 0) report.error('LG032', at, `no network of the lab has IPv6 addresses, and ${String(text)} is one`, 'Give the network a subnet for them: "subnet6: fd00:56::/64".');
    else report.error('LG032', at, `${String(text)} is in no IPv6 subnet of the lab`, `They are: ${networks.flatMap((each) => (each.subnet6 === undefined ? [] : [`${each.name} (${each.subnet6})`])).join(', ')}.`);
    return [];
  });
}

function attach6(network: Network, subnet: Subnet6, groups: readonly Group[], wishes: ReadonlyMap<string, readonly Wish[]>, addresses: Map<string, Attachment[]>, report: GroundReport): void {
  const base = parseCidr(network.subnet)?.subnet.base ?? 0;
  const taken = new Map<bigint, string>();
  const give = (node: string, value: bigint): void => {
    taken.set(value, node);
    const own = addresses.get(node) ?? [];
    addresses.set(node, own.map((each) => (each.network === network.name ? { ...each, address6: formatAddress6(value), prefix6: subnet.prefix } : each)));
  };
  const isHere = (node: string): Attachment | undefined => addresses.get(node)?.find((each) => each.network === network.name);
  // Computed ones first: a node's number does not depend on what others ask for.
  for (const group of groups) {
    const own = wishes.get(group.name)?.some((wish) => contains6(subnet, wish.value)) === true;
    for (const node of own ? [] : group.names) {
      const at = isHere(node);
      if (!at) continue;
      const value = subnet.base + digits6((parseAddress(at.address) ?? base) - base);
      if (!contains6(subnet, value)) {
        if (report.isSound(['networks', network.name])) report.error('LG035', ['networks', network.name, 'subnet6'], `${network.subnet6 ?? ''} has no room for "${node}", whose address ${at.address} has the host number ${(parseAddress(at.address) ?? base) - base}`, 'Give the network a shorter prefix; /64 is usual.');
        return;
      }
      give(node, value);
    }
  }
  for (const group of groups) {
    for (const { value, path } of wishes.get(group.name) ?? []) {
      const text = formatAddress6(value);
      if (!contains6(subnet, value)) continue;
      if (!isHere(group.name)) report.error('LG032', path, `${text} is in the network "${network.name}", and "${group.name}" is not on it`, `Add it to the node's "networks", or leave the address out.`);
      else if (value === subnet.base) report.error('LG032', path, `${text} is the address of all routers of ${network.subnet6 ?? ''}`, `The first address of a subnet is nobody's own (RFC 4291); use ${formatAddress6(subnet.base + 1n)} to ${formatAddress6(subnet.base + sizeOf6(subnet.prefix) - 1n)}.`);
      else if (isHere(group.name)?.address6 !== undefined) report.error('LG033', path, `"${group.name}" has two addresses in ${network.subnet6 ?? ''}`, 'Give one for each of its networks.');
      else if (taken.has(value)) report.error('LG033', path, `${text} is already the address of "${taken.get(value) ?? ''}"`, `Use another. A computed one has the digits of the node's IPv4 host number.`);
      else give(group.name, value);
    }
  }
}
