/** Topologies by chance: hosts on wires, containers behind bridges, tunnels; routes, rules and switches that may be right. */
import { familyOf, type Family } from '../../generator/model/family.js';
import type { Chain, Endpoint, Listener, Space, World, WorldInterface, WorldRoute, WorldRule } from '../../generator/model/world.js';
import { Dice } from './dice.js';
import { randomChains, withText, type Names } from './random-rules.js';

type Draft<Value> = { -readonly [Key in keyof Value]: Value[Key] extends readonly (infer Each)[] ? Each[] : Value[Key] };
type Host = Draft<Space> & { readonly number: number };

/** What is served somewhere, and what never is. */
export const OPEN = [{ protocol: 'tcp', port: 80 }, { protocol: 'tcp', port: 8080 }, { protocol: 'udp', port: 7 }, { protocol: 'udp', port: 5000 }] as const;
export const CLOSED = 99;
const FAMILIES = [4, 6] as const;
const MTUS = [1500, 1500, 1500, 1500, 1400, 1280, 9000] as const;

/** The same for the same seed. */
export function randomWorld(seed: number): World {
  const dice = new Dice(seed);
  const hosts = Array.from({ length: dice.between(2, 5) }, (_, at) => host(dice, `h${at + 1}`, at + 1));
  const wires = Array.from({ length: dice.between(1, 3) }, (_, at) => at + 1);
  plugIn(dice, hosts, wires);
  const containers = hosts.flatMap((each) => (dice.maybe(0.4) ? behindBridge(dice, each) : []));
  if (dice.maybe(0.3)) tunnel(dice, hosts);
  const spaces = [...hosts, ...containers];
  for (const each of hosts) byDevice(each, hosts);
  for (const each of hosts) routes(dice, each, spaces);
  for (const each of spaces) listeners(dice, each, spaces);
  for (const each of spaces) each.chains.push(...FAMILIES.flatMap((family) => chainsOf(dice, each, spaces, family)));
  // Rules may let a connection begin and stop its second packet: the predictor asks with the first one alone, and a proxy waits for the second.
  if (spaces.some(({ chains }) => chains.some(({ rules }) => rules.some(({ match }) => match.states)))) {
    for (const each of spaces) each.listeners = each.listeners.map(({ forwardsTo, ...listener }) => (forwardsTo && listener.protocol === 'udp' ? { ...listener, forwardsTo } : listener));
  }
  return { spaces: spaces.map(({ number: _, ...space }): Space => space), endpoints: spaces.map((each) => endpoint(each, hosts.includes(each))), gaps: [] };
}

function host(dice: Dice, name: string, number: number): Host {
  const filters = dice.maybe(0.4);
  return {
    name, node: name, number, interfaces: [], routes: [], chains: [], listeners: [],
    forwards: { 4: dice.maybe(0.85), 6: dice.maybe(0.85) },
    reversePathFilter: dice.one([0, 0, 0, 1, 2] as const),
    filtersBridges: { 4: filters, 6: dice.maybe(0.8) ? filters : !filters },
  };
}

function pair(four: string, six: string): string[] {
  return [four, six];
}

/** Each wire is a network of both families; everybody is on one at least, and wires follow upon one another. */
function plugIn(dice: Dice, hosts: readonly Host[], wires: readonly number[]): void {
  const mtus = new Map(wires.map((wire) => [wire, dice.one(MTUS)]));
  hosts.forEach((each, at) => {
    const on = new Set([wires[at % wires.length] ?? 1, ...(at > 0 ? [wires[(at - 1) % wires.length] ?? 1] : []), ...dice.some(wires, 0.2)]);
    for (const wire of on) {
      const mtu = dice.maybe(0.85) ? (mtus.get(wire) ?? 1500) : dice.one(MTUS);
      each.interfaces.push({ name: `eth${wire}`, kind: 'ethernet', mtu, wire: `wire ${wire}`, addresses: pair(`10.${wire}.0.${each.number}/24`, `fd10:${wire}::${each.number}/64`) });
      each.interfaces.sort((a, b) => (a.name < b.name ? -1 : 1));
    }
  });
}

