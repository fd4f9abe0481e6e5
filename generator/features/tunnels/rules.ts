/** What makes a tunnel impossible. */
import { computedContainerNetwork, givenContainerNetwork } from '../../model/container-networks.js';
import { containerNetwork6 } from '../../model/container-networks6.js';
import { meet } from '../../model/family.js';
import { formatSubnet, overlap, parseCidr, type Subnet } from '../../model/ipv4.js';
import type { Node } from '../../model/lab.js';
import type { TunnelKind } from '../../model/lab-links.js';
import type { Path } from '../../model/problem.js';
import { nftablesFlag } from '../docker/nftables.js';
import type { RuleContext } from '../feature.js';
import { takenInterfaces } from '../taken-interfaces.js';
import { asksForIpv6, bridgePorts, interfacesOf, kindFacts, kindOf, networkId, outerFamily, pairNumber, pairsOf, resolveEnds, tunnelSources, udpPort, underlay, writtenEnds, type TunnelSource } from './ends.js';

function each(context: RuleContext, visit: (tunnel: TunnelSource, path: Path, index: number) => void): void {
  tunnelSources(context.source).forEach((tunnel, index) => {
    if (context.isSound(['tunnels', tunnel.name])) visit(tunnel, ['tunnels', tunnel.name], index);
  });
}

/** Where the end called `name` is written: a key of the map, or an item of the list. */
function endPath(tunnel: TunnelSource, path: Path, name: string): Path {
  const ends = tunnel.value['ends'];
  return Array.isArray(ends) ? [...path, 'ends', ends.indexOf(name)] : [...path, 'ends', name];
}

export function endsExist(context: RuleContext): void {
  each(context, (tunnel, path) => {
    for (const end of writtenEnds(tunnel)) {
      if (!context.ground.members(end.name)) context.error('LG040', endPath(tunnel, path, end.name), `there is no node "${end.name}"`, context.nearest(end.name, context.ground.names, 'node'));
    }
  });
}

export function enoughEnds(context: RuleContext): void {
  each(context, (tunnel, path) => {
    const ends = writtenEnds(tunnel);
    const nodes = ends.flatMap((end) => context.ground.members(end.name) ?? []);
    const network = tunnel.value['network'];
    const named = ends.length > 2 || nodes.length > 2;
    if (ends.some((end) => !context.ground.members(end.name))) return;
    if (nodes.length < 2) context.error('LG060', [...path, 'ends'], `the tunnel "${tunnel.name}" has ${nodes.length === 1 ? 'one end' : 'no ends'}`, 'A tunnel joins two nodes, or more as a full mesh.');
    else if (new Set(nodes).size < nodes.length) context.error('LG060', [...path, 'ends'], 'a node is named twice among the ends', 'Name each node once.');
    else if (named && ends.some((end) => end.settings['name'] !== undefined)) context.error('LG060', [...path, 'ends'], `${nodes.length} ends make a full mesh, where one node has several interfaces`, 'Leave "name" out: names are computed.');
    else if (typeof network === 'string' && !context.ground.networks.some((each) => each.name === network)) context.error('LG040', [...path, 'network'], `there is no network "${network}"`, context.nearest(network, context.ground.networks.map((each) => each.name), 'network'));
    else if (outerFamily(tunnel) === 6 && lacks6(context, tunnel)) context.error('LG060', [...path, 'family'], `the tunnel "${tunnel.name}" runs over IPv6, and the network "${underlay(context.ground, tunnel) ?? ''}" has none`, 'Give the network a "subnet6", or leave "family" out.');
    else if (resolveEnds(context.ground, tunnel, 0).length < nodes.length && context.isSound(['networks']) && context.isSound(['nodes'])) apart(context, tunnel, nodes, [...path, 'ends']);
  });
}

/** The outer packets need a network that all ends are on: the one the tunnel names, or any. */
function apart(context: RuleContext, tunnel: TunnelSource, nodes: readonly Node[], path: Path): void {
  const isOn = (node: Node, network: string): boolean => node.attachments.some((each) => each.network === network);
  const named = tunnel.value['network'];
  const shared = context.ground.networks.filter(({ name }) => nodes.every((node) => isOn(node, name))).map(({ name }) => name);
  if (typeof named !== 'string' || shared.length === 0) context.error('LG060', path, 'the ends share no network of the lab', 'Put all of them on one network: a tunnel runs over it.');
  else context.error('LG060', path, `"${nodes.find((node) => !isOn(node, named))?.name ?? ''}" is not on the network "${named}"`, `All ends share: ${shared.join(', ')}. Name that by "network:", or leave it out.`);
}

