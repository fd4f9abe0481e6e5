/**
 * A lab as the kernels of its machines see it: network namespaces with interfaces, routes, packet filters and listeners.
 * Features contribute their part of it; the predictor simulates it and knows no feature; tests build it in real namespaces.
 */
import type { Family } from './family.js';
import type { TunnelKind } from './lab-links.js';
import type { Table } from './rule.js';

export interface World {
  readonly spaces: readonly Space[];
  /** Who asks and is asked, in the lab's order. */
  readonly endpoints: readonly Endpoint[];
  /** What of the lab this world leaves out, in words; what depends on it must not be taken for predicted. */
  readonly gaps: readonly string[];
}

/** A network namespace. */
export interface Space {
  /** The node's name; for a container's own, the container's. */
  readonly name: string;
  /** The machine it is on. */
  readonly node: string;
  readonly interfaces: readonly WorldInterface[];
  /** Beside those the kernel makes for each address of an interface. */
  readonly routes: readonly WorldRoute[];
  /** Built-in chains that are not listed are empty and accept. */
  readonly chains: readonly Chain[];
  readonly listeners: readonly Listener[];
  /** ip_forward, or forwarding of all interfaces. */
  readonly forwards: Readonly<Record<Family, boolean>>;
  /** The larger one of `all` and the interfaces', for IPv4: 0 off, 1 strict, 2 loose. */
  readonly reversePathFilter: 0 | 1 | 2;
  /** br_netfilter with bridge-nf-call-iptables: what crosses a Linux bridge passes the packet filter, too. */
  readonly filtersBridges: Readonly<Record<Family, boolean>>;
}

/** An interface without a loopback, which every namespace has. */
export interface WorldInterface {
  readonly name: string;
  /** `uplink`: what leaves by it has left the lab. */
  readonly kind: 'ethernet' | 'bridge' | 'openvswitch' | 'tunnel' | 'uplink';
  readonly mtu: number;
  /** CIDR, in the order they were given; the first of a subnet is its primary one. */
  readonly addresses: readonly string[];
  /** The bridge of the same namespace it is a port of. */
  readonly master?: string;
  /** A port of a Linux bridge that gives back what it took, as Docker's do where no docker-proxy stands in. */
  readonly hairpin?: true;
  /** The port's VLAN on an Open vSwitch bridge; left out: untagged. */
  readonly vlan?: number;
  /** Ethernet only: what it is plugged into. Interfaces that say the same name see each other's frames, whatever machine they are on. */
  readonly wire?: string;
  /** Tunnels only. */
  readonly tunnel?: WorldTunnel;
}

export interface WorldTunnel {
  /** `udp`: flanneld's own, which knows for each network who has it. */
  readonly kind: TunnelKind | 'udp';
  /** Of the outer packets. */
  readonly family: Family;
  readonly local: string;
  /** One for a point-to-point tunnel; a VXLAN may have several, and sends each frame to whom it is for. */
  readonly remotes: readonly string[];
  /** Which networks are behind which of several far ends, where the tunnel carries packets and not frames. */
  readonly behind?: readonly { readonly network: string; readonly remote: string }[];
  /** GRE key or VXLAN network identifier: both ends have the same. */
  readonly id?: number;
  /** UDP port the far end listens on, and this one. */
  readonly port?: number;
  /** Bytes of the outer headers, down to what is measured by the MTU. */
  readonly overhead: number;
}

export interface WorldRoute {
  /** CIDR; a default route is 0.0.0.0/0 or ::/0. */
  readonly to: string;
  readonly via?: string;
  /** Left out: the interface `via` is on. */
  readonly dev?: string;
  /** `via` is taken to be behind `dev`, whatever routes say. */
  readonly onlink?: true;
  /** The source address of what the space itself sends. */
  readonly source?: string;
  readonly metric?: number;
}

export interface Chain {
  readonly family: Family;
  readonly table: Table;
  /** `INPUT`, `FORWARD` …, or one that rules jump to. */
  readonly name: string;
  /** Built-in chains only; left out: ACCEPT. */
  readonly policy?: 'ACCEPT' | 'DROP';
  /** Who set the policy, for explanations. */
  readonly policyBy?: string;
  readonly rules: readonly WorldRule[];
}

export interface WorldRule {
  readonly match: WorldMatch;
  readonly target: Target;
  /** As it stands after `iptables -A CHAIN`, for people. */
  readonly text: string;
  /** Whose it is: `dockerd`, `labgen`, …; and for one of a rendered file, the file, in which `text` stands on one line. */
  readonly by: string;
  readonly file?: string;
  readonly why?: string;
}

/** A value, or everything but it (`! -o docker0`). */
export interface Is<Value> {
  readonly is: Value;
  readonly not?: boolean;
}

export interface WorldMatch {
  readonly in?: Is<string>;
  readonly out?: Is<string>;
  /** CIDR. */
  readonly source?: Is<string>;
  readonly destination?: Is<string>;
  readonly protocol?: Is<Protocol>;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly states?: readonly TrackState[];
  /** `-m addrtype --dst-type LOCAL`: the destination is an address of the space's own; the same for the source. */
  readonly destinationIsLocal?: Is<true>;
  readonly sourceIsLocal?: Is<true>;
}

export type Protocol = 'icmp' | 'tcp' | 'udp' | 'gre' | 'ipip' | 'esp';
export type TrackState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID';

export type Target =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'masquerade' }
  | { readonly kind: 'dnat' | 'snat'; readonly address: string; readonly port?: number }
  | { readonly kind: 'jump'; readonly chain: string };

/** A socket that answers. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Left out: on every address. */
  readonly address?: string;
  /** Of this family alone. */
  readonly family?: Family;
  /** What answers, for people: `httpd`, `docker-proxy`. */
  readonly what: string;
  /** UDP only: it answers from the address its route takes, as a socket bound to none does; left out: from the one asked. */
  readonly answersByRoute?: boolean;
  /** A balancer: each connection goes to one of several others, chosen at the moment. */
  readonly spreads?: true;
  /** A proxy: it opens a connection of its own to this place, and answers with what comes back. */
  readonly forwardsTo?: { readonly address: string; readonly port: number };
}

/** A node or container as the lab names it. Several may be in one space (`network: host`). */
export interface Endpoint {
  readonly name: string;
  readonly kind: 'node' | 'container';
  readonly space: string;
  /** Where others ask for it; the first one of the asked family that is on a network of the asker's, else the first of the family. */
  readonly addresses: readonly EndpointAddress[];
}

export interface EndpointAddress {
  /** Without a prefix length. */
  readonly address: string;
  /** The network of the lab, or another name that endpoints on the same one share. */
  readonly on: string;
  /** True where Docker or another program chooses it when the lab runs: the running lab may have another. */
  readonly presumed?: boolean;
}
