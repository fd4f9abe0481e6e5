/** Where the network namespace of a node or container is, on the running lab. */
import type { Lab } from '../model/lab.js';
import type { LabFacts } from './facts.js';
import type { NotMeasured, Place } from './matrix.js';

/** Of a container that of its first process. */
export function placeIn(lab: Lab, facts: LabFacts): (name: string) => Place | NotMeasured {
  return (name) => {
    const container = lab.containers.find((each) => each.name === name);
    if (!container || container.network === 'host') return { node: container?.node ?? name };
    const pid = facts.pid(name);
    return pid === 0 ? { notMeasured: `the container ${name} does not run` } : { node: container.node, namespace: { pid } };
  };
}
