/** What joins and parts nodes: interfaces, cables, routes, and what their kernels need for it. Part of the lab as a value (lab.ts). */
import type { Family } from './family.js';

/** What a tunnel wraps packets in. */
export type TunnelKind = 'gre' | 'gretap' | 'vxlan' | 'ipip' | 'wireguard';

/** How a tunnel's interface wraps packets, and where it sends them. */
export interface Wrapping {
  readonly kind: TunnelKind;
  /** Of the outer packets. */
  readonly family: Family;
  /** The far end's outer address. */
  readonly remote: string;
  /** UDP port of the far end, and of this one; undefined where there is no UDP. */
  readonly port?: number;
}

/**
 * A network interface made by labgen-network.sh with `ip link add NAME type TYPE OPTIONS…`; one of the type
 * `openvswitch` with `ovs-vsctl add-br NAME OPTIONS…`.
 */
export interface Link {
  readonly node: string;
  readonly name: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly mtu: number | undefined;
  /** Left out: the kernel's choice. */
  readonly mac?: string;
  /** Interfaces of the node attached to it; bridges only. */
  readonly ports?: readonly string[];
  /** CIDR addresses on the interface. */
  readonly addresses: readonly string[];
  /** The far node of a point-to-point link, for diagrams and checks. */
  readonly peer: string | undefined;
  /** Tunnels only. */
  readonly wraps?: Wrapping;
  readonly why: string;
}

/** An interface of others that labgen-network.sh takes away, if it is a bridge and nothing is attached to it. */
export interface Removal {
  readonly node: string;
  readonly name: string;
  readonly why: string;
}

/** An interface put into a container from outside Docker: one end of a cable whose other end is a port of a bridge. */
export interface Pipework {
  readonly container: string;
  readonly node: string;
  readonly bridge: string;
  readonly bridgeKind: 'linux' | 'ovs';
  /** Its name inside the container. */
  readonly interface: string;
  /** The name of the other end, on the node. */
  readonly port: string;
  /** CIDR. */
  readonly address: string;
  /** Where the container's default route leads; undefined: it gets none. */
  readonly gateway: string | undefined;
  readonly mac: string;
  /** 802.1Q tag of the port (1 to 4094); undefined: untagged. */
  readonly vlan: number | undefined;
}

export interface Route {
  readonly node: string;
  /** Canonical CIDR, or `default`. */
  readonly to: string;
  readonly via: string | undefined;
  readonly dev: string | undefined;
  /** The source address the node itself uses on this route. */
  readonly source: string | undefined;
  readonly why: string;
}

export interface Sysctl {
  readonly node: string;
  readonly key: string;
  readonly value: string;
}

/** A kernel module a node needs; the docker provider needs it in the host's kernel. */
export interface KernelModule {
  readonly node: string;
  readonly name: string;
  readonly why: string;
}

/** A package of the distribution a node needs. */
export interface Package {
  readonly node: string;
  readonly name: string;
}
