/** dockerd dies. */
import { killOfService, type Fault } from '../../model/fault.js';
import type { Lab } from '../../model/lab.js';

export function dockerFaults(lab: Lab): readonly Fault[] {
  const running = (subject: Readonly<Record<string, unknown>>, node: string): boolean => subject['node'] === node && subject['name'] === 'docker';
  return lab.nodes
    .filter((node) => node.docker)
    .map(({ name }) => killOfService(name, 'dockerd', 'docker', ({ kind, subject }) => (kind === 'service' && running(subject, name)) || (kind === 'daemon' && subject['node'] === name)));
}
