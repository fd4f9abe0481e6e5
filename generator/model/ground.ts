/** The ground of a lab: networks, nodes and their addresses, from a source whose shape is sound. */
import type { Asset } from './asset.js';
import type { Attachment, Network, Node } from './lab.js';
import { addAddresses6, subnet6Of } from './ground6.js';
import { contains, formatAddress, formatSubnet, overlap, parseAddress, parseCidr, sizeOf, type Subnet } from './ipv4.js';
import { addTo } from './lists-by-key.js';
import { isTree, type Tree } from './merge.js';
import { ETHERNET_MTU, LEAST_MTU6 } from './mtu.js';
import { namedGroups, type KnownNodes } from './node-groups.js';
import { numbering } from './numbering.js';
import type { Path } from './problem.js';
import { speaks6 } from './speaks6.js';
import { hostOnlyRanges, managementOver } from './vagrant-ranges.js';
import { takenNode } from './taken-names.js';

export interface GroundReport {
  /** True unless a problem was already reported at this path or inside it. */
  isSound(path: Path): boolean;
  error(code: string, path: Path, message: string, hint: string): void;
  warning(code: string, path: Path, message: string, hint: string): void;
  /** `Did you mean "net-1"?` and the legal names; for the hint of an unknown name. */
  nearest(name: string, names: readonly string[], what?: string): string;
}

export interface Ground {
  readonly name: string;
  readonly networks: readonly Network[];
  readonly nodes: readonly Node[];
  /** The merged lab source after stage, sets and variables; its shape is already checked. */
  readonly source: Tree;
  /** Keys the lab has in any of its stages (see LabSource): what one stage makes, another takes away. */
  readonly blocks: readonly string[];
  /** Whether the lab speaks IPv6 in any of its stages. */
  readonly ipv6: boolean;
  /** What was read from beside the lab file; empty where nobody looked. */
  readonly assets: readonly Asset[];
  /** What `groups:` makes: names that stand for several nodes. */
  readonly groups: ReadonlyMap<string, readonly Node[]>;
  /** Every name that may stand for nodes: theirs, those of a count, those of `groups:`. */
  readonly names: readonly string[];
  /** Members of a group: `worker` → worker-1 …; a node's own name → itself; else undefined. */
  members(name: string): readonly Node[] | undefined;
  node(name: string): Node | undefined;
  /** A node's settings as written in the lab (a group's, for a node made by `count`). */
  nodeSource(node: string): Tree;
}

const DEFAULT_NETWORK = 'lan';
const DEFAULT_SUBNET = '192.168.56.0/24';

export interface Group {
  readonly name: string;
  readonly source: Tree;
  readonly names: readonly string[];
  readonly counted: boolean;
}

export function resolveGround(source: Tree, report: GroundReport, assets: readonly Asset[] = [], blocks: readonly string[] = Object.keys(source), ipv6: boolean = speaks6([source])): Ground {
  const networks = resolveNetworks(source, report, blocks);
  const groups = resolveGroups(source, report);
  const addresses = new Map<string, Attachment[]>();
  for (const network of networks) attach(network, networks, groups, addresses, report);
  addAddresses6(networks, groups, addresses, report);
  const nodes = groups.flatMap((group) => group.names.map((name) => makeNode(name, group, addresses.get(name) ?? [], networks)));
  for (const group of groups) {
    for (const name of group.names) {
      const chosen = group.source['networks'];
      if (networks.length === 0 || (addresses.get(name) ?? []).length > 0 || !report.isSound(['nodes', group.name])) continue;
      if (isTree(chosen) && Object.keys(chosen).length === 0) report.error('LG034', ['nodes', group.name, 'networks'], `"${group.name}" is on no network`, networks.length > 1 ? `Say which it is on: "networks: {${networks[0]?.name ?? 'lan'}: auto}".` : `Leave "networks" out: it is on "${networks[0]?.name ?? 'lan'}" then.`);
      else if (networks.length > 1 && chosen === undefined && group.source['address'] === undefined) report.error('LG034', ['nodes', group.name], `the lab has several networks and "${group.name}" does not say which it is on`, `Add "networks: {${networks[0]?.name ?? 'lan'}: auto}".`);
      break;
    }
  }
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const byGroup = new Map(groups.map((group) => [group.name, group]));
  const known: KnownNodes = {
    names: [...new Set(nodes.flatMap((node) => [node.name, node.group]))],
    members(name) {
      const group = byGroup.get(name);
      if (group) return group.names.flatMap((each) => byName.get(each) ?? []);
      const node = byName.get(name);
      return node ? [node] : undefined;
    },
  };
  const named = namedGroups(source, known, report);
  return {
    name: String(source['lab'] ?? ''),
    networks,
    nodes,
    source,
    blocks,
    ipv6,
    assets,
    groups: named,
    names: [...known.names, ...named.keys()],
    node: (name) => byName.get(name),
    members: (name) => known.members(name) ?? named.get(name),
    nodeSource: (name) => byGroup.get(byName.get(name)?.group ?? '')?.source ?? {},
  };
}