function lacks6(context: RuleContext, tunnel: TunnelSource): boolean {
  const network = context.ground.networks.find((each) => each.name === underlay(context.ground, tunnel));
  return network !== undefined && network.subnet6 === undefined && context.isSound(['networks']);
}

/** Containers of two ends with the same IPv6 network: one of them gave it, or both did. */
export function carriedNetworks6Differ(context: RuleContext): void {
  each(context, (tunnel, _path, index) => {
    if (tunnel.value['carries'] !== 'docker') return;
    const seen: { readonly node: string; readonly subnet: string }[] = [];
    for (const { node } of resolveEnds(context.ground, tunnel, index)) {
      const subnet = context.isSound(['nodes', node.group, 'docker']) ? containerNetwork6(context.ground, node.name)?.subnet : undefined;
      if (subnet === undefined) continue;
      const clash = seen.find((other) => meet(other.subnet, subnet));
      if (clash) context.error('LG031', ['nodes', node.group, 'docker', 'fixedCidrV6'], `the containers of "${node.name}" (${subnet}) and of "${clash.node}" (${clash.subnet}) have overlapping networks`, 'Each end needs a network of its own; or leave fixedCidrV6 out.');
      seen.push({ node: node.name, subnet });
    }
  });
}

export function carriedNetworksDiffer(context: RuleContext): void {
  each(context, (tunnel, path, index) => {
    if (tunnel.value['carries'] !== 'docker') return;
    const seen: { node: string; subnet: Subnet }[] = [];
    for (const end of resolveEnds(context.ground, tunnel, index)) {
      const { name, group, docker } = end.node;
      if (!docker) {
        context.error('LG052', endPath(tunnel, path, end.written), `"${name}" has no Docker, and the tunnel carries Docker's networks`, `Take "carries" away, or "docker: false" from ${group}.`);
        continue;
      }
      if (!context.isSound(['nodes', group, 'docker'])) continue;
      const network = givenContainerNetwork(context.ground, name) ?? computedContainerNetwork(context.ground, name);
      const subnet = parseCidr(network?.subnet ?? '')?.subnet;
      if (!subnet) {
        context.error('LG035', ['nodes', group], `no container network is left for "${name}"`, 'Give "docker.bip" yourself, or fewer nodes.');
        continue;
      }
      const clash = seen.find((other) => overlap(other.subnet, subnet));
      if (clash) context.error('LG031', ['nodes', group, 'docker', 'bip'], `the containers of "${name}" (${formatSubnet(subnet)}) and of "${clash.node}" (${formatSubnet(clash.subnet)}) have overlapping networks`, 'Each end needs a network of its own, such as 172.17.0.1/17 and 172.17.128.1/17; or leave bip out.');
      seen.push({ node: name, subnet });
    }
  });
}

export function interfaceNamesAreFree(context: RuleContext): void {
  const system = takenInterfaces(context.ground);
  const taken = new Map<string, string>();
  each(context, (tunnel, path, index) => {
    for (const { end, name, place } of interfacesOf(context.ground, tunnel, index)) {
      const owner = system(end.node).get(name) ?? taken.get(place);
      if (owner !== undefined) context.error('LG061', [...endPath(tunnel, path, end.written), 'name'], `the interface "${name}" on ${end.node.name} is taken by ${owner}`, 'Choose another name.');
      taken.set(place, `the tunnel "${tunnel.name}"`);
    }
  });
}

export function carriedWayIsOpen(context: RuleContext): void {
  each(context, (tunnel, _path, index) => {
    if (tunnel.value['carries'] !== 'docker' || tunnel.value['forward'] === false) return;
    for (const { node } of resolveEnds(context.ground, tunnel, index)) {
      const flag = nftablesFlag(context, node);
      if (flag) context.error('LG060', flag, `the tunnel "${tunnel.name}" leads to the containers of "${node.group}", and dockerd with nftables drops what comes out of it`, 'The tunnel opens the way by iptables rules, which those of nftables overrule; take the flag away, or say "forward: false".');
    }
  });
}

