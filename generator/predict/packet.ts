/** A packet on its way, and what the predictor writes down of it. */
import type { Family } from '../model/family.js';
import type { Protocol, WorldRule } from '../model/world.js';
import type { Address } from './address.js';
import type { Kernel, Port, Way } from './kernel.js';
import type { Stop } from './question.js';

export interface Packet {
  readonly family: Family;
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: Protocol;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The first packet of a connection, or what its receiver sends back. */
  readonly kind: 'question' | 'answer';
}

/** Where a packet was taken in by its receiver, as that one sees it. */
export interface Arrival {
  readonly kernel: Kernel;
  /** The interface it came in by; undefined: by the loopback. */
  readonly port: Port | undefined;
  readonly packet: Packet;
}

export type Outcome = { readonly arrival: Arrival } | { readonly stop: Stop };

/** What happened to a packet, in order. */
export type Event = { readonly space: string; readonly packet: Packet } & (
  | { readonly kind: 'enter'; readonly interface: string }
  | { readonly kind: 'route'; readonly way: Way }
  | { readonly kind: 'local' }
  | { readonly kind: 'rule'; readonly table: string; readonly chain: string; readonly rule: WorldRule }
  | { readonly kind: 'policy'; readonly chain: string; readonly policy: string; readonly by: string | undefined }
  | { readonly kind: 'translate'; readonly what: 'source' | 'destination'; readonly before: Packet; readonly rule: WorldRule | undefined }
  | { readonly kind: 'leave'; readonly interface: string; readonly next: string; readonly bytesLeft: number }
  | { readonly kind: 'cross'; readonly bridge: string; readonly from: string; readonly to: string; /** A frame that has to find its receiver anew, as the bridge's own interface shows it where that one's neighbour is not known just then. */ readonly anew?: Packet }
  | { readonly kind: 'wrap'; readonly interface: string; readonly tunnel: string; readonly outer: Packet; readonly bytesLeft: number }
  | { readonly kind: 'unwrap'; readonly interface: string }
  | { readonly kind: 'arrive'; readonly interface: string | undefined }
  | { readonly kind: 'stop'; readonly stop: Stop }
);

/** One packet's way: how far it may go on, and what is left of it for payload. */
export interface Journey {
  /** Bytes of headers that tunnels put around it so far. */
  overhead: number;
  /** The largest IP packet that has come through unfragmented so far. */
  limit: number;
  /** The largest fragment on the way, where this is a packet that may be broken into fragments; undefined: it may not. */
  fragment?: number;
  /** Namespaces that passed it on; a kernel would end it after 64. */
  hops: number;
  /** Undefined where nobody wants to know. */
  readonly events: Event[] | undefined;
}

/** The rule that stopped a packet, or what is missing; neither where no setting did. */
export type Cause = Pick<Stop, 'rule' | 'missing'>;

export function stopAt(kernel: Kernel, reason: string, { rule, missing }: Cause = {}): { readonly stop: Stop } {
  return { stop: { node: kernel.name, reason, ...(rule !== undefined && { rule }), ...(missing !== undefined && { missing }) } };
}

export function reversed(packet: Packet): Packet {
  return { ...packet, source: packet.destination, destination: packet.source, sourcePort: packet.destinationPort, destinationPort: packet.sourcePort, kind: 'answer' };
}
