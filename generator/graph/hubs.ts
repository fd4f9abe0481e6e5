/** What interfaces of several nodes meet in: networks of the lab, tunnels, overlay networks. */
import { addressPart } from '../model/family.js';
import type { Lab } from '../model/lab.js';
import { ETHERNET_MTU } from '../model/mtu.js';
import type { World, WorldInterface } from '../model/world.js';
import { tunnelName } from './names.js';
import type { Hub } from './topology.js';

interface End {
  readonly id: string;
  readonly node: string;
  readonly each: WorldInterface;
  /** All that its namespace has, without prefix lengths: a tunnel may be bound to none of them. */
  readonly addresses: readonly string[];
}

/** Above so many tunnels between two ends each, those of one kind are drawn as one. */
const MOST_PAIRS = 6;

/** Tunnels first, networks of the lab last: what is carried stands above what carries it. */
export function hubsOf(lab: Lab, world: World): readonly Hub[] {
  const ends = world.spaces.flatMap((space) => {
    const addresses = space.interfaces.flatMap((each) => each.addresses.map((cidr) => addressPart(cidr)));
    return space.interfaces.map((each): End => ({ id: `${space.name}/${each.name}`, node: space.node, each, addresses }));
  });
  return [...tunnels(ends), ...overlays(lab, ends), ...networks(lab, ends)];
}

function networks(lab: Lab, ends: readonly End[]): readonly Hub[] {
  return lab.networks.map((network): Hub => ({
    id: `network ${network.name}`, kind: 'network', title: network.name,
    details: [network.subnet, ...(network.subnet6 === undefined ? [] : [network.subnet6]), ...(network.mtu === undefined || network.mtu === ETHERNET_MTU ? [] : [`MTU ${network.mtu}`])],
    ends: ends.filter(({ each }) => each.wire === `network ${network.name}`).map((end) => end.id),
  }));
}

/** Wires that leave their node, and what swarms have beside them. */
function overlays(lab: Lab, ends: readonly End[]): readonly Hub[] {
  const wires = new Map<string, End[]>();
  for (const end of ends) if (end.each.wire !== undefined && !end.each.wire.startsWith('network ')) wires.set(end.each.wire, [...(wires.get(end.each.wire) ?? []), end]);
  const known = lab.swarms.flatMap((swarm) => swarm.networks.map((network): Hub => {
    const services = swarm.services.filter((each) => each.networks.includes(network.name));
    return {
      id: `overlay ${network.name}`, kind: 'overlay', title: `overlay ${network.name}`,
      details: [network.subnet ?? `of ${swarm.addressPool}`, ...(network.encrypted ? ['encrypted'] : []), ...services.map((each) => `${each.name} ×${each.replicas}${each.publish.map((port) => ` ${port.hostPort}→${port.containerPort}/${port.protocol}`).join('')}`)],
      ends: (wires.get(`overlay ${network.name}`) ?? []).map((end) => end.id),
    };
  }));
  const others = [...wires].filter(([wire, all]) => !known.some((hub) => hub.id === wire) && (all.length > 2 || new Set(all.map((end) => end.node)).size > 1));
  return [...known, ...others.map(([wire, all]): Hub => ({ id: `wire ${wire}`, kind: 'overlay', title: wire === 'weave' ? 'weave network' : wire, details: mtuOf(all), ends: all.map((end) => end.id) }))];
}

function mtuOf(ends: readonly End[]): readonly string[] {
  const mtu = Math.min(...ends.map(({ each }) => each.mtu));
  return mtu === ETHERNET_MTU ? [] : [`MTU ${mtu}`];
}

function tunnels(ends: readonly End[]): readonly Hub[] {
  const all = ends.filter(({ each }) => each.tunnel !== undefined);
  const groups: End[][] = [];
  for (const end of all) {
    const meeting = groups.filter((group) => group.some((other) => leadsTo(end, other) && leadsTo(other, end)));
    for (const group of meeting) groups.splice(groups.indexOf(group), 1);
    groups.push([...meeting.flat(), end]);
  }
  const pairs = groups.filter((group) => group.length === 2);
  const meshes = [...new Set(pairs.map(kindOf))].map((kind) => pairs.filter((pair) => kindOf(pair) === kind)).filter((some) => isMesh(some) || some.length > MOST_PAIRS);
  return [
    ...groups.filter((group) => !meshes.some((mesh) => mesh.includes(group))).map((group) => hub(all, group, group.length === 1 ? ` to ${group[0]?.each.tunnel?.remotes.join(', ') ?? ''}` : ' tunnel')),
    ...meshes.map((mesh) => hub(all, mesh.flat(), `${isMesh(mesh) ? ' full mesh' : ''}, ${mesh.length} tunnels`)),
  ];
}

function kindOf(group: readonly End[]): string {
  return group[0] === undefined ? '' : tunnelName(group[0].each);
}

/** Three nodes or more, each joined to each. */
function isMesh(pairs: readonly (readonly End[])[]): boolean {
  const nodes = new Set(pairs.flat().map((end) => end.node)).size;
  return nodes > 2 && pairs.length === (nodes * (nodes - 1)) / 2 && new Set(pairs.map((pair) => pair.map((end) => end.node).sort().join(' '))).size === pairs.length;
}

function leadsTo({ each: { tunnel } }: End, { each: { tunnel: other }, addresses }: End): boolean {
  return tunnel !== undefined && other !== undefined && tunnel.kind === other.kind && tunnel.id === other.id && tunnel.port === other.port && tunnel.remotes.some((remote) => addresses.includes(remote));
}

function hub(all: readonly End[], group: readonly End[], words: string): Hub {
  const first = group[0];
  const id = first?.each.tunnel?.id;
  return {
    id: `tunnel ${first?.id ?? ''}`, kind: 'tunnel', title: `${first === undefined ? '' : tunnelName(first.each)}${words}`,
    details: [...(id === undefined || new Set(group.map(({ each }) => each.tunnel?.id)).size > 1 ? [] : [first?.each.tunnel?.kind === 'vxlan' ? `VNI ${id}` : `key ${id}`]), ...mtuOf(group)],
    ends: all.filter((end) => group.includes(end)).map((end) => end.id),
  };
}
