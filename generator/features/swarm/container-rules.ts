/** Containers of the lab on overlay networks, and names that must not meet. */
import type { RuleContext } from '../feature.js';
import { containerSources, hostsOf } from '../containers/resolve.js';
import { membersOf, namedIn, nodesIn, swarmSource } from './sources.js';
import { isTree } from '../../model/merge.js';

export function namesAreFree(context: RuleContext): void {
  const own = Object.keys(isTree(context.source['dockerNetworks']) ? context.source['dockerNetworks'] : {});
  for (const { name } of namedIn(swarmSource(context.source), 'networks')) {
    const path = ['swarm', 'networks', name];
    if (['bridge', 'none', 'host', 'default', 'ingress', 'docker_gwbridge'].includes(name)) context.error('LG041', path, `"${name}" is a network Docker has by itself`, 'Choose another name.');
    else if (own.includes(name)) context.error('LG041', path, `"${name}" is also one of dockerNetworks`, 'Give each network a name of its own.');
  }
}

/** Both are names that others on a network ask for. */
export function serviceNamesAreFree(context: RuleContext): void {
  const containers = containerSources(context.source).map((each) => each.name);
  for (const { name } of namedIn(swarmSource(context.source), 'services')) {
    if (containers.includes(name)) context.error('LG041', ['swarm', 'services', name], `"${name}" is also a container`, 'On one network both would answer to the name; choose another.');
  }
}

/** The swarm lets a container on a network only where it may run tasks. */
export function containersAreAttachable(context: RuleContext): void {
  const swarm = swarmSource(context.source);
  const [members, drained] = [membersOf(context.ground, swarm), nodesIn(context.ground, swarm, 'drained')];
  for (const { name, value } of containerSources(context.source)) {
    const network = namedIn(swarm, 'networks').find((each) => each.name === value['network']);
    const path = ['containers', name, 'network'];
    if (!network || !context.isSound(path) || !context.isSound(['containers', name, 'node']) || !context.isSound(['swarm', 'networks', network.name])) continue;
    const hosts = hostsOf(context.ground, value);
    const [stranger, idle] = [hosts.find((node) => !members.includes(node)), hosts.find((node) => drained.includes(node))];
    if (network.value['attachable'] !== true) context.error('LG070', path, `only tasks of services may be on "${network.name}"`, `Add "attachable: true" to the network.`);
    else if (!context.isSound(['swarm', 'managers']) || !context.isSound(['swarm', 'workers'])) continue;
    else if (stranger) context.error('LG070', path, `${stranger.name} is not in the swarm that has the network "${network.name}"`, 'Put the container on one of its nodes.');
    else if (idle) context.error('LG070', path, `${idle.name} is drained, and a drained node gets nothing onto an overlay network`, 'Put the container on another node.');
  }
}
