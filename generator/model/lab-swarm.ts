/** A swarm: its members, overlay networks and services. Part of the lab as a value (lab.ts). */

/** Docker nodes that are one swarm, with its networks and services. */
export interface Swarm {
  /** In the order they join; the first is the manager that makes the swarm. Empty: who is in one leaves it. */
  readonly members: readonly SwarmMember[];
  /** CIDR that overlay networks without a subnet, Docker's own `ingress` among them, get a /24 of. */
  readonly addressPool: string;
  readonly networks: readonly OverlayNetwork[];
  readonly services: readonly SwarmService[];
}

export interface SwarmMember {
  readonly node: string;
  /** Where the others find it. */
  readonly address: string;
  readonly role: 'manager' | 'worker';
  /** `drain`: its tasks move to other nodes, and it gets no new ones. */
  readonly availability: 'active' | 'drain';
}

export interface OverlayNetwork {
  readonly name: string;
  /** Canonical CIDR; undefined: from the address pool. */
  readonly subnet: string | undefined;
  /** Whether containers that are no tasks may be on it. */
  readonly attachable: boolean;
  readonly encrypted: boolean;
  /** Of the packets between the nodes: interfaces on the network have 50 bytes less, for VXLAN. */
  readonly mtu: number | undefined;
}

export interface SwarmService {
  readonly name: string;
  readonly image: string;
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly replicas: number;
  /** On every node of the swarm, whether it runs a task or not. */
  readonly publish: readonly { readonly hostPort: number; readonly containerPort: number; readonly protocol: 'tcp' | 'udp' }[];
  readonly networks: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly constraints: readonly string[];
  /** `vip`: one address for all tasks, balanced by the kernel; `dnsrr`: the name leads to each task's own. */
  readonly endpoint: 'vip' | 'dnsrr';
}
