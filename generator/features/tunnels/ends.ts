/** The ends of a tunnel: which node, over which address, with which interface to which peer. */
import { settings6 } from '../../model/container-networks6.js';
import { addressPart, canonicalText, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { formatAddress, parseAddress, parseCidr, type Subnet } from '../../model/ipv4.js';
import { digits6, formatAddress6, parseAddress6 } from '../../model/ipv6.js';
import type { Network, Node } from '../../model/lab.js';
import type { TunnelKind } from '../../model/lab-links.js';
import { isTree, type Tree } from '../../model/merge.js';
import { spotsOf } from '../bridges/spots.js';
import { isKind, KINDS, type Kind } from './kinds.js';

/** Inner addresses of tunnels whose lab gives none: 10.255.<tunnel>.<host number>. */
const TUNNEL_POOL = '10.255.0.0/16';
/** fd10:255:<tunnel>::<host number>, with the same digits. */
const TUNNEL_POOL6 = parseAddress6('fd10:255::') as bigint;

export interface TunnelSource {
  readonly name: string;
  readonly value: Tree;
}

export interface End {
  /** The node or group as the lab names this end. */
  readonly written: string;
  readonly node: Node;
  /** The node's own address the outer packets leave from. */
  readonly outer: string;
  /** The inner address, without a prefix. */
  readonly inner: string;
  readonly innerCidr: string;
  /** The same of IPv6; undefined where the tunnel carries none. */
  readonly inner6: string | undefined;
  readonly innerCidr6: string | undefined;
  /** Interface name, given for two ends, else computed per peer. */
  readonly given: string | undefined;
  /** Beginning of computed interface names. */
  readonly prefix: string;
}

export function tunnelSources(source: Tree): readonly TunnelSource[] {
  const block = isTree(source['tunnels']) ? source['tunnels'] : {};
  return Object.entries(block).flatMap(([name, value]) => (isTree(value) ? [{ name, value }] : []));
}

/** The names under `ends`, as written, with what is said of each. */
export function writtenEnds(tunnel: TunnelSource): readonly { readonly name: string; readonly settings: Tree }[] {
  const ends = tunnel.value['ends'];
  if (Array.isArray(ends)) return (ends as unknown[]).map((name) => ({ name: String(name), settings: {} }));
  return Object.entries(isTree(ends) ? ends : {}).map(([name, settings]) => ({ name, settings: isTree(settings) ? settings : {} }));
}

/** Unknown kinds are the schema's business; who asks must have looked whether the tunnel is sound. */
export function kindOf(tunnel: TunnelSource): TunnelKind {
  const kind = tunnel.value['kind'];
  return isKind(kind) ? kind : 'gre';
}

export function kindFacts(tunnel: TunnelSource): Kind {
  return KINDS[kindOf(tunnel)];
}

/** The network of the lab a tunnel runs over: as given, or the first one every end is on. */
export function underlay(ground: Ground, tunnel: TunnelSource): string | undefined {
  const given = tunnel.value['network'];
  if (typeof given === 'string') return given;
  const nodes = writtenEnds(tunnel).flatMap((end) => ground.members(end.name) ?? []);
  return ground.networks.find((network) => nodes.every((node) => node.attachments.some((each) => each.network === network.name)))?.name;
}

/** Ends that could be resolved; names that could not are the rules' business. `index`: the tunnel's position in the lab. */
export function resolveEnds(ground: Ground, tunnel: TunnelSource, index: number): readonly End[] {
  const network = ground.networks.find((each) => each.name === underlay(ground, tunnel));
  const base = network ? (parseCidr(network.subnet)?.subnet as Subnet).base : 0;
  const pool = (parseCidr(TUNNEL_POOL)?.subnet as Subnet).base;
  const carries6 = carriesIpv6(ground, tunnel, network);
  return writtenEnds(tunnel).flatMap(({ name, settings }) =>
    (ground.members(name) ?? []).flatMap((node): End[] => {
      const at = node.attachments.find((each) => each.network === network?.name);
      const outer = outerFamily(tunnel) === 6 ? at?.address6 : at?.address;
      if (at === undefined || outer === undefined) return [];
      const number = (parseAddress(at.address) as number) - base;
      const written = settings['address'];
      const innerCidr = typeof written === 'string' ? (written.includes('/') ? written : `${written}/32`) : `${formatAddress(pool + index * 256 + number)}/32`;
      const innerCidr6 = carries6 ? inner6Of(settings['address6'], index, number) : undefined;
      return [{ written: name, node, outer, inner: addressPart(innerCidr), innerCidr, inner6: innerCidr6?.split('/')[0], innerCidr6, given: typeof settings['name'] === 'string' ? settings['name'] : undefined, prefix: kindFacts(tunnel).prefix }];
    }),
  );
}

/** The family of the outer packets. */
export function outerFamily(tunnel: TunnelSource): Family {
  return tunnel.value['family'] === 6 ? 6 : 4;
}

/** Whether there is IPv6 inside, if this kind can carry it: an end has an address of it, the network below speaks it, or the containers that are carried do. */
function carriesIpv6(ground: Ground, tunnel: TunnelSource, network: Network | undefined): boolean {
  return kindFacts(tunnel).carries6[outerFamily(tunnel)] && (network?.subnet6 !== undefined || asksForIpv6(ground, tunnel));
}

/** Whether the lab wants IPv6 inside, by an end's address or by the containers that are carried. */
export function asksForIpv6(ground: Ground, tunnel: TunnelSource): boolean {
  const ends = writtenEnds(tunnel);
  const containers = (): boolean => tunnel.value['carries'] === 'docker' && ends.some((end) => (ground.members(end.name) ?? []).some((node) => settings6(ground, node.name) !== undefined));
  return ends.some((end) => end.settings['address6'] !== undefined) || containers();
}

function inner6Of(written: unknown, tunnel: number, number: number): string {
  if (typeof written === 'string') return canonicalText(written.includes('/') ? written : `${written}/128`);
  return `${formatAddress6(TUNNEL_POOL6 + (digits6(tunnel) << 80n) + digits6(number))}/128`;
}

/** Each end with each other one. */
export function pairsOf(ends: readonly End[]): readonly (readonly [End, End])[] {
  return ends.flatMap((end) => ends.filter((peer) => peer !== end).map((peer) => [end, peer] as const));
}

/** Interface on `end` towards `peer`: the given name for two ends, else KIND-PEER, cut so that it stays unique. */
export function interfaceTo(end: End, peer: End, ends: readonly End[], tunnel: number): string {
  if (end.given !== undefined) return end.given;
  const plain = `${end.prefix}${tunnel === 0 ? '' : tunnel}-${peer.node.name}`;
  // 15 characters are the kernel's limit (IFNAMSIZ less the final zero).
  return plain.length <= 15 ? plain : `${end.prefix}${tunnel}-${ends.indexOf(peer) + 1}`;
}

/** A number for each pair of ends, the same from both sides; an end that is added at the end of the list changes none. */
export function pairNumber(ends: readonly End[], end: End, peer: End): number {
  const [low = 0, high = 0] = [ends.indexOf(end), ends.indexOf(peer)].sort((a, b) => a - b);
  return (high * (high - 1)) / 2 + low;
}

/** Room for the numbers of a tunnel's pairs, beside those of the lab's other tunnels: 16 bits of VXLAN's 24; ports of 23 ends. */
const ID_ROOM = 65_536;
const PORT_ROOM = 256;

/** VXLAN's network identifier between two ends: two devices of one identifier and port cannot be on one node. */
export function networkId(tunnel: TunnelSource, index: number, pair: number): number {
  const given = tunnel.value['id'];
  return typeof given === 'number' ? given : index * ID_ROOM + pair + 1;
}

/** UDP port of both ends of a pair; undefined where the kind knows none. */
export function udpPort(tunnel: TunnelSource, index: number, pair: number): number | undefined {
  const { port } = kindFacts(tunnel);
  if (port === undefined) return undefined;
  const given = tunnel.value['port'];
  const first = typeof given === 'number' ? given : port.first + (port.each ? index * PORT_ROOM : 0);
  return port.each ? first + pair : first;
}

/** Ports of bridges, as `NODE INTERFACE`: what is plugged in has no address of its own. */
export function bridgePorts(ground: Ground): ReadonlyMap<string, string> {
  return new Map(spotsOf(ground).flatMap((spot) => spot.ports.map((port) => [`${spot.node.name} ${port}`, spot.bridge] as const)));
}

export interface TunnelInterface {
  readonly end: End;
  readonly peer: End;
  /** On the node of `end`. */
  readonly name: string;
  /** `NODE INTERFACE`. */
  readonly place: string;
}

/** Every interface of a tunnel: one for each end and peer. */
export function interfacesOf(ground: Ground, tunnel: TunnelSource, index: number): readonly TunnelInterface[] {
  const ends = resolveEnds(ground, tunnel, index);
  return pairsOf(ends).map(([end, peer]) => {
    const name = interfaceTo(end, peer, ends, index);
    return { end, peer, name, place: `${end.node.name} ${name}` };
  });
}

/** Whose each interface of a tunnel is, by `NODE INTERFACE`; of those tunnels that count. */
export function tunnelInterfaces(ground: Ground, counts: (tunnel: TunnelSource) => boolean = () => true): Map<string, string> {
  return new Map(tunnelSources(ground.source).flatMap((tunnel, index) => (counts(tunnel) ? interfacesOf(ground, tunnel, index).map(({ place }) => [place, `the tunnel "${tunnel.name}"`] as const) : [])));
}
