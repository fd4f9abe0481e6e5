/** A running lab as its kernels see it: what programs chose when it came up is looked at, the rest is the lab's. */
import type { Connections } from '../model/connections.js';
import type { Lab } from '../model/lab.js';
import type { World } from '../model/world.js';
import { features } from '../plan/pipeline.js';
import { worldOf } from '../plan/world.js';
import { LabFacts } from '../verify/facts.js';
import { placeIn } from '../verify/places.js';
import { seenAddresses } from '../verify/seen-addresses.js';

export interface RunningWorld {
  readonly world: World;
  /** Where a namespace of it is. */
  readonly place: ReturnType<typeof placeIn>;
}

/** Throws NodeUnreachable. */
export async function runningWorld(lab: Lab, connections: Connections): Promise<RunningWorld> {
  const facts = new LabFacts(lab, connections, () => performance.now());
  await facts.refresh(lab.nodes.map((node) => node.name));
  return { world: worldOf(lab, features, await seenAddresses(lab, facts, connections)), place: placeIn(lab, facts) };
}