function resolveNetworks(source: Tree, report: GroundReport, blocks: readonly string[]): Network[] {
  const written = isTree(source['networks']) ? source['networks'] : { [DEFAULT_NETWORK]: { subnet: DEFAULT_SUBNET } };
  const networks: (Network & { readonly parsed: Subnet })[] = [];
  for (const [name, value] of Object.entries(written)) {
    const path: Path = ['networks', name, 'subnet'];
    if (!report.isSound(['networks', name])) continue;
    const text = String((value as Tree)['subnet'] ?? freeSubnet(written, networks) ?? '');
    if (text === '') report.error('LG035', ['networks', name], `no IPv4 subnet is left for the network "${name}"`, 'Vagrant gives every machine an IPv4 address; name the subnet for it: "subnet: 10.0.0.0/24".');
    const parsed = parseCidr(text);
    if (!parsed) continue;
    const canonical = formatSubnet(parsed.subnet);
    if (canonical !== text) {
      report.error('LG030', path, `${text} has host bits set`, `The subnet is ${canonical}.`);
      continue;
    }
    if (parsed.subnet.prefix > 29) {
      report.error('LG030', path, `${text} is too small for a network of nodes`, 'Use a prefix length of 29 or less; /24 is usual.');
      continue;
    }
    const clash = networks.find((other) => overlap(other.parsed, parsed.subnet));
    if (clash) {
      report.error('LG031', path, `${text} overlaps the network "${clash.name}" (${clash.subnet})`, 'Give each network a subnet of its own.');
      continue;
    }
    const reserved = managementOver(parsed.subnet);
    if (reserved) report.error('LG037', path, `${text} overlaps ${reserved.cidr}, ${reserved.whose}`, 'A node would not know which way to answer; use another subnet, such as 192.168.56.0/24.');
    const subnet6 = subnet6Of(name, value as Tree, networks, report);
    const mtu = networkMtu(name, value as Tree, report, blocks);
    networks.push({ name, subnet: canonical, parsed: parsed.subnet, ...(subnet6 !== undefined && { subnet6 }), ...(mtu !== undefined && { mtu }) });
  }
  return networks.map(({ parsed: _parsed, ...network }) => network);
}

/** As given; 1500 where another stage gives one, because this one has to set the usual again; undefined: nobody sets it. */
function networkMtu(name: string, value: Tree, report: GroundReport, blocks: readonly string[]): number | undefined {
  const given = value['mtu'];
  if (typeof given !== 'number') return blocks.includes(`networks.${name}.mtu`) ? ETHERNET_MTU : undefined;
  const path: Path = ['networks', name, 'mtu'];
  if (given > ETHERNET_MTU) report.warning('LG161', path, `packets of ${given} bytes pass only where the provider is libvirt or docker`, `The others make networks for ${ETHERNET_MTU} bytes; give that or less for a lab that is to run everywhere.`);
  if (given < LEAST_MTU6 && value['subnet6'] !== undefined) report.error('LG062', path, `an MTU of ${given} is too small for IPv6, which needs ${LEAST_MTU6}`, `Use ${LEAST_MTU6} or more, or take "subnet6" away.`);
  return given;
}

/** For a network that says its IPv6 subnet alone: the first /24 VirtualBox allows that no other network has. */
function freeSubnet(written: Tree, networks: readonly { readonly parsed: Subnet }[]): string | undefined {
  const taken = [...networks.map((network) => network.parsed), ...Object.values(written).flatMap((value) => parseCidr(String(isTree(value) ? value['subnet'] : ''))?.subnet ?? [])];
  const [allowed] = hostOnlyRanges('');
  const free = Array.from({ length: 8 }, (_, index): Subnet => ({ base: (allowed?.base ?? 0) + index * 256, prefix: 24 })).find((subnet) => !taken.some((other) => overlap(other, subnet)));
  return free && formatSubnet(free);
}

function resolveGroups(source: Tree, report: GroundReport): Group[] {
  const written = isTree(source['nodes']) ? source['nodes'] : {};
  const taken = new Set(Object.keys(written));
  return Object.entries(written).flatMap(([name, value]) => {
    if (!report.isSound(['nodes', name, 'count']) || !/^[a-z][a-z0-9-]*$/.test(name)) return [];
    const own = isTree(value) ? value : {};
    const count = own['count'];
    const counted = typeof count === 'number';
    const names = counted ? Array.from({ length: count }, (_, index) => `${name}-${index + 1}`) : [name];
    const clash = counted ? names.find((each) => taken.has(each)) : undefined;
    const owner = takenNode(name);
    if (owner !== undefined) report.error('LG042', ['nodes', name], `"${name}" is ${owner}`, 'Give the node another name.');
    if (clash) report.error('LG041', ['nodes', clash], `"${clash}" is also made by the count of "${name}"`, 'Rename one of the two.');
    if (counted && count > 1 && own['address'] !== undefined && report.isSound(['nodes', name, 'address'])) report.error('LG033', ['nodes', name, 'address'], `one address cannot serve ${count} nodes`, 'Leave "address" out: each node gets one of its own.');
    return [{ name, source: own, names, counted }];
  });
}

