/** What a lab says once for many: a named check wherever it is used, defaults under every member. Each part keeps the place where it is written. */
import { hasPath, isTree, mergePart, put, valueAt, type Tree } from '../model/merge.js';
import type { Path } from '../model/problem.js';

/** Blocks whose members have defaults; of `checks` each item is one. */
const MAPS: readonly string[] = ['nodes', 'containers'];
/** Keys of a check that are about it, and not what it asks. */
const ABOUT: readonly string[] = ['use', 'expect', 'within', 'why'];

/** The named check an item of `checks` uses; undefined where it uses none, or one that is not there. */
function usedBy(tree: Tree, item: unknown): Tree | undefined {
  const name = isTree(item) ? item['use'] : undefined;
  const named = typeof name === 'string' ? valueAt(tree, ['namedChecks', name]) : undefined;
  return isTree(named) ? named : undefined;
}

/** Names of the named checks that are used. */
export function usedChecks(tree: Tree): readonly string[] {
  return (Array.isArray(tree['checks']) ? (tree['checks'] as unknown[]) : []).flatMap((item) => (isTree(item) && typeof item['use'] === 'string' ? [item['use']] : []));
}

/** The lab with all of it in place. Returns the same object where there is nothing to do. */
export function expand(tree: Tree): Tree {
  const defaults = isTree(tree['defaults']) ? tree['defaults'] : {};
  const checks = expandChecks(tree, isTree(defaults['checks']) ? defaults['checks'] : undefined);
  let expanded: Tree = checks === undefined ? tree : { ...tree, checks };
  for (const block of MAPS) {
    const [below, members] = [defaults[block], tree[block]];
    if (!isTree(below) || !isTree(members)) continue;
    const filled: Tree = {};
    for (const [name, member] of Object.entries(members)) put(filled, name, isTree(member) || member === null ? mergePart(below, member ?? {}) : member);
    expanded = { ...expanded, [block]: filled };
  }
  return expanded;
}

function expandChecks(tree: Tree, below: Tree | undefined): readonly unknown[] | undefined {
  const written = tree['checks'];
  if (!Array.isArray(written) || (below === undefined && !isTree(tree['namedChecks']))) return undefined;
  return (written as unknown[]).map((item) => {
    if (!isTree(item)) return item;
    const used = usedBy(tree, item);
    const { use: _use, ...own } = item;
    const check = used ? mergePart(used, own) : item;
    return below ? mergePart(below, check) : check;
  });
}

/** Where a path of the expanded lab is written in the lab as it was. */
export function origin(tree: Tree, path: Path): Path {
  const [block, member, ...rest] = path;
  if (typeof block !== 'string' || member === undefined) return path;
  if (block === 'checks') return originOfCheck(tree, path);
  if (!MAPS.includes(block)) return path;
  return firstSaying(tree, [path.slice(0, 2), ['defaults', block]], rest) ?? path;
}

function originOfCheck(tree: Tree, path: Path): Path {
  const [block = '', index = 0, ...rest] = path;
  const item = valueAt(tree, [block, index]);
  const used = usedBy(tree, item);
  const home: Path = used ? ['namedChecks', (item as Tree)['use'] as string] : [];
  // What is wrong with the whole of it, is wrong with the one that asks.
  if (rest.length === 0) return used && Object.keys(item as Tree).every((key) => ABOUT.includes(key)) ? home : path;
  return firstSaying(tree, [[block, index], ...(used ? [home] : []), ['defaults', block]], rest) ?? path;
}

/** The first of some places that has the whole of a path, or else most of it. */
function firstSaying(tree: Tree, places: readonly Path[], rest: Path): Path | undefined {
  for (let length = rest.length; length > 0; length--) {
    const part = rest.slice(0, length);
    const place = places.find((each) => hasPath(tree, [...each, ...part]));
    if (place) return [...place, ...rest];
  }
  return undefined;
}
