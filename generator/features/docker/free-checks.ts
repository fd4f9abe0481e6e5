/** Checks every Docker node has for free: the daemon runs, with the flags the lab asked for; where it keeps its hands off, none of its chains is left. */
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
  const swept = lab.sweeps.flatMap(({ node }) =>
    (['filter', 'nat'] as const).map((table): CheckRequest => ({ kind: 'iptables', subject: { node, table, chain: 'DOCKER' }, expect: { is: 'value', value: 'absent' }, why: 'dockerd never takes its rules away by itself; labgen-firewall.sh does.' })),
  );
  return [...service, ...flags, ...swept];
}
