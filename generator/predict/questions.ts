/** Which questions a world's matrix is made of: everybody asks everybody, by ping and on each port somebody answers on. */
import { familyOf, type Family } from '../model/family.js';
import type { Endpoint, EndpointAddress, Listener, Space, World } from '../model/world.js';
import type { Question } from './question.js';

/** A question, and what is not certain of it before the lab runs. */
export interface Asked extends Question {
  /** True where the address asked is one that a program chooses when the lab runs. */
  readonly presumed: boolean;
}

export function questionsOf(world: World, families: readonly Family[]): readonly Asked[] {
  const listeners = new Map(world.spaces.map((space) => [space.name, space.listeners]));
  const translated = new Map(world.spaces.map((space) => [space.name, { 4: translatedPorts(space, 4), 6: translatedPorts(space, 6) }]));
  const homes = new Map(world.endpoints.filter((each) => each.kind === 'node').map((each) => [each.name, each]));
  const nodeOf = new Map(world.spaces.map((space) => [space.name, space.node]));
  return world.endpoints.flatMap((from) => {
    const home = homes.get(nodeOf.get(from.space) ?? '');
    return world.endpoints.flatMap((to) => (to.space === from.space ? [] : families.flatMap((family) => {
      const address = addressFor(from, to, home, family);
      return address ? ask(from, to, address, family, listeners.get(to.space) ?? [], translated.get(to.space)?.[family] ?? []) : [];
    })));
  });
}

function ask(from: Endpoint, to: Endpoint, { address, presumed = false }: EndpointAddress, family: Family, listeners: readonly Listener[], translated: readonly Pick<Listener, 'protocol' | 'port'>[]): readonly Asked[] {
  const common = { from: from.name, to: to.name, address, family, presumed };
  const ports = new Map<string, Pick<Listener, 'protocol' | 'port'>>(listeners.filter((each) => each.address === undefined || familyOf(each.address) === family).map((each) => [`${each.port}/${each.protocol}`, each]));
  for (const each of translated) ports.set(`${each.port}/${each.protocol}`, each);
  return [{ ...common, protocol: 'icmp' }, ...[...ports.values()].map(({ protocol, port }): Asked => ({ ...common, protocol, port }))];
}

/** Ports that lead elsewhere from outside, whether or not somebody listens on them here. */
function translatedPorts(space: Space, family: Family): readonly Pick<Listener, 'protocol' | 'port'>[] {
  return space.chains.filter((chain) => chain.family === family && chain.table === 'nat').flatMap((chain) => chain.rules.flatMap(({ match, target }) => {
    const protocol = match.protocol?.is;
    return target.kind === 'dnat' && match.destinationPort !== undefined && (protocol === 'tcp' || protocol === 'udp') ? [{ protocol, port: match.destinationPort }] : [];
  }));
}

/** As verify chooses it: in a network both are on, else the first; a container also looks with its node's eyes. */
function addressFor(from: Endpoint, to: Endpoint, home: Endpoint | undefined, family: Family): EndpointAddress | undefined {
  const near = new Set([...from.addresses, ...(home?.addresses ?? [])].map((each) => each.on));
  const fitting = to.addresses.filter((each) => familyOf(each.address) === family);
  return fitting.find((each) => near.has(each.on)) ?? fitting[0];
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
  return addressFor(from, to, world.endpoints.find((each) => each.kind === 'node' && each.name === node), family);
}

/** `ping` or `tcp 80`. */
export function what({ protocol, port }: Pick<Question, 'protocol' | 'port'>): string {
  return protocol === 'icmp' ? 'ping' : `${protocol} ${port ?? ''}`;
}
