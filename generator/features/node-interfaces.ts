/** What a node's kernel sends by: names of interfaces, and the networks behind them, as far as the lab alone tells. */
import { computedContainerNetwork, givenContainerNetwork } from '../model/container-networks.js';
import { containerNetwork6 } from '../model/container-networks6.js';
import { canonical, holds, networkOf } from '../model/family.js';
import type { Node } from '../model/lab.js';
import { addTo } from '../model/lists-by-key.js';
import { isTree, listOf } from '../model/merge.js';
import { spotsOf } from './bridges/spots.js';
import { networkSources } from './docker-networks/resolve.js';
import type { Ground } from './feature.js';
import { membersOf as flannelMembers, settingsOf as flannelOf } from './flannel/settings.js';
import { takenInterfaces } from './taken-interfaces.js';
import { bridgePorts, interfacesOf, tunnelSources } from './tunnels/ends.js';
import { membersOf as weaveMembers, settingsOf as weaveOf } from './weave/settings.js';

export interface NodeInterfaces {
  readonly names: ReadonlySet<string>;
  /** Those that somebody would mean: without the loopback, and what the kernel makes beside tunnels. */
  readonly shown: readonly string[];
  /** CIDRs that interfaces have. */
  readonly addresses: readonly string[];
  /** Networks behind an interface that has no address in them. */
  readonly behind: readonly string[];
  /** Networks that a provider or a program takes the node's address from when the lab comes up. */
  readonly vague: readonly string[];
}

/** Vagrant's ways in. */
const PROVIDERS = ['10.0.2.0/24', '192.168.121.0/24'];
/** What Docker takes the networks of its bridges from, and what labgen gives it for those of the lab without a subnet. */
const [DOCKER_POOL, LABGEN_POOL] = ['172.16.0.0/12', '10.192.0.0/10'];

/** Whether an interface of that name is there is up to the provider's image, or to a program: Docker's networks and cables have names of random digits. */
export function isNamedByOthers(name: string): boolean {
  return /^(en[a-z0-9]|wl|veth|vx-|ov-|br-[0-9a-f]{12}$)/.test(name);
}

/** Of each node that is asked for, once. */
export function nodeInterfaces(ground: Ground): (node: Node) => NodeInterfaces {
  const known = new Map<Node, NodeInterfaces>();
  let collect: ((node: Node) => NodeInterfaces) | undefined;
  return (node) => {
    collect ??= collector(ground);
    const found = known.get(node) ?? collect(node);
    known.set(node, found);
    return found;
  };
}

function collector(ground: Ground): (node: Node) => NodeInterfaces {
  const taken = takenInterfaces(ground);
  const names = new Map<string, string[]>();
  const addresses = new Map<string, string[]>();
  const behind = new Map<string, string[]>();
  for (const spot of spotsOf(ground)) {
    addTo(names, spot.node.name, spot.bridge);
    if (spot.address !== undefined) addTo(addresses, spot.node.name, spot.address);
  }
  const ports = bridgePorts(ground);
  tunnelSources(ground.source).forEach((tunnel, index) => {
    for (const { end, peer, name, place } of interfacesOf(ground, tunnel, index)) {
      addTo(names, end.node.name, name);
      if (ports.has(place)) continue;
      for (const each of [end.innerCidr, end.innerCidr6]) if (each !== undefined) addTo(addresses, end.node.name, each);
      const carried = tunnel.value['carries'] === 'docker' ? [containersOf(ground, peer.node), containerNetwork6(ground, peer.node.name)?.subnet] : [];
      for (const each of [`${peer.inner}/32`, peer.inner6 === undefined ? undefined : `${peer.inner6}/128`, ...carried]) if (each !== undefined) addTo(behind, end.node.name, each);
    }
  });
  const programs = overlayNetworks(ground);
  return (node) => {
    const own = [...taken(node)].filter(([name]) => name !== 'all' && name !== 'default');
    const docker = node.docker ? dockerInterfaces(ground, node) : { names: [], addresses: [], vague: [] };
    const made = [...(names.get(node.name) ?? []), ...docker.names];
    return {
      names: new Set([...own.map(([name]) => name), ...made]),
      shown: [...new Set([...own.filter(([name, whose]) => whose !== 'the system' || /^eth\d/.test(name)).map(([name]) => name), ...made])],
      addresses: [...node.attachments.flatMap((each) => [`${each.address}/${each.prefix}`, ...(each.address6 === undefined ? [] : [`${each.address6}/${each.prefix6 ?? 64}`])]), ...(addresses.get(node.name) ?? []), ...docker.addresses],
      behind: behind.get(node.name) ?? [],
      vague: [...PROVIDERS, ...docker.vague, ...programs.flatMap((each) => (each.nodes.has(node) ? [each.network] : []))],
    };
  };
}

