/** A world in the making: features add their part to it, in the order in which a node boots. */
import { familyOf, type Family } from './family.js';
import { ETHERNET_MTU } from './mtu.js';
import type { Table } from './rule.js';
import type { Chain, Endpoint, Listener, Space, World, WorldInterface, WorldRoute, WorldRule } from './world.js';

/** When a part comes: interfaces of the nodes; daemons and what they make; containers; what is plugged into those. */
export const WORLD_PHASES = ['network', 'daemons', 'containers', 'plugs'] as const;
export type WorldPhase = (typeof WORLD_PHASES)[number];

/** A bridge whose network containers are given addresses in. */
export interface ContainerBridge {
  readonly node: string;
  /** Docker's name for the network. */
  readonly network: string;
  readonly bridge: string;
  /** CIDR, which addresses are given of. */
  readonly subnet: string;
  readonly gateway: string;
  readonly subnet6: string | undefined;
  readonly gateway6: string | undefined;
  /** Of the containers' interfaces. */
  readonly mtu: number;
  /** Nothing leads out of it. */
  readonly internal: boolean;
  /** Containers on it do not reach each other. */
  readonly isolated: boolean;
  /** Addresses that are given away. */
  readonly taken: Set<string>;
  /** Where the subnet itself is the choice of a program. */
  readonly presumed: boolean;
}

export interface ChainDraft {
  readonly rules: WorldRule[];
  policy?: Chain['policy'];
  policyBy?: string;
}

export class SpaceDraft {
  readonly interfaces: WorldInterface[] = [];
  readonly routes: WorldRoute[] = [];
  readonly listeners: Listener[] = [];
  readonly forwards: Record<Family, boolean> = { 4: false, 6: false };
  readonly filtersBridges: Record<Family, boolean> = { 4: false, 6: false };
  reversePathFilter: Space['reversePathFilter'] = 0;
  private readonly chains = new Map<string, { readonly family: Family; readonly table: Table; readonly name: string; readonly draft: ChainDraft }>();

  constructor(
    readonly name: string,
    readonly node: string,
  ) {}

  /** Made where it is not there. */
  chain(family: Family, table: Table, name: string): ChainDraft {
    const key = `${family} ${table} ${name}`;
    const known = this.chains.get(key) ?? { family, table, name, draft: { rules: [] } };
    this.chains.set(key, known);
    return known.draft;
  }

  has(family: Family, table: Table, name: string): boolean {
    return this.chains.has(`${family} ${table} ${name}`);
  }

  build(): Space {
    return {
      name: this.name, node: this.node, routes: this.routes, listeners: this.listeners,
      interfaces: this.interfaces.map((each) => (each.kind === 'bridge' && each.mtu === 0 ? { ...each, mtu: this.narrowest(each.name) } : each)),
      forwards: this.forwards, filtersBridges: this.filtersBridges, reversePathFilter: this.reversePathFilter,
      chains: [...this.chains.values()].map(({ family, table, name, draft }) => ({ family, table, name, ...draft })),
    };
  }

  /** A bridge that nobody gives an MTU takes that of its narrowest port. */
  private narrowest(bridge: string): number {
    const ports = this.interfaces.filter((each) => each.master === bridge).map((each) => each.mtu);
    return ports.length === 0 ? ETHERNET_MTU : Math.min(...ports);
  }
}

/** Addresses that interfaces of a running lab have: by namespace and interface, as CIDR. */
export type SeenAddresses = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What a running lab was asked for. */
export interface Seen {
  readonly addresses: SeenAddresses;
  /** By node: whether its kernel filters what crosses its bridges. */
  readonly filters: ReadonlyMap<string, Space['filtersBridges']>;
}

export class WorldDraft {
  /** `seen`: of a running lab; empty where nothing runs, and what programs choose has to be presumed. */
  constructor(private readonly seenAddresses: SeenAddresses = new Map()) {}

  readonly endpoints: Endpoint[] = [];
  readonly bridges: ContainerBridge[] = [];
  /** What flannel or another program leases to a node's default bridge, before Docker starts. */
  readonly leases = new Map<string, { readonly bip: string; readonly subnet: string; readonly mtu: number }>();
  /** Nodes whose dockerd drops what is routed to a container's address (Docker 28.2 and later). */
  readonly gated = new Set<string>();
  readonly gaps: string[] = [];
  private readonly spaces = new Map<string, SpaceDraft>();

  add(name: string, node: string): SpaceDraft {
    const space = new SpaceDraft(name, node);
    this.spaces.set(name, space);
    return space;
  }

  /** Throws where there is none: features name only what the lab has. */
  space(name: string): SpaceDraft {
    const space = this.spaces.get(name);
    if (!space) throw new TypeError(`no namespace "${name}"`);
    return space;
  }

  /** What an interface of the running lab has for its first address of a family, as CIDR; undefined where nobody looked. */
  seen(space: string, name: string, family: Family): string | undefined {
    return this.seenAddresses.get(space)?.get(name)?.find((cidr) => familyOf(cidr) === family);
  }

  endpoint(name: string): Endpoint | undefined {
    return this.endpoints.find((each) => each.name === name);
  }

  build(): World {
    return { spaces: [...this.spaces.values()].map((space) => space.build()), endpoints: this.endpoints, gaps: this.gaps };
  }
}
