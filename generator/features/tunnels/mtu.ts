/** The MTU of tunnels, and of the containers whose networks they carry. */
import { bridgeMtu, containerLimit, givenContainerMtu } from '../../model/container-mtu.js';
import { ownBridge } from '../../model/container-networks.js';
import type { Ground } from '../../model/ground.js';
import type { Network } from '../../model/lab.js';
import { roomIn, sumOf } from '../../model/mtu.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { resolveEnds, tunnelSources, underlay, type TunnelSource } from './ends.js';

export function carrierOf(ground: Ground, tunnel: TunnelSource): Network | undefined {
  const name = underlay(ground, tunnel);
  return ground.networks.find((network) => network.name === name);
}

/** Bytes of an inner packet: what the network has less the headers around it, unless the lab gives its own. */
export function tunnelMtu(ground: Ground, tunnel: TunnelSource): number {
  const given = tunnel.value['mtu'];
  return typeof given === 'number' ? given : roomIn(carrierOf(ground, tunnel), 'gre');
}

/** What is left for containers on each node whose network a tunnel carries: the least of all that is in their way. */
export function carriedMtus(ground: Ground): ReadonlyMap<string, number> {
  const mtus = new Map<string, number>();
  tunnelSources(ground.source).forEach((tunnel, index) => {
    if (tunnel.value['carries'] !== 'docker') return;
    const mtu = tunnelMtu(ground, tunnel);
    for (const { node } of resolveEnds(ground, tunnel, index)) mtus.set(node.name, Math.min(mtu, mtus.get(node.name) ?? containerLimit(ground, node.name) ?? mtu));
  });
  return mtus;
}

export function mtuPasses(context: RuleContext): void {
  const { ground } = context;
  tunnelSources(context.source).forEach((tunnel, index) => {
    const path: Path = ['tunnels', tunnel.name];
    if (!context.isSound(path) || !context.isSound(['networks'])) return;
    const carrier = carrierOf(ground, tunnel);
    const [mtu, most, sum] = [tunnelMtu(ground, tunnel), roomIn(carrier, 'gre'), sumOf(carrier, 'gre')];
    if (mtu > most) {
      context.error('LG062', [...path, 'mtu'], `an MTU of ${mtu} does not fit: ${sum}`, `Use ${most} or less, or leave it out.`);
      return;
    }
    if (tunnel.value['carries'] !== 'docker') return;
    const why = mtu < most ? `, whose own MTU is ${mtu}` : `: ${sum}`;
    for (const { node } of resolveEnds(ground, tunnel, index)) {
      const given = givenContainerMtu(ground, node.name);
      if (given !== undefined && given > mtu) context.error('LG062', ['nodes', node.group, 'docker', 'mtu'], `containers with an MTU of ${given} do not fit through the tunnel "${tunnel.name}"${why}`, `Use ${mtu} or less, or leave it out.`);
      const bridge = ownBridge(ground, node.name);
      const wide = bridgeMtu(ground, bridge);
      // Where docker.mtu says what containers have, the bridge may be wider.
      if (bridge !== undefined && given === undefined && wide !== undefined && wide > mtu && context.isSound(['bridges', bridge])) context.error('LG062', ['bridges', bridge, 'mtu'], `what is on "${bridge}" with an MTU of ${wide} does not fit through the tunnel "${tunnel.name}"${why}`, `Use ${mtu} or less, or leave it out.`);
    }
  });
}
