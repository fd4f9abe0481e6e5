/** Merging of lab sources: maps deep, lists replaced, `checks` appended, `null` removes. */

export type Tree = { [key: string]: unknown };

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a key as data even when it is called `__proto__`. */
export function put(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
}

/** `overlay` over `base`; neither is changed. */
export function merge(base: Tree, overlay: Tree, top = true): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    if (value === null) delete merged[key];
    else if (top && key === 'checks' && Array.isArray(value)) put(merged, key, [...(Array.isArray(old) ? (old as unknown[]) : []), ...(value as unknown[])]);
    else if (isTree(value)) put(merged, key, merge(isTree(old) ? old : {}, value, false));
    else put(merged, key, value);
  }
  return merged;
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
