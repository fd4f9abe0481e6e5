/** Whether a lab speaks IPv6, told before it is resolved. */
import { isTree, type Tree } from './merge.js';

/** An address or network of IPv6, also in brackets. */
const LOOKS_LIKE_IT = /^\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*(\]|\/|$)/;

function valuesOf(tree: unknown, key: string): readonly unknown[] {
  const block = isTree(tree) ? tree[key] : undefined;
  return Array.isArray(block) ? (block as unknown[]) : Object.values(isTree(block) ? block : {});
}

/** What nodes have unless they say otherwise. */
function defaultsOf(tree: Tree): readonly unknown[] {
  return isTree(tree['defaults']) ? [tree['defaults']['nodes']] : [];
}

function has(value: unknown, key: string): boolean {
  return isTree(value) && value[key] !== undefined && value[key] !== null && value[key] !== false;
}

function isOfIt(rule: unknown): boolean {
  return isTree(rule) && (rule['family'] === 6 || ['to', 'source', 'destination'].some((side) => typeof rule[side] === 'string' && LOOKS_LIKE_IT.test(rule[side])));
}

/** `trees`: a lab and the overlays of its stages, because what one stage makes, another takes away. */
export function speaks6(trees: readonly Tree[]): boolean {
  return trees.some((tree) =>
    [...valuesOf(tree, 'networks'), ...valuesOf(tree, 'dockerNetworks')].some((each) => has(each, 'subnet6')) ||
    [...valuesOf(tree, 'nodes'), ...defaultsOf(tree)].some((each) => isTree(each) && has(each['docker'], 'ipv6')) ||
    valuesOf(tree, 'tunnels').some((each) => valuesOf(each, 'ends').some((end) => has(end, 'address6'))) ||
    [...valuesOf(tree, 'routes'), ...valuesOf(tree, 'firewall')].some(isOfIt),
  );
}
