/** A lab and its world as what a drawing shows: boxes, what is in them, and what joins them. Plain data; every format is made of it. */
import type { Lab } from '../model/lab.js';
import { ETHERNET_MTU } from '../model/mtu.js';
import type { Space, World, WorldInterface } from '../model/world.js';
import { hubsOf } from './hubs.js';
import { isGiven } from './given.js';
import { named } from './names.js';

export interface Topology {
  readonly lab: string;
  readonly stage?: string;
  readonly title: string;
  readonly nodes: readonly NodeBox[];
  readonly hubs: readonly Hub[];
}

/** An interface as it is drawn. */
export interface Face {
  /** `SPACE/IFACE`. */
  readonly id: string;
  readonly name: string;
  /** `GRE`, `Open vSwitch` …; empty for what is usual. */
  readonly kind: string;
  readonly addresses: readonly FaceAddress[];
  /** Only where it is not Ethernet's. */
  readonly mtu?: number;
}

export interface FaceAddress {
  readonly cidr: string;
  /** Chosen by a program when the lab runs. */
  readonly presumed: boolean;
}

export interface NodeBox {
  readonly name: string;
  /** `no Docker`, or a role; empty for what is usual. */
  readonly note: string;
  readonly guests: readonly Guest[];
  /** Containers in the node's own namespace. */
  readonly hosted: readonly string[];
  readonly switches: readonly Switch[];
  /** What leads out of the node. One box may hold several, where they lead to the same place. */
  readonly exits: readonly { readonly id: string; readonly faces: readonly Face[] }[];
  readonly cables: readonly Cable[];
}

/** A container with a namespace of its own. */
export interface Guest {
  readonly name: string;
  readonly faces: readonly Face[];
  /** Others that share its namespace. */
  readonly sharing: readonly string[];
  /** `8080→80/tcp`. */
  readonly ports: readonly string[];
}

/** A bridge of a node. */
export interface Switch extends Face {
  /** Interfaces that are ports and are drawn as nothing but the end of a cable, by their tag. */
  readonly ports: readonly { readonly id: string; readonly vlan?: number }[];
}

/** What joins two shapes of one node: a container's cable, or an interface that is a port of a bridge. */
export interface Cable {
  readonly ends: readonly [string, string];
  readonly vlan?: number;
}

/** What several interfaces meet in: a network of the lab, a tunnel, an overlay network. */
export interface Hub {
  readonly id: string;
  readonly kind: 'network' | 'tunnel' | 'overlay';
  readonly title: string;
  readonly details: readonly string[];
  /** `SPACE/IFACE`, in the lab's order. */
  readonly ends: readonly string[];
}


export function topologyOf(lab: Lab, world: World): Topology {
  const hubs = hubsOf(lab, world);
  return {
    lab: lab.name, ...(lab.stage !== undefined && { stage: lab.stage }), title: lab.title,
    nodes: lab.nodes.map((node) => nodeBox(lab, world, node.name, hubs)),
    hubs,
  };
}

function nodeBox(lab: Lab, world: World, name: string, hubs: readonly Hub[]): NodeBox {
  const spaces = world.spaces.filter((space) => space.node === name);
  const own = spaces.find((space) => space.name === name);
  const interfaces = own?.interfaces.filter((each) => each.kind !== 'uplink') ?? [];
  const wires = new Map<string, string[]>();
  for (const space of spaces) for (const each of space.interfaces) if (each.wire !== undefined) wires.set(each.wire, [...(wires.get(each.wire) ?? []), `${space.name}/${each.name}`]);
  const onHub = new Set(hubs.flatMap((hub) => hub.ends));
  // What is a port and has its other end in the same node is the end of a cable, and no box.
  const isPort = (each: WorldInterface): boolean => each.master !== undefined && each.wire !== undefined && (wires.get(each.wire)?.length ?? 0) > 1 && !onHub.has(`${name}/${each.name}`);
  const switches = interfaces.filter((each) => each.kind === 'bridge' || each.kind === 'openvswitch');
  const exits = interfaces.filter((each) => !switches.includes(each) && !isPort(each));
  const face = (space: Space, each: WorldInterface): Face => faceOf(lab, space, each);
  return {
    name,
    note: noteOf(lab, name),
    guests: spaces.filter((space) => space.name !== name).map((space) => ({
      name: space.name,
      faces: space.interfaces.map((each) => face(space, each)),
      sharing: world.endpoints.filter((each) => each.space === space.name && each.name !== space.name).map((each) => each.name),
      ports: lab.containers.find((each) => each.name === space.name)?.ports.map((port) => `${port.hostAddress === undefined ? '' : `${port.hostAddress}:`}${port.hostPort ?? 'any'}→${port.containerPort}/${port.protocol}`) ?? [],
    })),
    hosted: world.endpoints.filter((each) => each.kind === 'container' && each.space === name).map((each) => each.name),
    switches: own === undefined ? [] : switches.map((each) => ({
      ...face(own, each),
      ports: interfaces.filter((port) => port.master === each.name && isPort(port)).map((port) => ({ id: `${name}/${port.name}`, ...(port.vlan !== undefined && { vlan: port.vlan }) })),
    })),
    exits: own === undefined ? [] : together(exits.map((each) => face(own, each)), hubs),
    cables: [
      ...[...wires.values()].filter((ends) => ends.length === 2 && !ends.some((end) => onHub.has(end))).map(([a = '', b = '']): Cable => {
        const vlan = interfaces.find((each) => [a, b].includes(`${name}/${each.name}`))?.vlan;
        return { ends: [a, b].sort((one, other) => Number(one.startsWith(`${name}/`)) - Number(other.startsWith(`${name}/`))) as [string, string], ...(vlan !== undefined && { vlan }) };
      }),
      ...exits.filter((each) => each.master !== undefined).map((each): Cable => ({ ends: [`${name}/${each.master ?? ''}`, `${name}/${each.name}`], ...(each.vlan !== undefined && { vlan: each.vlan }) })),
    ],
  };
}

function faceOf(lab: Lab, space: Space, each: WorldInterface): Face {
  return {
    id: `${space.name}/${each.name}`,
    ...named(lab, space.node, each),
    addresses: each.addresses.map((cidr) => ({ cidr, presumed: !isGiven(lab, space, cidr) })),
    ...(each.mtu !== ETHERNET_MTU && { mtu: each.mtu }),
  };
}

function noteOf(lab: Lab, name: string): string {
  const member = lab.swarms.flatMap((swarm) => swarm.members).find((each) => each.node === name);
  if (member) return `swarm ${member.role}${member.availability === 'drain' ? ', drained' : ''}`;
  return lab.nodes.find((node) => node.name === name)?.docker === false ? 'no Docker' : '';
}

/** Tunnel interfaces of a node that lead to one mesh share a box. */
function together(faces: readonly Face[], hubs: readonly Hub[]): NodeBox['exits'] {
  const boxes = new Map<string, Face[]>();
  for (const face of faces) {
    const hub = hubs.find((each) => each.kind === 'tunnel' && each.ends.includes(face.id));
    const key = hub !== undefined && faces.filter((each) => hub.ends.includes(each.id)).length > 1 ? hub.id : face.id;
    boxes.set(key, [...(boxes.get(key) ?? []), face]);
  }
  return [...boxes].map(([key, all]) => ({ id: all.length > 1 ? `${key} ${all[0]?.id ?? ''}` : key, faces: all }));
}
