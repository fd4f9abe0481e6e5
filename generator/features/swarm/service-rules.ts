/** What docker service create would refuse, or leave without a place to run, said before anything runs. */
import { isTree, listOf, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { containerSources, hostsOf } from '../containers/resolve.js';
import { parsePort, portOwner } from '../containers/ports.js';
import { membersOf, namedIn, swarmSource } from './sources.js';

function each(context: RuleContext, visit: (name: string, value: Tree, path: Path) => void): void {
  for (const { name, value } of namedIn(swarmSource(context.source), 'services')) visit(name, value, ['swarm', 'services', name]);
}

export function networksExist(context: RuleContext): void {
  const names = namedIn(swarmSource(context.source), 'networks').map((network) => network.name);
  each(context, (_name, value, path) => {
    listOf(value['networks']).forEach((network, index) => {
      const at = [...path, 'networks', index];
      if (names.includes(String(network)) || !context.isSound(at)) return;
      context.error('LG040', at, `the swarm has no network "${String(network)}"`, names.length === 0 ? 'Make it under "swarm: {networks: …}".' : context.nearest(String(network), names, 'network'));
    });
  });
}

/** A published port is taken on every node of the swarm. */
export function portsAreFree(context: RuleContext): void {
  const taken = containerPorts(context);
  each(context, (name, value, path) => {
    listOf(value['publish']).forEach((text, index) => {
      const at = [...path, 'publish', index];
      if (!context.isSound(at)) return;
      const port = parsePort(String(text));
      if (!port) {
        context.error('LG014', at, `${JSON.stringify(text)} is not a pair of ports`, 'Ports go from 1 to 65535.');
        return;
      }
      const key = `${port.hostPort ?? ''}/${port.protocol}`;
      const owner = taken.get(key);
      const own = portOwner(port, true);
      if (own !== undefined) context.error('LG071', at, `port ${key} of every node belongs to ${own}`, 'Use another port.');
      else if (owner !== undefined) context.error('LG071', at, `port ${key} is already published by ${owner}`, 'A service is published on every node of the swarm; use another port.');
      taken.set(key, owner ?? `the service "${name}"`);
    });
    if (value['endpoint'] === 'dnsrr' && listOf(value['publish']).length > 0 && context.isSound([...path, 'endpoint'])) {
      context.error('LG131', [...path, 'endpoint'], `"${name}" publishes ports and has no address of its own`, 'Published ports lead to the one address of "endpoint: vip".');
    }
  });
}

function containerPorts(context: RuleContext): Map<string, string> {
  const members = membersOf(context.ground, swarmSource(context.source));
  const taken = new Map<string, string>();
  for (const { name, value } of containerSources(context.source)) {
    const node = hostsOf(context.ground, value).find((host) => members.includes(host));
    for (const text of listOf(value['ports'])) {
      const port = parsePort(String(text));
      if (node && port?.hostPort !== undefined) taken.set(`${port.hostPort}/${port.protocol}`, `the container "${name}" on ${node.name}`);
    }
  }
  return taken;
}

/** A constraint that no node meets leaves the tasks pending for ever. */
export function constraintsHold(context: RuleContext): void {
  const members = membersOf(context.ground, swarmSource(context.source)).map((node) => node.name);
  each(context, (_name, value, path) => {
    listOf(value['constraints']).forEach((text, index) => {
      const at = [...path, 'constraints', index];
      const [, key, wanted = ''] = /^node\.(hostname|role) *[=!]= *(.*)$/.exec(String(text)) ?? [];
      if (key === undefined || !context.isSound(at)) return;
      if (key === 'hostname' && !members.includes(wanted)) context.error('LG040', at, `the swarm has no node "${wanted}"`, context.nearest(wanted, members, 'node'));
      if (key === 'role' && !['manager', 'worker'].includes(wanted)) context.error('LG131', at, `a node's role is never "${wanted}"`, 'It is manager or worker.');
    });
  });
}

export function environmentIsText(context: RuleContext): void {
  each(context, (_name, value, path) => {
    for (const [key, text] of Object.entries(isTree(value['env']) ? value['env'] : {})) {
      if (typeof text === 'string' && /[\u0000\r\n]/.test(text) && context.isSound([...path, 'env', key])) context.error('LG101', [...path, 'env', key], `the value of ${key} has a line break`, 'docker service create --env takes one line.');
    }
  });
}
