/** The router of a node dies. */
import type { Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';

const SECONDS = 15;

/** Its process, so that Docker's restart policy brings it back; of a container killed through Docker it lets go. */
const KILL = 'pid=$(docker inspect --format "{{.State.Pid}}" weave) && [ "$pid" -gt 0 ] && kill -KILL "$pid"';

export function weaveFaults(lab: Lab): readonly Fault[] {
  return lab.weaveRouters.map(({ node }): Fault => ({
    words: ['kill', node, 'weave'],
    node,
    about: `the weave router of ${node} is killed, and again whenever it comes back`,
    seconds: SECONDS,
    begin: [['sh', '-c', KILL]],
    again: [['sh', '-c', KILL]],
    end: [],
    fails: ({ kind, subject }) => kind === 'weave' && subject['node'] === node,
  }));
}
