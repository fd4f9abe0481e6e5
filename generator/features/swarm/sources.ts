/** The `swarm:` block as written, and which nodes it means. */
import type { Ground } from '../../model/ground.js';
import type { Network, Node } from '../../model/lab.js';
import { isTree, listOf, type Tree } from '../../model/merge.js';
import { sharedNetwork } from '../members.js';

/** Undefined where the lab, at this stage, has no swarm. */
export function swarmSource(source: Tree): Tree | undefined {
  return isTree(source['swarm']) ? source['swarm'] : undefined;
}

/** `networks` or `services` with their names. */
export function namedIn(swarm: Tree | undefined, key: 'networks' | 'services'): readonly { readonly name: string; readonly value: Tree }[] {
  const block = swarm?.[key];
  return Object.entries(isTree(block) ? block : {}).map(([name, value]) => ({ name, value: isTree(value) ? value : {} }));
}

/** The nodes of one list, groups expanded, each once. */
export function nodesIn(ground: Ground, swarm: Tree | undefined, key: 'managers' | 'workers' | 'drained'): readonly Node[] {
  return [...new Set(listOf(swarm?.[key]).flatMap((name) => ground.members(String(name)) ?? []))];
}

/** Managers first, in the lab's order; a node of both lists counts once. */
export function membersOf(ground: Ground, swarm: Tree | undefined): readonly Node[] {
  return [...new Set([...nodesIn(ground, swarm, 'managers'), ...nodesIn(ground, swarm, 'workers')])];
}

/** The network of the lab that carries overlay networks. */
export function carrierOf(ground: Ground, swarm: Tree | undefined): Network | undefined {
  const name = sharedNetwork(ground, membersOf(ground, swarm));
  return ground.networks.find((network) => network.name === name);
}