function behindBridge(dice: Dice, owner: Host): readonly Host[] {
  const { number } = owner;
  const mtu = dice.one([1500, 1500, 1500, 1400] as const);
  const addresses = dice.maybe(0.93) ? pair(`172.20.${number}.1/24`, `fd20:${number}::1/64`) : [];
  owner.interfaces.push({ name: 'br0', kind: 'bridge', mtu, addresses });
  return Array.from({ length: dice.between(1, 2) }, (_, at): Host => {
    const name = `${owner.name}c${at + 1}`;
    const own = dice.maybe(0.9) ? mtu : dice.one(MTUS);
    // By number and not by dice, so that a seed makes the same world but for this.
    owner.interfaces.push({ name: `port${at + 1}`, kind: 'ethernet', mtu, master: 'br0', wire: name, addresses: [], ...((number + at) % 3 === 0 && { hairpin: true }) });
    const gateway = dice.maybe(0.9) ? 1 : dice.one([2, 3, 77] as const);
    const with4 = dice.maybe(0.9) && gateway !== at + 2;
    const with6 = dice.maybe(0.9) && gateway !== at + 2;
    return {
      ...host(dice, name, number), node: owner.name, forwards: { 4: false, 6: false },
      interfaces: [{ name: 'eth0', kind: 'ethernet', mtu: own, wire: name, addresses: pair(`172.20.${number}.${at + 2}/24`, `fd20:${number}::${at + 2}/64`) }],
      routes: [...(with4 ? [{ to: '0.0.0.0/0', via: `172.20.${number}.${gateway}` }] : []), ...(with6 ? [{ to: '::/0', via: `fd20:${number}::${gateway}` }] : [])],
    };
  });
}

/** A VXLAN between two hosts that share a wire: a network of its own, or one more port of both bridges. */
function tunnel(dice: Dice, hosts: readonly Host[]): void {
  const [one, other] = dice.shuffled(hosts);
  const wire = one?.interfaces.find(({ wire }) => wire !== undefined && other?.interfaces.some((each) => each.wire === wire));
  const far = other?.interfaces.find((each) => each.wire === wire?.wire);
  if (!one || !other || !wire || !far) return;
  const family = dice.one(FAMILIES);
  const outer = (each: WorldInterface): string => each.addresses.find((cidr) => familyOf(cidr) === family)?.split('/')[0] ?? '';
  // One that does not fit into what carries it works by what kernels learnt before: no world of its own.
  const overhead = family === 4 ? 50 : 70;
  const mtu = Math.max(1280, Math.min(wire.mtu, far.mtu) - overhead - dice.one([0, 0, 20, 50]));
  if (mtu + overhead > Math.min(wire.mtu, far.mtu)) return;
  const bridged = dice.maybe(0.3) && [one, other].every((each) => each.interfaces.some(({ kind }) => kind === 'bridge'));
  const port = dice.maybe(0.9) ? 4789 : 8472;
  // By number, too: ends that are addresses of their own, with a route of the device to the far one.
  const [length4, length6] = (one.number + other.number) % 2 === 0 ? [32, 128] : [24, 64];
  for (const [near, own, remote, end] of [[one, wire, far, other], [other, far, wire, one]] as const) {
    if (!bridged && length4 === 32) near.routes.push({ to: `10.200.0.${end.number}/32`, dev: 'vx0' }, { to: `fd10:200::${end.number}/128`, dev: 'vx0' });
    near.interfaces.push({
      name: 'vx0', kind: 'tunnel', mtu, addresses: bridged ? [] : pair(`10.200.0.${near.number}/${length4}`, `fd10:200::${near.number}/${length6}`),
      ...(bridged && { master: 'br0' }),
      tunnel: { kind: 'vxlan', family, local: outer(own), remotes: [outer(remote)], id: dice.maybe(0.95) ? 42 : 43, port, overhead },
    });
  }
}