/** Gives every group that is on `network` its addresses there. */
function attach(network: Network, networks: readonly Network[], groups: readonly Group[], addresses: Map<string, Attachment[]>, report: GroundReport): void {
  const subnet = parseCidr(network.subnet)?.subnet as Subnet;
  const size = sizeOf(subnet.prefix);
  const taken = new Map<number, string>();
  const computed: Group[] = [];
  for (const group of groups) {
    const wish = wishOf(group, network, networks, report);
    if (wish === undefined) continue;
    if (wish.address === 'auto') {
      computed.push(group);
      continue;
    }
    const address = parseAddress(wish.address);
    if (address === undefined || !report.isSound(wish.path) || !report.isSound(['networks', network.name])) continue;
    const offset = address - subnet.base;
    if (!contains(subnet, address)) report.error('LG032', wish.path, `${wish.address} is not in ${network.subnet} of the network "${network.name}"`, `Use an address from ${formatAddress(subnet.base + 2)} to ${formatAddress(subnet.base + size - 2)}, or leave it out.`);
    else if (offset === 0 || offset === size - 1) report.error('LG032', wish.path, `${wish.address} is the ${offset === 0 ? 'network' : 'broadcast'} address of ${network.subnet}`, 'Use an address in between.');
    else if (offset === 1) report.error('LG032', wish.path, `${wish.address} is the host's own address in ${network.subnet}`, 'Vagrant gives the first address to the host; use another.');
    else if (taken.has(offset)) report.error('LG033', wish.path, `${wish.address} is already the address of "${taken.get(offset) ?? ''}"`, 'Give each node an address of its own, or leave it out.');
    else {
      taken.set(offset, group.name);
      addTo(addresses, group.names[0] ?? group.name, { network: network.name, address: wish.address, prefix: subnet.prefix });
    }
  }
  const numbers = numbering({ groups: computed.map((group) => ({ name: group.name, members: group.names.length, counted: group.counted })), size, taken: new Set(taken.keys()) });
  for (const group of computed) {
    const own = numbers.get(group.name) ?? [];
    const short = own.findIndex((number) => number === undefined);
    if (short >= 0 && report.isSound(['networks', network.name])) report.error('LG035', ['nodes', group.name], `${network.subnet} has no room for ${group.names.length} node${group.names.length === 1 ? '' : 's'} of "${group.name}" (${short} fit)`, 'Give the network a shorter prefix, such as /16, or fewer nodes.');
    group.names.forEach((name, index) => {
      const number = own[index];
      if (number !== undefined) addTo(addresses, name, { network: network.name, address: formatAddress(subnet.base + number), prefix: subnet.prefix });
    });
  }
}

function wishOf(group: Group, network: Network, networks: readonly Network[], report: GroundReport): { address: string; path: Path } | undefined {
  const { address, networks: chosen } = group.source;
  if (isTree(chosen)) {
    if (network === networks[0]) {
      for (const name of Object.keys(chosen)) {
        const path = ['nodes', group.name, 'networks', name];
        if (!networks.some((each) => each.name === name) && report.isSound(path) && report.isSound(['networks'])) report.error('LG040', path, `there is no network "${name}"`, report.nearest(name, networks.map((each) => each.name), 'network'));
      }
    }
    if (!Object.hasOwn(chosen, network.name)) return undefined;
    return { address: String(chosen[network.name]), path: ['nodes', group.name, 'networks', network.name] };
  }
  if (networks.length > 1) {
    if (typeof address === 'string') {
      // `address` is short for a sole network; with several, the one it lies in is meant.
      const value = parseAddress(address);
      if (value === undefined) return undefined;
      const home = networks.find((each) => contains(parseCidr(each.subnet)?.subnet as Subnet, value));
      if (!home && network === networks[0] && report.isSound(['networks'])) report.error('LG032', ['nodes', group.name, 'address'], `${address} is in none of the lab's networks`, `They are: ${networks.map((each) => `${each.name} (${each.subnet})`).join(', ')}.`);
      return home === network ? { address, path: ['nodes', group.name, 'address'] } : undefined;
    }
    return undefined;
  }
  return { address: typeof address === 'string' ? address : 'auto', path: ['nodes', group.name, 'address'] };
}

function makeNode(name: string, group: Group, attachments: readonly Attachment[], networks: readonly Network[]): Node {
  const { docker, memory, cpus, networks: chosen } = group.source;
  const order = isTree(chosen) ? Object.keys(chosen) : networks.map((network) => network.name);
  const settings = isTree(docker) ? docker : {};
  const on = docker !== false;
  return {
    name,
    group: group.name,
    attachments: [...attachments].sort((a, b) => order.indexOf(a.network) - order.indexOf(b.network)),
    docker: on,
    dockerPackage: on ? (settings['package'] === 'ce' ? 'ce' : 'distribution') : undefined,
    dockerBridge: on ? (typeof settings['bridge'] === 'string' ? settings['bridge'] : 'docker0') : undefined,
    memory: typeof memory === 'number' ? memory : 1024,
    cpus: typeof cpus === 'number' ? cpus : 1,
  };
}
