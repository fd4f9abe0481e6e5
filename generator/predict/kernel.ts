/** A world made ready to be asked: routes in the order of lookup, rules with their prefixes parsed, who is plugged in where. */
import { addressPart, type Family } from '../model/family.js';
import type { Table } from '../model/rule.js';
import type { Chain, Listener, Space, World, WorldInterface, WorldMatch, WorldRoute, WorldRule, WorldTunnel } from '../model/world.js';
import { addressOf, prefixOf, within, type Address, type Prefix } from './address.js';
import { waysOf } from './routes.js';

/** A network namespace at work. */
export interface Kernel {
  readonly space: Space;
  readonly name: string;
  readonly ports: ReadonlyMap<string, Port>;
  /** Those of its ports that unwrap, by what both ends of a tunnel have alike. */
  readonly tunnels: ReadonlyMap<string, readonly Port[]>;
  /** By the text of each address that is this namespace's own. */
  readonly own: ReadonlyMap<string, Port>;
  readonly routes: Readonly<Record<Family, readonly Way[]>>;
  /** Those of the space that its kernel does not take: their next hop is behind no interface. */
  readonly refused: readonly WorldRoute[];
  /** Routes that were looked up already, by address. */
  readonly looked: Map<string, Way | undefined>;
  /** By family and table, then by name. */
  readonly chains: Readonly<Record<Family, Partial<Readonly<Record<Table, ReadonlyMap<string, ReadyChain>>>>>>;
  /** Whether any rule needs connections to be tracked: without one the kernel does not. */
  readonly tracks: Readonly<Record<Family, boolean>>;
  readonly listeners: readonly (Listener & { readonly at: Address | undefined })[];
}

/** An interface at work. */
export interface Port {
  readonly kernel: Kernel;
  readonly name: string;
  readonly interface: WorldInterface;
  readonly mtu: number;
  readonly addresses: readonly { readonly address: Address; readonly prefix: Prefix }[];
  /** The bridge it is a port of. */
  readonly master: Port | undefined;
  /** Ports of this bridge. */
  readonly members: readonly Port[];
  /** Others on the same wire. */
  readonly wired: readonly Port[];
  readonly tunnel: (WorldTunnel & { readonly like: string; readonly from: Address; readonly to: readonly Address[] }) | undefined;
}

/** A route. */
export interface Way {
  readonly prefix: Prefix;
  readonly port: Port;
  readonly via: Address | undefined;
  readonly source: Address | undefined;
  readonly metric: number;
}

export interface ReadyChain {
  readonly chain: Chain;
  readonly rules: readonly ReadyRule[];
  /** What rulesBetween found so far. */
  readonly between: Map<string | undefined, Map<string | undefined, readonly ReadyRule[]>>;
}

