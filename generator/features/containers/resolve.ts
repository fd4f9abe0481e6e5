/** Containers as values, one for each node of a group. */
import { canonical } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Container, Node } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Contributions } from '../feature.js';
import { parsePort } from './ports.js';

export function containerSources(source: Tree): readonly { readonly name: string; readonly value: Tree }[] {
  const block = isTree(source['containers']) ? source['containers'] : {};
  return Object.entries(block).map(([name, value]) => ({ name, value: isTree(value) ? value : {} }));
}

/** Nodes a container runs on: as said, or the lab's sole Docker node. */
export function hostsOf(ground: Ground, value: Tree): readonly Node[] {
  if (typeof value['node'] === 'string') return ground.members(value['node']) ?? [];
  const hosts = ground.nodes.filter((node) => node.docker);
  return hosts.length === 1 ? hosts : [];
}

/** A group's members carry the number of their node, c-1 on worker-1; of one that "groups" makes its name, c-net-1 on net-1. */
export function nameOn(name: string, value: Tree, node: Node): string {
  if (typeof value['node'] !== 'string' || node.name === value['node']) return name;
  return `${name}-${value['node'] === node.group ? node.name.slice(node.group.length + 1) : node.name}`;
}

export function resolveContainers(ground: Ground): Contributions {
  const containers = containerSources(ground.source).flatMap(({ name, value }) => {
    return hostsOf(ground, value).map((node) => makeContainer(nameOn(name, value, node), name, node, value));
  });
  return { containers: containers.map((each) => ({ ...each, links: each.links.map((link) => ({ ...link, container: onNode(containers, link.container, each.node) })) })) };
}

/** Of a group the member beside it: links do not leave a node. */
function onNode(containers: readonly Container[], name: string, node: string): string {
  return containers.find((each) => (each.name === name || each.group === name) && each.node === node)?.name ?? name;
}

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function makeContainer(name: string, group: string, node: Node, value: Tree): Container {
  const command = value['command'];
  const network = String(value['network'] ?? 'bridge');
  return {
    name,
    group,
    node: node.name,
    image: String(value['image'] ?? 'toolbox'),
    command: Array.isArray(command) ? command.map(String) : command === undefined || command === null ? undefined : ['sh', '-c', String(command)],
    env: Object.entries(isTree(value['env']) ? value['env'] : {}).map(([key, each]) => ({ name: key, value: String(each) })),
    hostname: typeof value['hostname'] === 'string' ? value['hostname'] : network === 'host' || network.startsWith('container:') ? undefined : name,
    network,
    ...(typeof value['address'] === 'string' && { address: value['address'] }),
    ...(typeof value['address6'] === 'string' && { address6: canonical(value['address6']) }),
    links: Object.entries(isTree(value['links']) ? value['links'] : {}).map(([alias, other]) => ({ alias, container: String(other) })),
    aliases: words(value['aliases']),
    expose: words(value['expose']).map((each) => (each.includes('/') ? each : `${each}/tcp`)),
    ports: (Array.isArray(value['ports']) ? (value['ports'] as unknown[]) : []).flatMap((port) => parsePort(String(port)) ?? []),
  };
}