function containersOf(ground: Ground, node: Node): string | undefined {
  return node.docker ? (givenContainerNetwork(ground, node.name) ?? computedContainerNetwork(ground, node.name))?.subnet : undefined;
}

function overlayNetworks(ground: Ground): readonly { readonly nodes: ReadonlySet<Node>; readonly network: string }[] {
  const [flannel, weave] = [flannelOf(ground.source), weaveOf(ground.source)];
  return [
    ...(flannel ? [{ nodes: new Set(flannelMembers(ground, flannel)), network: flannel.network }] : []),
    ...(weave ? [{ nodes: new Set(weaveMembers(ground, weave)), network: weave.range }] : []),
  ];
}

/** docker0 and the networks of the lab's own; on which nodes these are does not matter to what they could be. */
function dockerInterfaces(ground: Ground, node: Node): { readonly names: readonly string[]; readonly addresses: readonly string[]; readonly vague: readonly string[] } {
  const settings = ground.nodeSource(node.name)['docker'];
  const pools = isTree(settings) ? listOf(settings['defaultAddressPools']).flatMap((pool) => (isTree(pool) ? [String(pool['base'])] : [])) : [];
  const given = givenContainerNetwork(ground, node.name)?.bip;
  const six = containerNetwork6(ground, node.name);
  const networks = networkSources(ground.source);
  return {
    names: networks.flatMap(({ value }) => (isTree(value['options']) && typeof value['options']['com.docker.network.bridge.name'] === 'string' ? [value['options']['com.docker.network.bridge.name']] : [])),
    addresses: [...(given === undefined ? [] : [given]), ...(six ? [`${six.address}/${six.subnet.split('/')[1] ?? '64'}`] : [])],
    vague: [DOCKER_POOL, ...(networks.some(({ value }) => value['subnet'] === undefined) ? [LABGEN_POOL] : []), ...pools, ...[containersOf(ground, node), ...networks.flatMap(({ value }) => [value['subnet'], value['subnet6']])].flatMap((each) => (typeof each === 'string' ? [each] : []))].filter((each) => networkOf(each) !== undefined),
  };
}

/** Whether a next hop is a neighbour: behind an interface, or, where a program chooses, possibly. */
export function isNeighbour({ addresses, behind, vague }: NodeInterfaces, hop: string): boolean {
  return [...addresses, ...behind, ...vague].some((network) => holds(network, hop));
}

/** Whether an address is the node's own, or, where a program chooses, may be. */
export function isOwnAddress({ addresses, vague }: NodeInterfaces, address: string): boolean {
  const wanted = canonical(address);
  return holds('127.0.0.0/8', address) || wanted === '::1' || addresses.some((each) => canonical(each.split('/')[0] ?? '') === wanted) || vague.some((network) => holds(network, address));
}

/** `It has: eth0, eth1, docker0.` */
export function interfacesHint({ shown }: NodeInterfaces): string {
  return `It has: ${shown.slice(0, 12).join(', ')}${shown.length > 12 ? ', …' : ''}.`;
}