/** What a tunnel's kind cannot have, whatever the values are. */
export function kindsKnowTheirKeys(context: RuleContext): void {
  each(context, (tunnel, path) => {
    const [kind, facts] = [kindOf(tunnel), kindFacts(tunnel)];
    const given = (key: string): boolean => tunnel.value[key] !== undefined;
    if (given('ttl') && !facts.ttl) context.error('LG060', [...path, 'ttl'], `${facts.title} takes no TTL`, 'Leave it out: the kernel chooses.');
    if (given('id') && kind !== 'vxlan') context.error('LG060', [...path, 'id'], `${facts.title} has no network identifier`, 'Leave it out; VXLAN has one.');
    if (given('port') && facts.port === undefined) context.error('LG060', [...path, 'port'], `${facts.title} is not carried by UDP`, 'Leave it out; VXLAN and WireGuard have one.');
    const family = outerFamily(tunnel);
    if (!facts.carries6[family] && asksForIpv6(context.ground, tunnel)) context.error('LG060', [...path, 'kind'], `${facts.title} over IPv${family} carries no IPv6, which "${tunnel.name}" is asked to`, 'Use "gre", or "family: 6".');
  });
}

/** On one node each UDP port is WireGuard's of one pair, or VXLAN's, whose devices differ by their identifiers. */
export function portsAreFree(context: RuleContext): void {
  const ports = new Map<string, { readonly kind: TunnelKind; readonly tunnel: string }>();
  const ids = new Map<string, string>();
  each(context, (tunnel, path, index) => {
    const kind = kindOf(tunnel);
    const ends = resolveEnds(context.ground, tunnel, index);
    if (kind === 'vxlan' && tunnel.value['id'] !== undefined && ends.length > 2) {
      context.error('LG060', [...path, 'id'], `${ends.length} ends make a full mesh, where each pair has an identifier of its own`, 'Leave "id" out: identifiers are computed.');
      return;
    }
    const said = (key: string): Path => [...path, tunnel.value[key] === undefined ? 'ends' : key];
    for (const [end, peer] of pairsOf(ends)) {
      const number = pairNumber(ends, end, peer);
      const port = udpPort(tunnel, index, number);
      if (port === undefined) return;
      const place = `${end.node.name} ${port}`;
      const [other, id] = [ports.get(place), `${place} ${networkId(tunnel, index, number)}`];
      if (port > 65_535) context.error('LG060', said('port'), `${ends.length} ends need UDP ports up to ${port}, and 65535 is the last one`, 'Give the tunnel a lower "port", or fewer ends.');
      else if (other && (kind !== 'vxlan' || other.kind !== 'vxlan')) context.error('LG060', said('port'), `the UDP port ${port} on ${end.node.name} is taken by the tunnel "${other.tunnel}"`, 'Give the tunnel another "port".');
      else if (kind === 'vxlan' && ids.has(id)) context.error('LG060', said('id'), `the identifier ${networkId(tunnel, index, number)} on ${end.node.name} is taken by the tunnel "${ids.get(id) ?? ''}"`, 'Give the tunnel another "id", or another "port".');
      else {
        ports.set(place, { kind, tunnel: tunnel.name });
        ids.set(id, tunnel.name);
        continue;
      }
      return;
    }
  });
}

/** What is plugged into a bridge has no address: those on the bridge are reached through it. */
export function pluggedEndsHaveNoAddress(context: RuleContext): void {
  const ports = bridgePorts(context.ground);
  if (ports.size === 0) return;
  each(context, (tunnel, path, index) => {
    for (const { end, place } of interfacesOf(context.ground, tunnel, index)) {
      const bridge = ports.get(place);
      if (bridge === undefined || !kindFacts(tunnel).frames || !context.isSound(['bridges', bridge])) continue;
      const settings = writtenEnds(tunnel).find((each) => each.name === end.written)?.settings ?? {};
      const key = ['address', 'address6'].find((each) => settings[each] !== undefined);
      if (key !== undefined) context.error('LG060', [...endPath(tunnel, path, end.written), key], `this end is a port of the bridge "${bridge}", and a port has no address`, 'Leave it out, and give the bridge an address.');
      else if (tunnel.value['carries'] === 'docker') context.error('LG060', [...path, 'carries'], `on ${end.node.name} the tunnel is a port of the bridge "${bridge}", and no route leads into a port`, 'Take "carries" away: what is on both bridges is on one network. Or take the port away.');
      else continue;
      return;
    }
  });
}
