/** Routes of a namespace: those its addresses bring, and those it is given, of which the kernel refuses some. */
import type { Family } from '../model/family.js';
import { addTo } from '../model/lists-by-key.js';
import type { Space, WorldRoute } from '../model/world.js';
import { addressOf, prefixOf, within, type Address, type Prefix } from './address.js';
import type { Port, Way } from './kernel.js';

/** Longest prefix first; among equals the smallest metric, then the one that was there first. `refused` gets those that the kernel does not take. */
export function waysOf(space: Space, ports: ReadonlyMap<string, Port>, family: Family, refused: WorldRoute[]): readonly Way[] {
  const connected = [...ports.values()].filter((port) => port.master === undefined).flatMap((port) => {
    const seen = new Set<string>();
    return port.addresses.flatMap(({ address, prefix }): Way[] => {
      const key = `${prefix.first}/${prefix.length}`;
      if (prefix.family !== family || prefix.first === prefix.last || seen.has(key)) return [];
      seen.add(key);
      return [{ prefix, port, via: undefined, source: address, metric: family === 4 ? 0 : 256 }];
    });
  });
  const known: Known = { wide: [...connected], single: new Map() };
  for (const route of space.routes) {
    const prefix = prefixOf(route.to);
    if (prefix.family !== family) continue;
    const way = wayOf(route, prefix, known, ports);
    if (!way) refused.push(route);
    else if (prefix.first !== prefix.last) known.wide.push(way);
    else addTo(known.single, prefix.first, way);
  }
  return [...[...known.single.values()].flat(), ...known.wide].sort(inOrder);
}

/** Those to single addresses apart: with a hundred tunnels there are a hundred, each the next hop of another one. */
interface Known {
  readonly wide: Way[];
  readonly single: Map<number | bigint, Way[]>;
}

function inOrder(a: Way, b: Way): number {
  return b.prefix.length - a.prefix.length || a.metric - b.metric;
}

/** A route as it is put to those that are there already; undefined where the kernel refuses it. */
function wayOf(route: WorldRoute, prefix: Prefix, known: Known, ports: ReadonlyMap<string, Port>): Way | undefined {
  const via = route.via === undefined ? undefined : addressOf(route.via);
  const dev = route.dev === undefined ? undefined : ports.get(route.dev);
  if (route.dev !== undefined && dev === undefined) return undefined;
  const port = via === undefined || route.onlink === true ? dev : behind(known, via, dev);
  return port && { prefix, port, via, source: route.source === undefined ? undefined : addressOf(route.source), metric: route.metric ?? (prefix.family === 4 ? 0 : 1024) };
}

/**
 * The interface a next hop is behind: there has to be a route to it that has no next hop itself. IPv4 passes over those that have one
 * (fib_check_nh: of scope link or narrower), IPv6 looks at the best alone (ip6_route_check_nh). Measured on Linux 6.18.
 */
function behind({ single, wide }: Known, via: Address, dev: Port | undefined): Port | undefined {
  // Every interface of IPv6 has this network.
  if (dev && isLinkLocal(via)) return dev;
  const counts = (way: Way): boolean => (dev === undefined || way.port === dev) && (via.family === 6 || isOnLink(way));
  const exact = (single.get(via.value) ?? []).filter(counts);
  const [best] = (exact.length > 0 ? exact : wide.filter((way) => within(way.prefix, via) && counts(way))).sort(inOrder);
  return best && isOnLink(best) ? best.port : undefined;
}

/** The default route by which everything leaves the lab has a next hop, which is somebody else's. */
function isOnLink({ via, port, prefix }: Way): boolean {
  return via === undefined && (port.interface.kind !== 'uplink' || prefix.length > 0);
}

function isLinkLocal(address: Address): boolean {
  return typeof address.value === 'bigint' && address.value >> 118n === 0x3fan;
}
