/** Every subnet a lab writes that becomes one of its nodes' or containers', with its place; those of `networks:` are the ground's, and pools are dockerd's to choose from. */
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import { writtenPipes } from '../pipework/resolve.js';

export interface WrittenSubnet {
  readonly cidr: string;
  readonly path: Path;
}

export function writtenSubnets(source: Tree): readonly WrittenSubnet[] {
  const found: WrittenSubnet[] = [];
  const add = (tree: unknown, key: string, path: Path): void => {
    const cidr = isTree(tree) ? tree[key] : undefined;
    if (typeof cidr === 'string' && cidr.includes('/')) found.push({ cidr, path: [...path, key] });
  };
  const each = (tree: unknown, path: Path, visit: (value: unknown, path: Path) => void): void => {
    for (const [name, value] of Object.entries(isTree(tree) ? tree : {})) visit(value, [...path, name]);
  };
  const within = (key: string): Tree => (isTree(source[key]) ? source[key] : {});
  each(source['nodes'], ['nodes'], (node, path) => {
    add(isTree(node) ? node['docker'] : undefined, 'bip', [...path, 'docker']);
  });
  each(source['bridges'], ['bridges'], (bridge, path) => {
    add(bridge, 'address', path);
    each(isTree(bridge) ? bridge['nodes'] : undefined, [...path, 'nodes'], (own, at) => add(own, 'address', at));
  });
  each(source['dockerNetworks'], ['dockerNetworks'], (network, path) => add(network, 'subnet', path));
  each(source['tunnels'], ['tunnels'], (tunnel, path) => each(isTree(tunnel) ? tunnel['ends'] : undefined, [...path, 'ends'], (end, at) => add(end, 'address', at)));
  // On a bridge with an address the bridge says it already.
  for (const { pipe, path } of writtenPipes(source)) if (!hasAddress(within('bridges')[String(pipe['bridge'])])) add(pipe, 'address', path);
  add(source['weave'], 'range', ['weave']);
  add(source['flannel'], 'network', ['flannel']);
  add(source['swarm'], 'addressPool', ['swarm']);
  each(within('swarm')['networks'], ['swarm', 'networks'], (network, path) => add(network, 'subnet', path));
  return found;
}

function hasAddress(bridge: unknown): boolean {
  if (!isTree(bridge)) return false;
  const own = isTree(bridge['nodes']) ? Object.values(bridge['nodes']) : [];
  return [bridge, ...own].some((each) => isTree(each) && each['address'] !== undefined);
}
