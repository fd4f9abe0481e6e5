/** The rules of dockerd from Docker 28.2 on, as 29 writes them (moby's golden files): what is routed to a container is dropped at two gates. */
import type { Family } from '../../model/family.js';
import { dockerRule, subnetIn, type Daemon } from './world.js';
import { masquerade, natJumps } from './world-classic.js';

const JUMP = (chain: string) => ({ kind: 'jump', chain }) as const;
const ACCEPT = { kind: 'accept' } as const;
const DROP = { kind: 'drop' } as const;

export function gatedRules(daemon: Daemon, family: Family): void {
  const { space } = daemon;
  for (const chain of ['DOCKER-USER', 'DOCKER-FORWARD']) dockerRule(space, family, 'filter', 'FORWARD', {}, JUMP(chain));
  for (const chain of ['DOCKER-CT', 'DOCKER-INTERNAL', 'DOCKER-BRIDGE']) dockerRule(space, family, 'filter', 'DOCKER-FORWARD', {}, JUMP(chain));
  // Looked at by rules of the lab, which jump there; dockerd writes nothing into it.
  space.chain(family, 'filter', 'DOCKER-USER');
  natJumps(daemon, family);
  for (const bridge of daemon.bridges) {
    const subnet = subnetIn(bridge, family);
    if (subnet === undefined) continue;
    const [into, from] = [{ out: { is: bridge.bridge } }, { in: { is: bridge.bridge } }];
    if (bridge.internal) {
      dockerRule(space, family, 'filter', 'DOCKER-INTERNAL', { source: { is: subnet, not: true }, ...into }, DROP);
      dockerRule(space, family, 'filter', 'DOCKER-INTERNAL', { destination: { is: subnet, not: true }, ...from }, DROP);
    } else {
      dockerRule(space, family, 'filter', 'DOCKER-CT', { ...into, states: ['RELATED', 'ESTABLISHED'] }, ACCEPT);
      masquerade(daemon, bridge, family);
    }
    dockerRule(space, family, 'filter', 'DOCKER-BRIDGE', into, JUMP('DOCKER'));
    dockerRule(space, family, 'filter', 'DOCKER-FORWARD', !bridge.isolated ? from : { ...from, out: { is: bridge.bridge, not: true } }, ACCEPT);
  }
}

/** Once all published ports of a bridge are accepted: the rest is dropped. */
export function closeGates(daemon: Daemon, family: Family): void {
  for (const bridge of daemon.bridges) if (subnetIn(bridge, family) !== undefined && !bridge.internal) dockerRule(daemon.space, family, 'filter', 'DOCKER', { in: { is: bridge.bridge, not: true }, out: { is: bridge.bridge } }, DROP);
}
