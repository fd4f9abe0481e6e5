/** A node of the swarm gets no tasks, and those it has move away. */
import type { Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';
import { order } from './ask.js';

const SECONDS = 60;

/** Not of one that the lab drains itself, nor of all there is. */
export function swarmFaults(lab: Lab): readonly Fault[] {
  const members = lab.swarms[0]?.members ?? [];
  const manager = members[0]?.node;
  const active = members.filter((each) => each.availability === 'active');
  if (manager === undefined || active.length < 2) return [];
  return active.map(({ node }): Fault => {
    const update = (availability: string) => order(manager, 'docker', 'node', 'update', '--availability', availability, node).argv;
    return {
      words: ['drain', node],
      node,
      at: manager,
      about: `the swarm moves the tasks of ${node} elsewhere, and gives it no new ones`,
      seconds: SECONDS,
      begin: [update('drain')],
      end: [update('active')],
      needs: 'docker.service',
      fails: ({ kind, subject }) => kind === 'swarm' && subject['node'] === node,
    };
  });
}
