/** What makes a swarm impossible: who is in it, and how their dockerd is set up. */
import { isTree, listOf } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { sharedNetwork } from '../members.js';
import { membersOf, nodesIn, swarmSource } from './sources.js';

const LISTS = ['managers', 'workers', 'drained'] as const;

function eachName(context: RuleContext, lists: readonly (typeof LISTS)[number][], visit: (name: string, path: Path, list: string) => void): void {
  const swarm = swarmSource(context.source);
  for (const list of lists) {
    listOf(swarm?.[list]).forEach((name, index) => {
      const path = ['swarm', list, index];
      if (typeof name === 'string' && context.isSound(path)) visit(name, path, list);
    });
  }
}

export function membersExist(context: RuleContext): void {
  eachName(context, LISTS, (name, path) => {
    const members = context.ground.members(name);
    if (!members) context.error('LG040', path, `there is no node "${name}"`, context.nearest(name, context.ground.names, 'node'));
    else if (members.some((node) => !node.docker)) context.error('LG052', path, `"${name}" has no Docker`, 'Take "docker: false" from it, or leave it out here.');
  });
}

export function oneRoleEach(context: RuleContext): void {
  const roles = new Map<string, string>();
  eachName(context, ['managers', 'workers'], (name, path, list) => {
    const role = list.slice(0, -1);
    for (const node of context.ground.members(name) ?? []) {
      const known = roles.get(node.name);
      if (known !== undefined && context.isSound(path)) context.error('LG130', path, `"${node.name}" is already a ${known}`, 'Name each node once; a manager runs tasks, too.');
      roles.set(node.name, known ?? role);
    }
  });
}

export function onlyMembersAreDrained(context: RuleContext): void {
  if (!context.isSound(['swarm', 'managers']) || !context.isSound(['swarm', 'workers'])) return;
  const members = membersOf(context.ground, swarmSource(context.source));
  eachName(context, ['drained'], (name, path) => {
    const stranger = (context.ground.members(name) ?? []).find((node) => !members.includes(node));
    if (stranger) context.error('LG130', path, `"${stranger.name}" is not in the swarm`, 'Only its managers and workers can be drained.');
  });
}

/** More than half of the managers have to be up: one more than an odd number only adds one that may fail. */
export function enoughManagers(context: RuleContext): void {
  const count = nodesIn(context.ground, swarmSource(context.source), 'managers').length;
  if (count === 0 || count % 2 === 1 || !context.isSound(['swarm', 'managers'])) return;
  context.warning('LG130', ['swarm', 'managers'], `${count} managers bear the loss of ${count / 2 - 1}, no more than ${count - 1} would`, 'More than half have to agree: use an odd number.');
}

export function membersMeet(context: RuleContext): void {
  const swarm = swarmSource(context.source);
  const members = membersOf(context.ground, swarm);
  if (!swarm || members.length < 2 || !context.isSound(['swarm', 'managers']) || !context.isSound(['swarm', 'workers']) || !context.isSound(['nodes']) || !context.isSound(['networks']) || sharedNetwork(context.ground, members) !== undefined) return;
  context.error('LG130', ['swarm', 'managers'], `no network of the lab has all of ${members.map((node) => node.name).join(', ')} on it`, 'Put them on one network, by which they find each other.');
}

/** What dockerd refuses together with a swarm, or what leaves a swarm without its networks. */
export function daemonsFit(context: RuleContext): void {
  for (const node of membersOf(context.ground, swarmSource(context.source))) {
    const docker = context.ground.nodeSource(node.name)['docker'];
    const path: Path = ['nodes', node.group, 'docker'];
    if (!isTree(docker) || !context.isSound(path)) continue;
    if (docker['iptables'] === false) context.error('LG050', [...path, 'iptables'], `"${node.group}" is in the swarm, which needs Docker's packet filter rules`, 'Published ports and the way out of an overlay network are such rules; leave "iptables" on.');
    listOf(docker['flags']).forEach((flag, index) => {
      const text = String(flag);
      if (/^--live-restore(=true)?$/.test(text)) context.error('LG050', [...path, 'flags', index], `"${node.group}" is in the swarm, and dockerd does not take part in one with ${text}`, 'Take the flag away: a swarm starts its tasks anew by itself.');
      else if (/^--firewall-backend=nftables$/.test(text)) context.error('LG050', [...path, 'flags', index], `"${node.group}" is in the swarm, and dockerd does not take part in one with ${text}`, 'Swarm needs the iptables backend; take the flag away.');
    });
  }
}