export interface ReadyRule {
  readonly rule: WorldRule;
  readonly match: WorldMatch;
  readonly source: Prefix | undefined;
  readonly destination: Prefix | undefined;
  readonly to: Address | undefined;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export function kernelsOf(world: World): ReadonlyMap<string, Kernel> {
  const wires = new Map<string, Port[]>();
  const kernels = new Map(world.spaces.map((space) => [space.name, kernelOf(space, wires)]));
  for (const ports of wires.values()) for (const port of ports) (port as Mutable<Port>).wired = ports.filter((other) => other !== port);
  return kernels;
}

function kernelOf(space: Space, wires: Map<string, Port[]>): Kernel {
  const ports = new Map<string, Port>();
  const own = new Map<string, Port>();
  const tunnels = new Map<string, Port[]>();
  const kernel: Mutable<Kernel> = {
    space, name: space.name, ports, own, tunnels,
    routes: { 4: [], 6: [] },
    refused: [],
    looked: new Map(),
    chains: { 4: chainsOf(space, 4), 6: chainsOf(space, 6) },
    tracks: { 4: tracks(space, 4), 6: tracks(space, 6) },
    listeners: space.listeners.map((listener) => ({ ...listener, at: listener.address === undefined ? undefined : addressOf(listener.address) })),
  };
  for (const each of space.interfaces) {
    const port: Port = {
      kernel, name: each.name, interface: each, mtu: each.mtu,
      addresses: each.addresses.map((cidr) => ({ address: addressOf(addressPart(cidr)), prefix: prefixOf(cidr) })),
      master: undefined, members: [], wired: [],
      tunnel: each.tunnel && { ...each.tunnel, like: likeOf(each.tunnel), from: addressOf(each.tunnel.local), to: each.tunnel.remotes.map(addressOf) },
    };
    ports.set(each.name, port);
    if (port.tunnel) tunnels.set(port.tunnel.like, [...(tunnels.get(port.tunnel.like) ?? []), port]);
    for (const { address } of port.addresses) if (!own.has(address.text)) own.set(address.text, port);
    if (each.wire !== undefined) wires.set(each.wire, [...(wires.get(each.wire) ?? []), port]);
  }
  for (const port of ports.values()) {
    const master = port.interface.master === undefined ? undefined : ports.get(port.interface.master);
    if (!master) continue;
    (port as Mutable<Port>).master = master;
    (master as Mutable<Port>).members = [...master.members, port];
  }
  const refused: WorldRoute[] = [];
  kernel.routes = { 4: waysOf(space, ports, 4, refused), 6: waysOf(space, ports, 6, refused) };
  kernel.refused = refused;
  return kernel;
}

export function refusedRoutes(space: Space): readonly WorldRoute[] {
  return space.routes.some(({ via }) => via !== undefined) ? kernelOf(space, new Map()).refused : [];
}

function likeOf({ kind, family, id }: WorldTunnel): string {
  return `${kind} ${family} ${id ?? ''}`;
}

function chainsOf(space: Space, family: Family): Kernel['chains'][Family] {
  const tables: Partial<Record<Table, Map<string, ReadyChain>>> = {};
  for (const chain of space.chains) if (chain.family === family) (tables[chain.table] ??= new Map()).set(chain.name, readyChain(chain));
  return tables;
}

/** The rules of a chain that a packet between two interfaces could meet: of a hundred tunnels' rules, those of one. */
export function rulesBetween(ready: ReadyChain, from: string | undefined, to: string | undefined): readonly ReadyRule[] {
  let known = ready.between.get(from);
  if (!known) {
    known = new Map<string | undefined, readonly ReadyRule[]>();
    ready.between.set(from, known);
  }
  let rules = known.get(to);
  if (!rules) {
    rules = ready.rules.filter(({ match }) => fits(match.in, from) && fits(match.out, to));
    known.set(to, rules);
  }
  return rules;
}

/** `eth+` is every interface whose name begins so. A hook without one (INPUT has no `out`) matches no name. */
function fits(wanted: WorldMatch['in'], name: string | undefined): boolean {
  if (wanted === undefined) return true;
  const same = wanted.is.endsWith('+') ? (name ?? '').startsWith(wanted.is.slice(0, -1)) : name === wanted.is;
  return same !== (wanted.not === true);
}

function readyChain(chain: Chain): ReadyChain {
  return {
    chain, between: new Map(),
    rules: chain.rules.map((rule) => ({
      rule, match: rule.match,
      source: rule.match.source && prefixOf(rule.match.source.is),
      destination: rule.match.destination && prefixOf(rule.match.destination.is),
      to: rule.target.kind === 'dnat' || rule.target.kind === 'snat' ? addressOf(rule.target.address) : undefined,
    })),
  };
}

function tracks(space: Space, family: Family): boolean {
  return space.chains.some((chain) => chain.family === family && (chain.table === 'nat' || chain.rules.some((rule) => rule.match.states !== undefined)));
}

/** Where the kernel sends a packet for the address; undefined: it has no route. */
export function lookUp(kernel: Kernel, to: Address): Way | undefined {
  const known = kernel.looked.get(to.text);
  if (known !== undefined || kernel.looked.has(to.text)) return known;
  const way = kernel.routes[to.family].find((each) => within(each.prefix, to));
  kernel.looked.set(to.text, way);
  return way;
}

export function isOwn(kernel: Kernel, address: Address): boolean {
  return kernel.own.has(address.text) || isLoopback(address);
}

export function isLoopback(address: Address): boolean {
  return address.family === 4 ? Number(address.value) >>> 24 === 127 : address.text === '::1';
}

/**
 * The source address of a packet that has none yet (inet_select_addr): the way's own, else the first of the interface in the
 * subnet of the next hop, else its first, else the first of any interface. IPv6 takes the one with the longest prefix in common.
 */
export function sourceFor(kernel: Kernel, way: Way, to: Address): Address | undefined {
  if (way.source) return way.source;
  const next = way.via ?? to;
  const of = (port: Port) => port.addresses.filter(({ address }) => address.family === to.family);
  const own = of(way.port);
  if (to.family === 6) return nearest6([own], to) ?? nearest6([...kernel.ports.values()].map(of), to);
  const near = own.find(({ prefix }) => within(prefix, next));
  return (near ?? own[0] ?? [...kernel.ports.values()].flatMap(of)[0])?.address;
}

/**
 * The longest prefix in common with the destination, within the address's own (RFC 6724, rule 8). Among equals the first interface's,
 * and on it the one that was given last: the kernel puts new ones in front.
 */
function nearest6(ports: readonly Port['addresses'][], to: Address): Address | undefined {
  const common = ({ address, prefix }: Port['addresses'][number]): number => {
    const differ = (BigInt(address.value) ^ BigInt(to.value)).toString(2);
    return Math.min(differ === '0' ? 128 : 128 - differ.length, prefix.length);
  };
  const all = ports.flatMap((addresses) => [...addresses].reverse()).map((each) => ({ address: each.address, bits: common(each) }));
  return all.reduce<(typeof all)[number] | undefined>((best, each) => (best === undefined || each.bits > best.bits ? each : best), undefined)?.address;
}