/** Every third host has a route of a device to a neighbour's address on another wire, which may be a next hop then. Of IPv6 that neighbour does not answer for it. */
function byDevice(from: Host, hosts: readonly Host[]): void {
  if (from.number % 3 !== 0) return;
  for (const { name, wire } of from.interfaces.filter((each) => each.wire !== undefined && each.master === undefined)) {
    const neighbour = hosts.find((each) => each !== from && each.interfaces.some((other) => other.wire === wire));
    const beyond = neighbour?.interfaces.find((each) => each.wire !== undefined && !from.interfaces.some((own) => own.wire === each.wire));
    if (!beyond) continue;
    from.routes.push(...beyond.addresses.map((cidr) => ({ to: `${cidr.split('/')[0] ?? ''}/${familyOf(cidr) === 4 ? 32 : 128}`, dev: name })));
    return;
  }
}

/** To every network that is not its own: mostly the right way, sometimes a wrong one, a circle, or none at all. */
function routes(dice: Dice, from: Host, spaces: readonly Host[]): void {
  const taken = new Set<string>();
  const networks = new Set(spaces.flatMap((each) => each.interfaces.flatMap(({ addresses }) => addresses)).filter((cidr) => !isAlone(cidr)).map(networkOf));
  const own = new Set(from.interfaces.flatMap(({ addresses }) => addresses.map(networkOf)));
  for (const family of FAMILIES) {
    const near = from.interfaces.filter(({ master }) => master === undefined).flatMap(({ addresses }) => addresses.filter((cidr) => familyOf(cidr) === family).map(networkOf));
    const behind = from.routes.flatMap(({ to, dev }) => (dev === undefined ? [] : [to.split('/')[0] ?? '']));
    const gateways = spaces.filter((each) => each !== from).flatMap((each) => each.interfaces.flatMap(({ addresses }) => addresses)).filter((cidr) => familyOf(cidr) === family && (near.includes(networkOf(cidr)) || behind.includes(cidr.split('/')[0] ?? '')));
    const add = (to: string, via: string, more: Partial<WorldRoute> = {}): void => {
      const route = { to, via: via.split('/')[0] ?? via, ...more };
      const key = `${to} ${route.metric ?? ''}`;
      if (!taken.has(key)) from.routes.push(route);
      taken.add(key);
    };
    if (gateways.length === 0) continue;
    for (const network of [...networks].filter((each) => familyOf(each) === family && !own.has(each))) {
      const right = gateways.filter((cidr) => spaces.some((each) => each.interfaces.some(({ addresses }) => addresses.includes(cidr)) && each.interfaces.some(({ addresses }) => addresses.some((other) => networkOf(other) === network))));
      if (dice.maybe(0.12)) continue;
      add(network, right.length > 0 && dice.maybe(0.85) ? dice.one(right) : dice.maybe(0.9) ? dice.one(gateways) : nobody(dice.one(near.filter((each) => !isAlone(each)))), dice.maybe(0.15) ? { metric: dice.one([50, 300]) } : {});
      if (dice.maybe(0.1)) add(network, dice.one(gateways), { metric: 400 });
    }
    if (dice.maybe(0.25)) add(family === 4 ? '0.0.0.0/0' : '::/0', dice.one(gateways));
    const far = spaces.flatMap((each) => addressesOf(each, family)).filter((address) => !behind.includes(address) && !near.includes(networkOf(`${address}/${family === 4 ? 24 : 64}`)));
    if (far.length > 0 && dice.maybe(0.15)) add(dice.one(far), dice.one(gateways));
    const source = addressesOf(from, family);
    if (dice.maybe(0.1) && source.length > 1) add(family === 4 ? '10.0.0.0/8' : 'fd10::/16', dice.one(gateways), { source: dice.one(source) });
  }
}

/** An address of the network that nobody has. */
function nobody(network: string): string {
  return network.replace(/(\.0|::)\/\d+$/, (_, end: string) => (end === '.0' ? '.77' : '::77'));
}

