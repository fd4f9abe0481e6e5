/** The ends of a tunnel: which node, over which address, with which interface to which peer. */
import type { Ground } from '../../model/ground.js';
import { formatAddress, parseAddress, parseCidr, type Subnet } from '../../model/ipv4.js';
import type { Node } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';

/** Inner addresses of tunnels whose lab gives none: 10.255.<tunnel>.<host number>. */
const TUNNEL_POOL = '10.255.0.0/16';

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
  return writtenEnds(tunnel).flatMap(({ name, settings }) =>
    (ground.members(name) ?? []).flatMap((node): End[] => {
      const outer = node.attachments.find((each) => each.network === network?.name)?.address;
      if (outer === undefined) return [];
      const number = (parseAddress(outer) as number) - base;
      const written = settings['address'];
      const innerCidr = typeof written === 'string' ? (written.includes('/') ? written : `${written}/32`) : `${formatAddress(pool + index * 256 + number)}/32`;
      return [{ written: name, node, outer, inner: innerCidr.split('/')[0] ?? '', innerCidr, given: typeof settings['name'] === 'string' ? settings['name'] : undefined }];
    }),
  );
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
    for (const end of ends) for (const peer of ends) if (peer !== end) owners.set(`${end.node.name} ${interfaceTo(end, peer, ends, index)}`, `the tunnel "${tunnel.name}"`);
  });
  return owners;
}
