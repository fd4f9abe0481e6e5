/** `groups:`, names that stand for several nodes; the groups a `count` makes are in ground.ts. */
import type { GroundReport } from './ground.js';
import type { Node } from './lab.js';
import { isTree, listOf, type Tree } from './merge.js';
import type { Path } from './problem.js';

/** What nodes and groups of `count` there are. */
export interface KnownNodes {
  readonly names: readonly string[];
  members(name: string): readonly Node[] | undefined;
}

/** The nodes each group stands for, each node once, in the order in which the lab has them. Groups whose name is taken are left out. */
export function namedGroups(source: Tree, nodes: KnownNodes, report: GroundReport): ReadonlyMap<string, readonly Node[]> {
  const written = isTree(source['groups']) ? source['groups'] : {};
  const containers = isTree(source['containers']) ? source['containers'] : {};
  const found = new Map<string, readonly Node[]>();
  const open: string[] = [];
  const resolve = (name: string): readonly Node[] => {
    const known = found.get(name);
    if (known) return known;
    open.push(name);
    const members = new Set(listOf(written[name]).flatMap((item, index) => memberOf(item, ['groups', name, index])));
    open.pop();
    found.set(name, [...members]);
    return [...members];
  };
  const memberOf = (item: unknown, path: Path): readonly Node[] => {
    if (typeof item !== 'string' || !report.isSound(path)) return [];
    const node = nodes.members(item);
    if (node) return node;
    if (open.includes(item)) report.error('LG154', path, `the group "${item}" is a member of itself: ${[...open.slice(open.indexOf(item)), item].join(' → ')}`, 'Take one of these members away.');
    else if (Object.hasOwn(written, item)) return resolve(item);
    else report.error('LG040', path, `there is no node "${item}"`, report.nearest(item, [...nodes.names, ...Object.keys(written)], 'node'));
    return [];
  };
  for (const name of Object.keys(written)) {
    const owner = nodes.members(name) ? 'a node, or a group that a count makes' : Object.hasOwn(containers, name) ? 'a container' : undefined;
    if (owner) report.error('LG041', ['groups', name], `the group "${name}" is also ${owner}`, 'Nodes, groups and containers share one set of names, so that checks can name any of them.');
    resolve(name);
  }
  for (const name of found.keys()) if (nodes.members(name)) found.delete(name);
  return found;
}
