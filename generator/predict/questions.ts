/** Which questions a world's matrix is made of: everybody asks everybody, by ping and on each port somebody answers on. */
import { familyOf, type Family } from '../model/family.js';
import type { Endpoint, EndpointAddress, Listener, Space, World } from '../model/world.js';
import type { Question } from './question.js';

/** A question, and what is not certain of it before the lab runs. */
export interface Asked extends Question {
  /** True where the address asked is one that a program chooses when the lab runs. */
  readonly presumed: boolean;
}

/** Whom to ask; left out: everybody. */
export interface Wanted {
  readonly from?: string;
  readonly to?: string;
}

type Service = Pick<Listener, 'protocol' | 'port'>;

/** What is asked of one endpoint: its addresses of a family, and the ports somebody answers on. */
interface Asking {
  readonly endpoint: Endpoint;
  readonly addresses: Readonly<Record<Family, readonly EndpointAddress[]>>;
  readonly services: Readonly<Record<Family, readonly Service[]>>;
}

/** All that one endpoint asks another one. */
export interface Round {
  readonly from: string;
  readonly to: string;
  readonly pings: readonly Asked[];
  readonly connections: readonly Asked[];
}

/** Each pair of endpoints that has something to ask, one after the other: of a large world there are millions. */
export function* roundsOf(world: World, families: readonly Family[], wanted: Wanted = {}): Generator<Round> {
  const spaces = new Map(world.spaces.map((space) => [space.name, space]));
  const homes = homesOf(world);
  const asked = world.endpoints.filter((each) => wanted.to === undefined || each.name === wanted.to).map((each) => askingOf(each, spaces.get(each.space)));
  for (const from of world.endpoints) {
    if (wanted.from !== undefined && from.name !== wanted.from) continue;
    const near = nearOf(from, homes.get(spaces.get(from.space)?.node ?? ''));
    for (const { endpoint, addresses, services } of asked) {
      if (endpoint.space === from.space) continue;
      const pings: Asked[] = [];
      const connections: Asked[] = [];
      for (const family of families) {
        const address = chosen(addresses[family], near);
        if (!address) continue;
        const presumed = address.presumed === true;
        pings.push({ from: from.name, to: endpoint.name, address: address.address, family, presumed, protocol: 'icmp' });
        for (const { protocol, port } of services[family]) connections.push({ from: from.name, to: endpoint.name, address: address.address, family, presumed, protocol, port });
      }
      if (pings.length > 0) yield { from: from.name, to: endpoint.name, pings, connections };
    }
  }
}

/** The same, question by question. */
export function* questionsOf(world: World, families: readonly Family[], wanted: Wanted = {}): Generator<Asked> {
  for (const { pings, connections } of roundsOf(world, families, wanted)) {
    yield* pings;
    yield* connections;
  }
}

function askingOf(endpoint: Endpoint, space: Space | undefined): Asking {
  const addresses = (family: Family): readonly EndpointAddress[] => endpoint.addresses.filter((each) => familyOf(each.address) === family);
  return { endpoint, addresses: { 4: addresses(4), 6: addresses(6) }, services: { 4: servicesOf(space, 4), 6: servicesOf(space, 6) } };
}

function servicesOf(space: Space | undefined, family: Family): readonly Service[] {
  if (!space) return [];
  const listening = space.listeners.filter((each) => (each.family ?? family) === family && (each.address === undefined || familyOf(each.address) === family));
  return [...new Map([...listening, ...translatedPorts(space, family)].map(({ protocol, port }) => [`${port}/${protocol}`, { protocol, port }])).values()];
}

/** Ports that lead elsewhere from outside, whether or not somebody listens on them here. */
function translatedPorts(space: Space, family: Family): readonly Service[] {
  return space.chains.filter((chain) => chain.family === family && chain.table === 'nat').flatMap((chain) => chain.rules.flatMap(({ match, target }) => {
    const protocol = match.protocol?.is;
    return target.kind === 'dnat' && match.destinationPort !== undefined && (protocol === 'tcp' || protocol === 'udp') ? [{ protocol, port: match.destinationPort }] : [];
  }));
}

/** The address one endpoint asks another one by; undefined where it has none of the family. Throws for names the world does not have. */
export function targetOf(world: World, fromName: string, toName: string, family: Family): EndpointAddress | undefined {
  const find = (name: string): Endpoint => {
    const endpoint = world.endpoints.find((each) => each.name === name);
    if (!endpoint) throw new TypeError(`no endpoint "${name}"`);
    return endpoint;
  };
  const [from, to] = [find(fromName), find(toName)];
  const node = world.spaces.find((space) => space.name === from.space)?.node;
  return chosen(to.addresses.filter((each) => familyOf(each.address) === family), nearOf(from, homesOf(world).get(node ?? '')));
}

function homesOf(world: World): ReadonlyMap<string, Endpoint> {
  return new Map(world.endpoints.filter((each) => each.kind === 'node').map((each) => [each.name, each]));
}

/** Networks an endpoint looks into: its own, and a container's node's. */
function nearOf(from: Endpoint, home: Endpoint | undefined): ReadonlySet<string> {
  return new Set([...from.addresses, ...(home?.addresses ?? [])].map((each) => each.on));
}

/** As verify chooses it: in a network both are on, else the first. */
function chosen(fitting: readonly EndpointAddress[], near: ReadonlySet<string>): EndpointAddress | undefined {
  return fitting.find((each) => near.has(each.on)) ?? fitting[0];
}

/** `ping` or `tcp 80`. */
export function what({ protocol, port }: Pick<Question, 'protocol' | 'port'>): string {
  return protocol === 'icmp' ? 'ping' : `${protocol} ${port ?? ''}`;
}
