/**
 * Endpoints that no packet could tell apart but by their own names and addresses: what is true of one is true of all. A
 * thousand containers on a hundred nodes are a hundred classes.
 */
import { addressPart } from '../model/family.js';
import type { Listener, Space, World, WorldInterface } from '../model/world.js';
import { addressOf, prefixOf, within, type Prefix } from './address.js';

/** What listens in it makes no difference to who only asks, or is only pinged. */
export type Role = 'any' | 'serving';

/** The class of each endpoint; nodes, and whoever differs in anything that a rule or a route could see, are alone in theirs. */
export function classesOf(world: World, role: Role): ReadonlyMap<string, number> {
  const spaces = new Map(world.spaces.map((space) => [space.name, space]));
  const wires = new Map<string, { readonly space: Space; readonly port: WorldInterface }[]>();
  const owners = new Map<string, number>();
  const homes = new Map<string, number>();
  for (const { space } of world.endpoints) homes.set(space, (homes.get(space) ?? 0) + 1);
  for (const space of world.spaces) {
    for (const port of space.interfaces) {
      if (port.wire !== undefined) wires.set(port.wire, [...(wires.get(port.wire) ?? []), { space, port }]);
      for (const cidr of port.addresses) owners.set(addressPart(cidr), (owners.get(addressPart(cidr)) ?? 0) + 1);
    }
  }
  const prefixes = distinguishing(world);
  const numbers = new Map<string, number>();
  return new Map(world.endpoints.map((endpoint) => {
    const space = spaces.get(endpoint.space);
    // An address that several have leads to whoever is nearer.
    const alone = !space || endpoint.kind === 'node' || homes.get(endpoint.space) !== 1 || space.interfaces.some((port) => port.addresses.some((cidr) => owners.get(addressPart(cidr)) !== 1));
    const key = alone ? endpoint.name : shapeOf(space, endpoint.addresses.map((each) => `${each.on} ${String(each.presumed)}`), role === 'serving' ? space.listeners : [], wires, prefixes);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return [endpoint.name, number] as const;
  }));
}

function shapeOf(space: Space, on: readonly string[], listeners: readonly Listener[], wires: ReadonlyMap<string, readonly { readonly space: Space; readonly port: WorldInterface }[]>, prefixes: readonly Prefix[]): string {
  const { node, routes, chains, forwards, reversePathFilter, filtersBridges } = space;
  const interfaces = space.interfaces.map((port) => {
    const others = (port.wire === undefined ? [] : wires.get(port.wire) ?? []).filter((each) => each.port !== port);
    // A cable's name is nobody's business; what is at its other end is.
    const wire = others.length === 1 ? others.map((each) => [each.space.name, each.port.master, each.port.mtu, each.port.vlan]) : port.wire;
    const addresses = port.addresses.map((cidr) => [cidr.split('/')[1], prefixes.flatMap((prefix, index) => (within(prefix, addressOf(addressPart(cidr))) ? [index] : []))]);
    return [port.name, port.kind, port.mtu, port.master, port.vlan, port.tunnel, wire, addresses];
  });
  return JSON.stringify([node, on, interfaces, routes, chains, listeners, forwards, reversePathFilter, filtersBridges]);
}

/** Every prefix that anything in the world looks at. */
function distinguishing(world: World): readonly Prefix[] {
  const texts = new Set<string>();
  for (const space of world.spaces) {
    for (const route of space.routes) texts.add(route.to);
    for (const port of space.interfaces) if (port.addresses.length > 0 && port.kind !== 'ethernet') for (const cidr of port.addresses) texts.add(cidr);
    for (const chain of space.chains) for (const { match, target } of chain.rules) {
      for (const each of [match.source?.is, match.destination?.is, target.kind === 'dnat' || target.kind === 'snat' ? target.address : undefined]) if (each !== undefined) texts.add(each);
    }
    for (const { forwardsTo } of space.listeners) if (forwardsTo) texts.add(forwardsTo.address);
  }
  return [...texts].map(prefixOf);
}
