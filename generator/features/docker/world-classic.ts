/** The rules of dockerd before Docker 28, as 20.10 writes them (read from a running one). */
import type { Family } from '../../model/family.js';
import type { ContainerBridge } from '../../model/world-draft.js';
import { dockerRule, subnetIn, type Daemon } from './world.js';

const JUMP = (chain: string) => ({ kind: 'jump', chain }) as const;
const ACCEPT = { kind: 'accept' } as const;
const DROP = { kind: 'drop' } as const;
const RETURN = { kind: 'return' } as const;

export function classicRules(daemon: Daemon, family: Family): void {
  const { space } = daemon;
  // Docker before 23.0 makes no DOCKER-USER for IPv6.
  if (family === 4) {
    dockerRule(space, family, 'filter', 'FORWARD', {}, JUMP('DOCKER-USER'));
    dockerRule(space, family, 'filter', 'DOCKER-USER', {}, RETURN);
  }
  dockerRule(space, family, 'filter', 'FORWARD', {}, JUMP('DOCKER-ISOLATION-STAGE-1'));
  natJumps(daemon, family);
  for (const bridge of daemon.bridges) if (subnetIn(bridge, family) !== undefined) rulesOf(daemon, bridge, family);
  dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-1', {}, RETURN);
  dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-2', {}, RETURN);
}

/** Published ports are looked up for whatever is meant for the node itself. */
export function natJumps({ space, proxy }: Daemon, family: Family): void {
  dockerRule(space, family, 'nat', 'PREROUTING', { destinationIsLocal: { is: true } }, JUMP('DOCKER'));
  const loopback = family === 6 ? '::1/128' : '127.0.0.0/8';
  dockerRule(space, family, 'nat', 'OUTPUT', { ...(proxy && { destination: { is: loopback, not: true } }), destinationIsLocal: { is: true } }, JUMP('DOCKER'));
}

function rulesOf(daemon: Daemon, bridge: ContainerBridge, family: Family): void {
  const { space } = daemon;
  const name = bridge.bridge;
  const [into, from] = [{ out: { is: name } }, { in: { is: name } }];
  const outside = { out: { is: name, not: true } };
  dockerRule(space, family, 'filter', 'FORWARD', { ...into, states: ['RELATED', 'ESTABLISHED'] }, ACCEPT);
  dockerRule(space, family, 'filter', 'FORWARD', into, JUMP('DOCKER'));
  if (!bridge.internal) dockerRule(space, family, 'filter', 'FORWARD', { ...from, ...outside }, ACCEPT);
  dockerRule(space, family, 'filter', 'FORWARD', { ...from, ...into }, bridge.isolated ? DROP : ACCEPT);
  const subnet = subnetIn(bridge, family) ?? '';
  if (bridge.internal) {
    dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-1', { source: { is: subnet, not: true }, ...into }, DROP);
    dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-1', { destination: { is: subnet, not: true }, ...from }, DROP);
  } else {
    dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-1', { ...from, ...outside }, JUMP('DOCKER-ISOLATION-STAGE-2'));
    dockerRule(space, family, 'filter', 'DOCKER-ISOLATION-STAGE-2', into, DROP);
    masquerade(daemon, bridge, family);
  }
  if (daemon.proxy) dockerRule(space, family, 'nat', 'DOCKER', from, RETURN);
}

/** What leaves the bridge for elsewhere is seen as the node. */
export function masquerade(daemon: Daemon, bridge: ContainerBridge, family: Family): void {
  const name = bridge.bridge;
  if (daemon.masquerades || name !== daemon.defaultBridge) dockerRule(daemon.space, family, 'nat', 'POSTROUTING', { source: { is: subnetIn(bridge, family) ?? '' }, out: { is: name, not: true } }, { kind: 'masquerade' });
  if (!daemon.proxy) dockerRule(daemon.space, family, 'nat', 'POSTROUTING', { out: { is: name }, sourceIsLocal: { is: true } }, { kind: 'masquerade' });
}
