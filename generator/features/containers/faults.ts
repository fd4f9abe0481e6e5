/** Containers die. */
import { isNegative } from '../../model/expectation.js';
import type { Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';

const SECONDS = 15;

/** Killed through Docker, its restart policy leaves it dead; that labgen-containers.sh starts it again is undone until the end. */
export function containerFaults(lab: Lab): readonly Fault[] {
  return lab.containers.map(({ name, node }): Fault => ({
    words: ['kill', node, 'container', name],
    node,
    about: `the container ${name} of ${node} is killed, and again whenever it comes back`,
    seconds: SECONDS,
    begin: [['docker', 'kill', name]],
    again: [['docker', 'kill', name]],
    end: [],
    fails: ({ kind, subject, expect }) => !isNegative(kind, expect) && [subject['container'], subject['from'], subject['to']].includes(name),
  }));
}
