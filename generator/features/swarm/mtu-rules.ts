/** An overlay network cannot pass more than the network that carries it. */
import { carriedBy, mtuOf } from '../../model/mtu.js';
import type { RuleContext } from '../feature.js';
import { carrierOf, namedIn, swarmSource } from './sources.js';

export function overlaysPass(context: RuleContext): void {
  const swarm = swarmSource(context.source);
  const carrier = carrierOf(context.ground, swarm);
  if (!carrier) return;
  for (const { name, value } of namedIn(swarm, 'networks')) {
    const at = ['swarm', 'networks', name, 'mtu'];
    const given = value['mtu'];
    if (typeof given !== 'number' || given <= mtuOf(carrier) || !context.isSound(at)) continue;
    context.error('LG062', at, `packets of ${given} bytes between the nodes do not fit into ${carriedBy(carrier)}`, `Use ${mtuOf(carrier)} or less, or leave it out.`);
  }
}
