/**
 * The resolved lab: every address, route, rule and flag as a value, before any of it is text.
 * Templates, checks, the handout and later the packet predictor read these same values.
 */
import type { Check } from './check.js';
import type { ContainerNetwork, ContainerNetwork6, DaemonFlag, DaemonVariable, DockerNetwork, Sweep } from './lab-docker.js';
import type { Swarm } from './lab-swarm.js';
import type { KernelModule, Link, Package, Pipework, Removal, Route, Sysctl } from './lab-links.js';
import type { Artifact, ArtifactUse, Container, Image, ImageUse } from './lab-containers.js';
import type { FlannelNode, WeaveRouter } from './lab-overlays.js';
import type { Break, HandoutPart, Step } from './lab-lesson.js';
import type { Rule } from './rule.js';

export type * from './lab-docker.js';
export type * from './lab-swarm.js';
export type * from './lab-links.js';
export type * from './lab-containers.js';
export type * from './lab-overlays.js';
export type * from './lab-lesson.js';

export interface Lab {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The stage this value describes; undefined where the lab has no stages. */
  readonly stage: string | undefined;
  readonly stages: readonly Stage[];
  /** True where it speaks IPv6, in this or another of its stages. */
  readonly ipv6?: boolean;
  readonly networks: readonly Network[];
  readonly nodes: readonly Node[];
  readonly containers: readonly Container[];
  readonly images: readonly Image[];
  readonly artifacts: readonly Artifact[];
  readonly artifactUses: readonly ArtifactUse[];
  readonly flannelNodes: readonly FlannelNode[];
  readonly weaveRouters: readonly WeaveRouter[];
  /** Nodes without a router, where another stage may have left one. */
  readonly weaveLeavers: readonly string[];
  readonly links: readonly Link[];
  readonly removals: readonly Removal[];
  readonly pipework: readonly Pipework[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  readonly sysctls: readonly Sysctl[];
  readonly daemonFlags: readonly DaemonFlag[];
  readonly daemonVariables: readonly DaemonVariable[];
  readonly containerNetworks: readonly ContainerNetwork[];
  readonly containerNetworks6: readonly ContainerNetwork6[];
  readonly dockerNetworks: readonly DockerNetwork[];
  readonly swarms: readonly Swarm[];
  readonly imageUses: readonly ImageUse[];
  readonly sweeps: readonly Sweep[];
  readonly modules: readonly KernelModule[];
  readonly packages: readonly Package[];
  readonly steps: readonly Step[];
  /** What can be broken for a learner to find; nothing that is rendered tells of it. */
  readonly breaks: readonly Break[];
  readonly handout: readonly HandoutPart[];
  /** What only root of a node may read: it is in files of mode 0600 alone, and never on a command line. */
  readonly secrets: readonly string[];
  readonly checks: readonly Check[];
}

export interface Stage {
  readonly name: string;
  readonly title: string;
}

/** A network between nodes: a subnet every attached node has an address in. */
export interface Network {
  readonly name: string;
  /** CIDR in canonical form (no host bits), such as 192.168.56.0/24. */
  readonly subnet: string;
  /** The same for IPv6, such as fd00:56::/64; left out: the network has none. */
  readonly subnet6?: string;
  /** Largest IP packet on it, in bytes; left out: whatever the provider makes, which is 1500. */
  readonly mtu?: number;
}

export interface Attachment {
  readonly network: string;
  readonly address: string;
  /** Prefix length of the network. */
  readonly prefix: number;
  /** Beside it, where the network has an IPv6 subnet. */
  readonly address6?: string;
  readonly prefix6?: number;
}

export interface Node {
  readonly name: string;
  /** The key in `nodes:`; differs from `name` where `count` makes several. */
  readonly group: string;
  /** In the lab's order; the first one is the node's address for SSH and tunnels. */
  readonly attachments: readonly Attachment[];
  /** False for a plain host without Docker. */
  readonly docker: boolean;
  /** `distribution`: docker.io; `ce`: docker-ce from Docker's own repository. Undefined without Docker. */
  readonly dockerPackage: 'distribution' | 'ce' | undefined;
  /** The bridge default containers are on; undefined without Docker. */
  readonly dockerBridge: string | undefined;
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
}
