/** The MTU of tunnels, and of the containers whose networks they carry. */
import { bridgeMtu, containerLimit, givenContainerMtu } from '../../model/container-mtu.js';
import { ownBridge } from '../../model/container-networks.js';
import type { Ground } from '../../model/ground.js';
import type { Network } from '../../model/lab.js';
import { LEAST_MTU6, overheadOf, roomIn, sumOf } from '../../model/mtu.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { bridgePorts, interfacesOf, kindOf, outerFamily, resolveEnds, tunnelSources, underlay, type TunnelSource } from './ends.js';

export function carrierOf(ground: Ground, tunnel: TunnelSource): Network | undefined {
  const name = underlay(ground, tunnel);
  return ground.networks.find((network) => network.name === name);
}

/** Bytes of an inner packet: what the network has less the headers around it, unless the lab gives its own. */
export function tunnelMtu(ground: Ground, tunnel: TunnelSource): number {
  const given = tunnel.value['mtu'];
  return typeof given === 'number' ? given : roomIn(carrierOf(ground, tunnel), kindOf(tunnel), outerFamily(tunnel));
}

/** What is left for containers on each node whose network a tunnel carries, or whose bridge it extends: the least of all that is in their way. */
export function carriedMtus(ground: Ground): ReadonlyMap<string, number> {
  const mtus = new Map<string, number>();
  const add = (node: string, mtu: number): void => void mtus.set(node, Math.min(mtu, mtus.get(node) ?? containerLimit(ground, node) ?? mtu));
  tunnelSources(ground.source).forEach((tunnel, index) => {
    if (tunnel.value['carries'] !== 'docker') return;
    const mtu = tunnelMtu(ground, tunnel);
    for (const { node } of resolveEnds(ground, tunnel, index)) add(node.name, mtu);
  });
  for (const { node, bridge, mtu } of pluggedIn(ground)) if (ownBridge(ground, node) === bridge) add(node, mtu);
  return mtus;
}

/** A tunnel's interface that is a port of a bridge: no more gets through than the tunnel takes. */
export interface PluggedIn {
  readonly node: string;
  readonly bridge: string;
  readonly mtu: number;
  readonly tunnel: string;
}

export function pluggedIn(ground: Ground): readonly PluggedIn[] {
  const ports = bridgePorts(ground);
  if (ports.size === 0) return [];
  return tunnelSources(ground.source).flatMap((tunnel, index) => {
    const mtu = tunnelMtu(ground, tunnel);
    return interfacesOf(ground, tunnel, index).flatMap(({ end, place }): PluggedIn[] => {
      const bridge = ports.get(place);
      return bridge === undefined ? [] : [{ node: end.node.name, bridge, mtu, tunnel: tunnel.name }];
    });
  });
}

/** A bridge wider than a tunnel that is plugged into it would send what the tunnel drops. */
export function bridgesFitTheirTunnels(context: RuleContext): void {
  const told = new Set<string>();
  for (const { bridge, mtu, tunnel } of pluggedIn(context.ground)) {
    const given = bridgeMtu(context.ground, bridge);
    if (given === undefined || given <= mtu || told.has(bridge) || !context.isSound(['bridges', bridge]) || !context.isSound(['tunnels', tunnel]) || !context.isSound(['networks'])) continue;
    told.add(bridge);
    context.error('LG062', ['bridges', bridge, 'mtu'], `what is on "${bridge}" with an MTU of ${given} does not fit through the tunnel "${tunnel}", a port of it, with ${mtu}`, `Use ${mtu} or less, or leave it out.`);
  }
}

export function mtuPasses(context: RuleContext): void {
  const { ground } = context;
  tunnelSources(context.source).forEach((tunnel, index) => {
    const path: Path = ['tunnels', tunnel.name];
    if (!context.isSound(path) || !context.isSound(['networks'])) return;
    const [carrier, kind, family] = [carrierOf(ground, tunnel), kindOf(tunnel), outerFamily(tunnel)];
    const [mtu, most, sum] = [tunnelMtu(ground, tunnel), roomIn(carrier, kind, family), sumOf(carrier, kind, family)];
    if (mtu > most) {
      context.error('LG062', [...path, 'mtu'], `an MTU of ${mtu} does not fit: ${sum}`, `Use ${most} or less, or leave it out.`);
      return;
    }
    const ends = resolveEnds(ground, tunnel, index);
    if (mtu < LEAST_MTU6 && ends.some((end) => end.innerCidr6 !== undefined)) {
      context.error('LG062', [...path, 'mtu'], `the tunnel carries IPv6, which needs an MTU of ${LEAST_MTU6}, and has ${mtu}${mtu < most ? '' : `: ${sum}`}`, mtu < most ? `Use ${LEAST_MTU6} to ${most}, or leave it out.` : `Give the network below an MTU of ${LEAST_MTU6 + overheadOf(kind, family)} or more.`);
      return;
    }
    if (tunnel.value['carries'] !== 'docker') return;
    const why = mtu < most ? `, whose own MTU is ${mtu}` : `: ${sum}`;
    for (const { node } of ends) {
      const given = givenContainerMtu(ground, node.name);
      if (given !== undefined && given > mtu) context.error('LG062', ['nodes', node.group, 'docker', 'mtu'], `containers with an MTU of ${given} do not fit through the tunnel "${tunnel.name}"${why}`, `Use ${mtu} or less, or leave it out.`);
      const bridge = ownBridge(ground, node.name);
      const wide = bridgeMtu(ground, bridge);
      // Where docker.mtu says what containers have, the bridge may be wider.
      if (bridge !== undefined && given === undefined && wide !== undefined && wide > mtu && context.isSound(['bridges', bridge])) context.error('LG062', ['bridges', bridge, 'mtu'], `what is on "${bridge}" with an MTU of ${wide} does not fit through the tunnel "${tunnel.name}"${why}`, `Use ${mtu} or less, or leave it out.`);
    }
  });
}