/** An address as a network of its own. */
function isAlone(cidr: string): boolean {
  return /\/(32|128)$/.test(cidr);
}

function networkOf(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/');
  if (isAlone(cidr)) return cidr;
  return familyOf(cidr) === 4 ? `${address.replace(/\.\d+$/, '.0')}/${length}` : `${address.replace(/::.*$/, '::')}/${length}`;
}

export function addressesOf(space: Space, family: Family): readonly string[] {
  return space.interfaces.flatMap(({ addresses }) => addresses).filter((cidr) => familyOf(cidr) === family).map((cidr) => cidr.split('/')[0] ?? '');
}

function listeners(dice: Dice, space: Host, spaces: readonly Host[]): void {
  for (const each of OPEN) {
    if (!dice.maybe(0.55)) continue;
    const address = dice.maybe(0.12) ? dice.one(addressesOf(space, dice.one(FAMILIES))) : undefined;
    const behind = spaces.filter((other) => other.node === space.name && other !== space);
    const proxied = behind.length > 0 && address === undefined && dice.maybe(0.25) ? { address: dice.one(addressesOf(dice.one(behind), 4)), port: dice.one(OPEN.filter(({ protocol }) => protocol === each.protocol)).port } : undefined;
    const listener: Listener = { ...each, what: proxied ? 'docker-proxy' : 'a server', ...(address !== undefined && { address }), ...(proxied && { forwardsTo: proxied }) };
    space.listeners.push(listener);
  }
}

function chainsOf(dice: Dice, space: Host, spaces: readonly Host[], family: Family): Space['chains'] {
  const all = spaces.flatMap((each) => each.interfaces.flatMap(({ addresses }) => addresses)).filter((cidr) => familyOf(cidr) === family);
  const addresses = all.map((cidr) => cidr.split('/')[0] ?? '');
  const names: Names = {
    family, interfaces: space.interfaces.map(({ name }) => name), addresses, own: addressesOf(space, family),
    networks: [...new Set([...all.map(networkOf), ...addresses])], ports: OPEN.map(({ port }) => port),
  };
  if (names.own.length === 0) return [];
  const isHost = space.name === space.node;
  const chains = dice.maybe(isHost ? 0.7 : 0.2) ? randomChains(dice, names, { filter: 0.7, nat: 0.55, raw: 0.15, mangle: 0.15 }) : [];
  const spared = space.interfaces.some(({ tunnel }) => tunnel) ? chains.map(sparesTunnels) : chains;
  return spared.some(({ rules }) => rules.some(({ match }) => match.states)) ? spared.map(rejectsNoSecond) : [...spared];
}

/** A rule may let a connection's first packet pass and reject its second, which the predictor does not ask with: a client would be told. */
function rejectsNoSecond(chain: Chain): Chain {
  const isSafe = ({ match, target }: WorldRule): boolean => target.kind !== 'reject' || (match.protocol !== undefined && match.protocol.not !== true && match.protocol.is !== 'tcp');
  return { ...chain, rules: chain.rules.map((rule): WorldRule => (isSafe(rule) ? rule : withText({ ...rule, target: { kind: 'drop' } }, chain.family))) };
}

/** A VXLAN learns where its far end is from whom the outer packets seem to come: translated ones lead astray whoever comes later. */
function sparesTunnels(chain: Chain): Chain {
  if (chain.table !== 'nat') return chain;
  return { ...chain, rules: chain.rules.map((rule): WorldRule => (rule.match.protocol?.is === 'icmp' && rule.match.protocol.not !== true ? rule : withText({ ...rule, match: { ...rule.match, protocol: { is: 'tcp' } } }, chain.family))) };
}

function endpoint(space: Host, isNode: boolean): Endpoint {
  const addresses = FAMILIES.flatMap((family) => addressesOf(space, family)).map((address) => ({ address, on: address }));
  return { name: space.name, kind: isNode ? 'node' : 'container', space: space.name, addresses };
}
