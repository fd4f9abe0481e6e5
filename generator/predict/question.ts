/** What is asked of a world, and what comes back; the same for what is predicted and what is measured. */
import type { Family } from '../model/family.js';

/** One packet from an endpoint to an address: an echo request, the first packet of a connection, a datagram. */
export interface Question {
  readonly from: string;
  /** Whom the address is thought to belong to; for people. */
  readonly to: string;
  readonly address: string;
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  /** Not with icmp. */
  readonly port?: number;
  readonly family: Family;
}

export interface Answer {
  /** `reached`: it came in, and what was answered came back. A connection that is refused by its receiver is stopped there. */
  readonly verdict: 'reached' | 'stopped';
  /** The source address as the receiver sees it; also where only the way back is closed. */
  readonly seenAs?: string;
  /** The largest IP packet that comes through unfragmented, in bytes; only where it is reached. */
  readonly maxBytes?: number;
  /** A balancer, where one hands it on to whoever it chooses at the moment: whom that one sees, and how much reaches it, is not told then. */
  readonly answeredBy?: string;
  readonly stoppedAt?: Stop;
}

/** A route to the destination; forwarding of this family; a route to the source, which the reverse path filter looks for; a filter that is content with any. */
export type Missing = 'route' | 'forwarding' | 'route back' | 'loose filter';

export interface Stop {
  /** The node, or container, where it ends. */
  readonly node: string;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** The rule that ended it, as iptables -S shows it; left out where no rule did. */
  readonly rule?: string;
  /** What the node would want to let it on, where that is one setting; left out where it is none. */
  readonly missing?: Missing;
  /** True where the question came in, and its answer was stopped. */
  readonly onTheWayBack?: boolean;
}
