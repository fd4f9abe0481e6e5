/** A running lab as its kernels see it: what programs chose when it came up is looked at, the rest is the lab's. */
import type { Connections } from '../model/connections.js';
import type { Lab } from '../model/lab.js';
import type { World } from '../model/world.js';
import type { Seen } from '../model/world-draft.js';
import { features } from '../plan/pipeline.js';
import { worldOf } from '../plan/world.js';
import { bridgeFilters } from '../verify/bridge-filters.js';
import { LabFacts } from '../verify/facts.js';
import { placeIn } from '../verify/places.js';
import { seenAddresses } from '../verify/seen-addresses.js';

export interface RunningWorld {
  readonly world: World;
  /** Where a namespace of it is. */
  readonly place: ReturnType<typeof placeIn>;
  /** What was looked at. */
  readonly seen: Seen;
}

/** Throws NodeUnreachable. */
export async function runningWorld(lab: Lab, connections: Connections): Promise<RunningWorld> {
  const facts = new LabFacts(lab, connections, () => performance.now());
  const nodes = lab.nodes.map(({ name }) => name);
  await facts.refresh(nodes);
  const [addresses, filters] = await Promise.all([seenAddresses(lab, facts, connections), bridgeFilters(nodes, connections)]);
  const seen = { addresses, filters };
  return { world: worldOf(lab, features, seen), place: placeIn(lab, facts), seen };
}
