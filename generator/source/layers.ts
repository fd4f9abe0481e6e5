/** Several files, one over another, as if they were one: every path still has its place in the file that says it. */
import { hasPath, isTree, type Tree } from '../model/merge.js';
import type { Path, Problem } from '../model/problem.js';
import type { ParsedFile } from './parse.js';

/** `layers`: the lowest one first, merged they are `value`. */
export function layered(top: ParsedFile, layers: readonly ParsedFile[], value: Tree, problems: readonly Problem[]): ParsedFile {
  return {
    file: top.file,
    text: top.text,
    value,
    problems,
    locate(path, key) {
      const home = homeOf(layers, path) ?? { layer: top, path };
      return home.layer.locate(home.path, key);
    },
    has: (path) => hasPath(value, path),
  };
}

interface Home {
  readonly layer: ParsedFile;
  readonly path: Path;
}

function homeOf(layers: readonly ParsedFile[], path: Path): Home | undefined {
  return path[0] === 'checks' && typeof path[1] === 'number' ? homeOfCheck(layers, path[1], path.slice(2)) : homeOfValue(layers, path);
}

/** Checks are not replaced but added: an index counts through all files. */
function homeOfCheck(layers: readonly ParsedFile[], index: number, rest: Path): Home | undefined {
  let left = index;
  for (const layer of layers) {
    const own = layer.value['checks'];
    const count = Array.isArray(own) ? own.length : 0;
    if (left < count) return { layer, path: ['checks', left, ...rest] };
    left -= count;
  }
  return undefined;
}

/** The uppermost file that says it; else the one that says most of the way to it. */
function homeOfValue(layers: readonly ParsedFile[], path: Path): Home | undefined {
  let best: Home | undefined;
  let most = 0;
  for (const layer of [...layers].reverse()) {
    const reached = reach(layer.value, path);
    // A list or a plain value hides what is below it.
    if (reached.hides || reached.depth === path.length) return { layer, path: reached.hides && path[0] === 'vars' ? path.slice(0, reached.depth) : path };
    if (reached.depth > most) [best, most] = [{ layer, path }, reached.depth];
  }
  return best;
}

function reach(tree: Tree, path: Path): { readonly depth: number; readonly hides: boolean } {
  let node: unknown = tree;
  for (const [depth, step] of path.entries()) {
    if (node !== null && !isTree(node)) return { depth, hides: true };
    if (node === null || !Object.hasOwn(node, step)) return { depth, hides: false };
    node = node[step];
  }
  return { depth: path.length, hides: false };
}
