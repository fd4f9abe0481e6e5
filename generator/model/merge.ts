/** Merging of lab sources: maps deep, lists replaced, `checks` appended, `null` removes, a variable's plain value becomes its default. */

export type Tree = { [key: string]: unknown };

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list as written; none where there is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** Whether two values say the same; the order of keys says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((each, index) => isSame(each, other[index]));
  if (!isTree(one) || !isTree(other)) return Object.is(one, other);
  const keys = Object.keys(one);
  return one === other || (keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key])));
}

/** Sets a key as data even when it is called `__proto__`. */
export function put(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
}

/** `overlay` over `base`; neither is changed. */
export function merge(base: Tree, overlay: Tree): Tree {
  return over(base, overlay, { part: 'lab', keepsNull: false });
}

/** One part of a lab, such as a node, over what it has unless it says otherwise. */
export function mergePart(base: Tree, overlay: Tree): Tree {
  return over(base, overlay, { part: 'other', keepsNull: false });
}

/** A lab over what it includes. Here `null` may also be an empty value, as in `net-1:`: it is, where there is nothing to remove. */
export function mergeFile(base: Tree, file: Tree): Tree {
  return over(base, file, { part: 'lab', keepsNull: true });
}

interface Way {
  /** What the two are: at the top of a lab and in its `vars` some keys are special. */
  readonly part: 'lab' | 'vars' | 'other';
  readonly keepsNull: boolean;
}

function over(base: Tree, overlay: Tree, way: Way): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null && way.keepsNull && !Object.hasOwn(base, key)) put(merged, key, value);
    else if (value === null) delete merged[key];
    else if (way.part === 'lab' && key === 'checks' && Array.isArray(value)) put(merged, key, [...(Array.isArray(old) ? (old as unknown[]) : []), ...(value as unknown[])]);
    else if (isTree(value)) put(merged, key, over(isTree(old) ? old : {}, value, { ...way, part: way.part === 'lab' && key === 'vars' ? 'vars' : 'other' }));
    else if (way.part === 'vars' && isTree(old)) put(merged, key, { ...old, default: value });
    else put(merged, key, value);
  }
  return merged;
}

/** True where the tree has this path, be it with an empty value. */
export function hasPath(tree: unknown, path: readonly (string | number)[]): boolean {
  let node = tree;
  for (const step of path) {
    if (Array.isArray(node) ? !(Number(step) >= 0 && Number(step) < node.length) : !isTree(node) || !Object.hasOwn(node, step)) return false;
    node = (node as Tree)[step];
  }
  return true;
}

/** The value at a path of own keys; undefined where there is none. */
export function valueAt(tree: unknown, path: readonly (string | number)[]): unknown {
  return hasPath(tree, path) ? path.reduce<unknown>((node, step) => (node as Tree)[step], tree) : undefined;
}

/** Sets one path, making maps on the way; undefined where the path runs into a scalar or beyond a list. */
export function setPath(tree: Tree, path: readonly (string | number)[], value: unknown): Tree | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return undefined;
  const set = (node: unknown, steps: readonly (string | number)[]): unknown => {
    const [step, ...more] = steps;
    if (step === undefined) return value;
    if (Array.isArray(node)) {
      const index = Number(step);
      if (!Number.isInteger(index) || index < 0 || index > node.length) return FAILED;
      const inner = set(node[index] as unknown, more);
      return inner === FAILED ? FAILED : Object.assign([...(node as unknown[])], { [index]: inner });
    }
    if (node !== undefined && node !== null && !isTree(node)) return FAILED;
    const inner = set(isTree(node) && Object.hasOwn(node, step) ? node[step] : undefined, more);
    if (inner === FAILED) return FAILED;
    const copy: Tree = { ...(node as Tree | undefined) };
    if (inner === null) delete copy[step];
    else put(copy, String(step), inner);
    return copy;
  };
  const result = set(tree, [head, ...rest]);
  return result === FAILED ? undefined : (result as Tree);
}

const FAILED = Symbol('failed');
