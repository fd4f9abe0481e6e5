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
  const swept = lab.sweeps.flatMap(({ node, family }) =>
    (['filter', 'nat'] as const).map((table): CheckRequest => ({ kind: 'iptables', subject: { node, ...(family && { family }), table, chain: 'DOCKER' }, expect: { is: 'value', value: 'absent' }, why: 'dockerd never takes its rules away by itself; labgen-firewall.sh does.' })),
  );
  return [...service, ...flags, ...swept, ...ipv6Checks(lab)];
}

/** Docker forwards IPv6 where it speaks it, and gives each container on the default bridge an address. */
function ipv6Checks(lab: Lab): readonly CheckRequest[] {
  return lab.containerNetworks6.flatMap(({ node }): readonly CheckRequest[] => {
    const forwards = !lab.daemonFlags.some((flag) => flag.node === node && flag.name === 'ip-forward' && flag.value === 'false');
    return [
      ...(forwards ? [{ kind: 'sysctl', subject: { node, key: 'net.ipv6.conf.all.forwarding' }, expect: { is: 'value', value: '1' }, why: 'dockerd turns it on where containers have IPv6.' } as const] : []),
      ...lab.containers.filter((each) => each.node === node && each.network === 'bridge').map((each): CheckRequest => ({ kind: 'docker', subject: { container: each.name, path: 'NetworkSettings.Networks.bridge.GlobalIPv6Address' }, why: `${each.name} has an IPv6 address beside the other one.` })),
    ];
  });
}
