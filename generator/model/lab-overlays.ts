/** Networks over the nodes that a program of others makes: flannel, weave. Part of the lab as a value (lab.ts). */

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
  /** The MTU the lab gives to the network between the nodes; undefined: 1500. */
  readonly underlay: number | undefined;
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
  /** Of containers' interfaces; undefined: weave's own choice, which fits into 1500. */
  readonly mtu: number | undefined;
  /** MTU of the network between the nodes. */
  readonly underlay: number;
  /** A secret: into files only its owner may read, never on a command line. */
  readonly password: string | undefined;
  /** Docker's API version to ask for; undefined: weave's own. */
  readonly api: string | undefined;
  readonly attached: readonly { readonly container: string; readonly dns: string }[];
}
