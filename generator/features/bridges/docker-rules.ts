/** What makes a bridge of no use to dockerd. */
import { ownBridge } from '../../model/container-networks.js';
import { isTree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { spotsOf, type Spot } from './spots.js';

/** dockerd refuses to start with a bridge that is not there, or has no address. */
export function dockerFindsItsBridge(context: RuleContext): void {
  const all = spotsOf(context.ground);
  for (const node of context.ground.nodes) {
    const bridge = node.docker ? ownBridge(context.ground, node.name) : undefined;
    const at: Path = ['nodes', node.group, 'docker', 'bridge'];
    if (bridge === undefined || !context.isSound(at) || !context.isSound(['bridges', bridge])) continue;
    const here = all.filter((spot) => spot.node === node);
    const spot = here.find((each) => each.bridge === bridge);
    if (!spot) {
      const elsewhere = all.some((each) => each.bridge === bridge);
      if (elsewhere) context.error('LG120', at, `the bridge "${bridge}" is not on ${node.name}`, 'Put it there too; dockerd refuses to start without its bridge.');
      else context.error('LG040', at, `there is no bridge "${bridge}"`, context.nearest(bridge, ['docker0', ...here.map((each) => each.bridge)], 'bridge'));
    } else if (spot.kind === 'ovs') context.error('LG120', at, `"${bridge}" is an Open vSwitch bridge, and dockerd can use Linux bridges only`, 'Use "kind: linux", or give containers "network: none" and pipework.');
    else if (spot.address === undefined) context.error('LG120', at, `"${bridge}" has no address on ${node.name}`, `Add "address: 10.0.0.1/24" to it: dockerd takes the containers' network from there.`);
    else mtuFits(context, spot, at);
  }
}

function mtuFits(context: RuleContext, spot: Spot, at: Path): void {
  const docker = context.ground.nodeSource(spot.node.name)['docker'];
  const [mtu, own] = [isTree(docker) ? docker['mtu'] : undefined, spot.value['mtu']];
  if (typeof own === 'number' && typeof mtu === 'number' && mtu > own) context.error('LG062', [...at.slice(0, -1), 'mtu'], `containers with an MTU of ${mtu} do not fit through "${spot.bridge}", whose MTU is ${own}`, `Use ${own} or less.`);
}

