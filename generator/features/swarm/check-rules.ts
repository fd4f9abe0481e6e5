/** Names in checks that no other rule looks up: services, and nodes of the swarm. */
import { isTree, listOf } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { membersOf, namedIn, swarmSource } from './sources.js';

export function checksNameServices(context: RuleContext): void {
  const names = namedIn(swarmSource(context.source), 'services').map((service) => service.name);
  listOf(context.source['checks']).forEach((check, index) => {
    const asked = isTree(check) ? check['replicas'] : undefined;
    const path = ['checks', index, 'replicas', 'service'];
    if (!isTree(check) || !isTree(asked) || check['expect'] === 'absent' || names.includes(String(asked['service'])) || !context.isSound(path)) return;
    context.error('LG040', path, `there is no service "${String(asked['service'])}"`, names.length === 0 ? 'The lab has none at this stage.' : context.nearest(String(asked['service']), names, 'service'));
  });
}

/** Only the swarm itself can say of a node whether it is ready. */
export function checksNameMembers(context: RuleContext): void {
  if (!context.isSound(['swarm', 'managers']) || !context.isSound(['swarm', 'workers'])) return;
  const members = membersOf(context.ground, swarmSource(context.source));
  listOf(context.source['checks']).forEach((check, index) => {
    const asked = isTree(check) ? check['swarm'] : undefined;
    const path = ['checks', index, 'swarm', 'node'];
    if (!isTree(check) || !isTree(asked) || check['expect'] === 'absent' || !context.isSound(path)) return;
    const stranger = (context.ground.members(String(asked['node'])) ?? []).find((node) => !members.includes(node));
    if (stranger) context.error('LG090', path, `"${stranger.name}" is not in the swarm`, members.length === 0 ? 'The lab has none at this stage.' : `Its nodes are: ${members.map((node) => node.name).join(', ')}.`);
  });
}
