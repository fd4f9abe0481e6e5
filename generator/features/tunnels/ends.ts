/** The ends of a tunnel: which node, over which address, with which interface to which peer. */
import { settings6 } from '../../model/container-networks6.js';
import { canonicalText, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { formatAddress, parseAddress, parseCidr, type Subnet } from '../../model/ipv4.js';
import { digits6, formatAddress6, parseAddress6 } from '../../model/ipv6.js';
import type { Network, Node } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';

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
      return [{ written: name, node, outer, inner: innerCidr.split('/')[0] ?? '', innerCidr, inner6: innerCidr6?.split('/')[0], innerCidr6, given: typeof settings['name'] === 'string' ? settings['name'] : undefined }];
    }),
  );
}

/** The family of the outer packets. */
export function outerFamily(tunnel: TunnelSource): Family {
  return tunnel.value['family'] === 6 ? 6 : 4;
}

/** Whether there is IPv6 inside: an end has an address of it, the network below speaks it, or the containers that are carried do. */
function carriesIpv6(ground: Ground, tunnel: TunnelSource, network: Network | undefined): boolean {
  const ends = writtenEnds(tunnel);
  const containers = (): boolean => tunnel.value['carries'] === 'docker' && ends.some((end) => (ground.members(end.name) ?? []).some((node) => settings6(ground, node.name) !== undefined));
  return network?.subnet6 !== undefined || ends.some((end) => end.settings['address6'] !== undefined) || containers();
}

function inner6Of(written: unknown, tunnel: number, number: number): string {
  if (typeof written === 'string') return canonicalText(written.includes('/') ? written : `${written}/128`);
  return `${formatAddress6(TUNNEL_POOL6 + (digits6(tunnel) << 80n) + digits6(number))}/128`;
}

/** Each end with each other one. */
export function pairsOf(ends: readonly End[]): readonly (readonly [End, End])[] {
  return ends.flatMap((end) => ends.filter((peer) => peer !== end).map((peer) => [end, peer] as const));
}

/** Interface on `end` towards `peer`: the given name for two ends, else `gre-PEER`, cut so that it stays unique. */
export function interfaceTo(end: End, peer: End, ends: readonly End[], tunnel: number): string {
  if (end.given !== undefined) return end.given;
  const plain = `gre${tunnel === 0 ? '' : tunnel}-${peer.node.name}`;
  // 15 characters are the kernel's limit (IFNAMSIZ less the final zero).
  return plain.length <= 15 ? plain : `gre${tunnel}-${ends.indexOf(peer) + 1}`;
}

/** Whose each interface of a tunnel is, by `NODE INTERFACE`. */
export function tunnelInterfaces(ground: Ground): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  tunnelSources(ground.source).forEach((tunnel, index) => {
    const ends = resolveEnds(ground, tunnel, index);
    for (const [end, peer] of pairsOf(ends)) owners.set(`${end.node.name} ${interfaceTo(end, peer, ends, index)}`, `the tunnel "${tunnel.name}"`);
  });
  return owners;
}
