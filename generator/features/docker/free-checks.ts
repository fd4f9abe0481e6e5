/** Checks every Docker node has for free: the daemon runs, with the flags the lab asked for. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';

export function containerChecks(lab: Lab): readonly CheckRequest[] {
  const service = lab.nodes
    .filter((node) => node.docker)
    .map((node): CheckRequest => ({ kind: 'service', subject: { node: node.name, name: 'docker' }, why: `Without dockerd nothing on ${node.name} can hold.` }));
  const flags = lab.daemonFlags.map((flag): CheckRequest => ({
    kind: 'daemon',
    subject: { node: flag.node, flag: flag.name },
    expect: { is: 'value', value: flag.value },
    why: `The drop-in sets --${flag.name}; systemd ignores it where ExecStart was not reset.`,
  }));
  return [...service, ...flags];
}
