/** Connection tracking and address translation of one kernel, for the few packets of one question. */
import type { TrackState } from '../model/world.js';
import { same, type Address } from './address.js';
import type { Kernel } from './kernel.js';
import type { Packet } from './packet.js';

/** Who speaks to whom, as the kernel tells connections apart. */
interface Tuple {
  readonly protocol: string;
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface Connection {
  readonly original: Tuple;
  /** What an answer looks like as it comes in: translated both ways round. */
  reply: Tuple;
  answered: boolean;
  /** Whether the nat table was asked already; it is asked once for each. */
  readonly asked: { source: boolean; destination: boolean };
}

/** A packet's part in a connection. */
export interface Flow {
  readonly connection: Connection | undefined;
  readonly direction: 'original' | 'reply';
  readonly state: TrackState;
}

export type Tracker = Map<Kernel, Connection[]>;

/** The packet's connection, made where there is none; undefined where this kernel tracks none. */
export function track(tracker: Tracker, kernel: Kernel, packet: Packet): Flow | undefined {
  if (!kernel.tracks[packet.family]) return undefined;
  const known = tracker.get(kernel) ?? [];
  const tuple = tupleOf(packet);
  for (const connection of known) {
    if (equal(connection.original, tuple)) return { connection, direction: 'original', state: connection.answered ? 'ESTABLISHED' : 'NEW' };
    if (equal(connection.reply, tuple)) {
      connection.answered = true;
      return { connection, direction: 'reply', state: 'ESTABLISHED' };
    }
  }
  // What answers a question this kernel never saw: an echo reply or a SYN-ACK begins no connection, a datagram may.
  if (packet.kind === 'answer' && (packet.protocol === 'icmp' || packet.protocol === 'tcp')) return { connection: undefined, direction: 'original', state: 'INVALID' };
  const connection: Connection = { original: tuple, reply: turned(tuple), answered: false, asked: { source: false, destination: false } };
  tracker.set(kernel, [...known, connection]);
  return { connection, direction: 'original', state: 'NEW' };
}

/** Notes a decision of the nat table: answers will be taken back. */
export function translateTo(connection: Connection, what: 'source' | 'destination', to: Address, port: number | undefined): void {
  const { reply } = connection;
  connection.reply = what === 'destination' ? { ...reply, source: to, sourcePort: port ?? reply.sourcePort } : { ...reply, destination: to, destinationPort: port ?? reply.destinationPort };
}

/** The packet as the connection's translation makes it at a hook that changes sources, or one that changes destinations. */
export function translated(packet: Packet, flow: Flow, what: 'source' | 'destination'): Packet {
  if (!flow.connection) return packet;
  const wanted = turned(flow.direction === 'original' ? flow.connection.reply : flow.connection.original);
  if (what === 'source') {
    return same(wanted.source, packet.source) && wanted.sourcePort === packet.sourcePort ? packet : { ...packet, source: wanted.source, sourcePort: wanted.sourcePort };
  }
  return same(wanted.destination, packet.destination) && wanted.destinationPort === packet.destinationPort ? packet : { ...packet, destination: wanted.destination, destinationPort: wanted.destinationPort };
}

function tupleOf({ protocol, source, destination, sourcePort, destinationPort }: Packet): Tuple {
  return { protocol, source, destination, sourcePort, destinationPort };
}

function turned(tuple: Tuple): Tuple {
  return { ...tuple, source: tuple.destination, destination: tuple.source, sourcePort: tuple.destinationPort, destinationPort: tuple.sourcePort };
}

function equal(a: Tuple, b: Tuple): boolean {
  return a.protocol === b.protocol && a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort && same(a.source, b.source) && same(a.destination, b.destination);
}
