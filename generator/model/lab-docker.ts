/** What dockerd is told on each node, and the networks of its containers. Part of the lab as a value (lab.ts). */
import type { Family } from './family.js';

/** The network of a node's default bridge, where it is known before the daemon runs. */
export interface ContainerNetwork {
  readonly node: string;
  /** The bridge's own address with its prefix length, such as 172.17.0.1/17. */
  readonly bip: string;
  /** The network the bridge is in, canonical. */
  readonly subnet: string;
}

/** The same for IPv6, of a node whose default bridge speaks it. */
export interface ContainerNetwork6 {
  readonly node: string;
  /** The bridge's own address, without a prefix. */
  readonly address: string;
  /** Canonical CIDR. */
  readonly subnet: string;
}

/** A user-defined network of one node's Docker; `overlay`: the swarm's, which a manager makes for all its nodes. */
export interface DockerNetwork {
  readonly name: string;
  readonly node: string;
  readonly driver: 'bridge' | 'overlay';
  /** Canonical CIDR; undefined: Docker takes one from its address pools. */
  readonly subnet: string | undefined;
  readonly gateway: string | undefined;
  /** The same for IPv6; left out: it has none. */
  readonly subnet6?: string;
  readonly gateway6?: string;
  /** True where nothing leads out of it. */
  readonly internal: boolean;
  /** Driver options, in order. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
}

/** One flag of dockerd, rendered as `--name=value`; a repeated flag is several values. */
export interface DaemonFlag {
  readonly node: string;
  readonly name: string;
  readonly value: string;
}

/** A variable of dockerd's own environment. */
export interface DaemonVariable {
  readonly node: string;
  readonly name: string;
  readonly value: string;
}

/** A node whose dockerd keeps its hands off iptables: what it wrote before, when it did not, is taken away. */
export interface Sweep {
  readonly node: string;
  /** Chains whose names begin so go, with the jumps to them. */
  readonly chains: string;
  /** Rules of the built-in chains that name this bridge go too. */
  readonly bridge: string;
  /** Left out: IPv4. */
  readonly family?: Family;
  readonly why: string;
}
