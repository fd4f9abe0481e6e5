/**
 * The resolved lab: every address, route, rule and flag as a value, before any of it is text.
 * Templates, checks, the handout and later the packet predictor read these same values.
 */
import type { Check, Expectation } from './check.js';
import type { Rule } from './rule.js';

export interface Lab {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The stage this value describes; undefined where the lab has no stages. */
  readonly stage: string | undefined;
  readonly stages: readonly Stage[];
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
  readonly dockerNetworks: readonly DockerNetwork[];
  readonly swarms: readonly Swarm[];
  readonly imageUses: readonly ImageUse[];
  readonly sweeps: readonly Sweep[];
  readonly modules: readonly KernelModule[];
  readonly packages: readonly Package[];
  readonly steps: readonly Step[];
  readonly handout: readonly HandoutPart[];
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
}

export interface Attachment {
  readonly network: string;
  readonly address: string;
  /** Prefix length of the network. */
  readonly prefix: number;
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

/** The network of a node's default bridge, where it is known before the daemon runs. */
export interface ContainerNetwork {
  readonly node: string;
  /** The bridge's own address with its prefix length, such as 172.17.0.1/17. */
  readonly bip: string;
  /** The network the bridge is in, canonical. */
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
  /** True where nothing leads out of it. */
  readonly internal: boolean;
  /** Driver options, in order. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
}

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

/** An image something else than a container of the lab needs on a node. */
export interface ImageUse {
  readonly node: string;
  readonly image: string;
}

/** A node whose dockerd keeps its hands off iptables: what it wrote before, when it did not, is taken away. */
export interface Sweep {
  readonly node: string;
  /** Chains whose names begin so go, with the jumps to them. */
  readonly chains: string;
  /** Rules of the built-in chains that name this bridge go too. */
  readonly bridge: string;
  readonly why: string;
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

export interface PublishedPort {
  /** undefined: Docker picks one. */
  readonly hostAddress: string | undefined;
  readonly hostPort: number | undefined;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Container {
  readonly name: string;
  readonly group: string;
  readonly node: string;
  readonly image: string;
  /** Undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly hostname: string | undefined;
  /** `bridge`, `none`, `host`, `container:<name>` or a Docker network. */
  readonly network: string;
  /** Names this container alone knows others by (`docker run --link`); the other one is on the same node. */
  readonly links: readonly { readonly alias: string; readonly container: string }[];
  /** More names it has on a user-defined network. */
  readonly aliases: readonly string[];
  /** Ports of its image in words, `5432/tcp`: what `--expose` adds. */
  readonly expose: readonly string[];
  readonly ports: readonly PublishedPort[];
}

/** An image made on the node. Names not listed here are pulled. */
export interface Image {
  readonly name: string;
  readonly kind: 'toolbox' | 'build' | 'tar';
  /** Nodes that need it. */
  readonly nodes: readonly string[];
  /** Path of the folder or tar in the output, such as `images/web`; undefined for toolbox. */
  readonly path: string | undefined;
  /** Of all that it is made from; made anew where this differs. Undefined for toolbox. */
  readonly hash: string | undefined;
}

/** A file that no distribution packages: where it comes from and what it has to be. */
export interface Artifact {
  readonly name: string;
  /** Undefined where nobody publishes it: it is made and put into the cache by hand. */
  readonly url: string | undefined;
  /** Where it comes from where there is no URL, for people. */
  readonly about: string;
  readonly version: string;
  /** 64 hex digits; undefined where nobody who wrote the lab ever had the bytes: the user pins it. */
  readonly sha256: string | undefined;
  /** What it is called on a node. */
  readonly file: string;
}

/** A node that needs an artifact. */
export interface ArtifactUse {
  readonly node: string;
  readonly artifact: string;
}

/** A node with Docker in a lab that has flannel. */
export interface FlannelNode {
  readonly node: string;
  /** Whether it takes part; where not, what an earlier stage left is taken away. */
  readonly on: boolean;
  /** Its address on the network between the nodes, where outer packets leave. */
  readonly address: string;
  /** Where etcd answers. */
  readonly etcd: { readonly node: string; readonly address: string };
  /** All containers of all nodes, canonical. */
  readonly network: string;
  /** Prefix length of what each node leases of it. */
  readonly subnetLength: number;
  readonly backend: 'vxlan' | 'udp' | 'host-gw';
  /** The interface flanneld makes; undefined for host-gw, which only sets routes. */
  readonly device: string | undefined;
  /** What is left for a container's packet, in bytes. */
  readonly mtu: number;
  readonly artifact: string;
}

/** The weave router of a node. */
export interface WeaveRouter {
  readonly node: string;
  readonly address: string;
  /** A MAC address that no other router has: by itself weave takes a hash that cloned machines share. */
  readonly name: string;
  /** Addresses of the others; empty before peering. */
  readonly peers: readonly string[];
  /** How many routers agree on who owns which addresses. */
  readonly quorum: number;
  readonly version: string;
  /** Whose images: weaveworks, or the fork that went on. */
  readonly publisher: string;
  /** The artifact that is weave's script, and the one with its images; undefined: they are pulled. */
  readonly script: string;
  readonly images: string | undefined;
  readonly range: string;
  readonly iptables: 'legacy' | 'nft';
  readonly fastDatapath: boolean;
  /** A secret: into files only its owner may read, never on a command line. */
  readonly password: string | undefined;
  /** Docker's API version to ask for; undefined: weave's own. */
  readonly api: string | undefined;
  readonly attached: readonly { readonly container: string; readonly dns: string }[];
}

/** One line a reader of the handout types, and what comes of it. */
export interface Step {
  readonly node: string;
  /** One line of shell, as root. */
  readonly run: string;
  readonly expect: Expectation;
  readonly why: string;
}

/**
 * A section of the handout (README.md of the output): Markdown made by the feature from checked names only, or a
 * template below templates/, for whatever else a lab's author may write.
 */
export type HandoutPart =
  | { readonly title: string; readonly lines: readonly string[] }
  | { readonly title: string; readonly template: string; readonly view: Readonly<Record<string, unknown>> };
