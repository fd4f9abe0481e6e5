/** `{var: name}` anywhere in a lab stands for a variable of its `vars:` block: a plain value, or a declared one. */
import { isTree, put, type Tree } from './merge.js';
import type { Path } from './problem.js';

/** Where a variable is used that cannot be put in. */
export interface UnknownVariable {
  readonly name: string;
  readonly path: Path;
}

/** The variable a value refers to, if it is a reference. */
export function reference(value: unknown): string | undefined {
  if (!isTree(value) || !Object.hasOwn(value, 'var') || Object.keys(value).length !== 1) return undefined;
  return typeof value['var'] === 'string' ? value['var'] : undefined;
}

/** `{type, default, description, enum}`; undefined where a variable is written as a plain value. */
export function declaration(written: unknown): Tree | undefined {
  return isTree(written) ? written : undefined;
}

/** Replaces every reference outside `vars` itself, but for those of `withheld`. Returns the same object where there is none. */
export function substitute(source: Tree, unknown: UnknownVariable[], withheld: ReadonlySet<string> = new Set(), left: UnknownVariable[] = []): Tree {
  const variables = isTree(source['vars']) ? source['vars'] : {};
  const walk = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) {
      let changed = false;
      const items = value.map((item: unknown, index) => {
        const inner = walk(item, [...path, index]);
        if (inner !== item) changed = true;
        return inner;
      });
      return changed ? items : value;
    }
    if (!isTree(value)) return value;
    const name = reference(value);
    if (name !== undefined) {
      if (withheld.has(name)) left.push({ name, path });
      else if (Object.hasOwn(variables, name)) return valueOf(variables[name]);
      else unknown.push({ name, path });
      return value;
    }
    let copy: Tree | undefined;
    for (const [key, item] of Object.entries(value)) {
      const inner = path.length === 0 && key === 'vars' ? item : walk(item, [...path, key]);
      if (inner === item) continue;
      copy ??= { ...value };
      put(copy, key, inner);
    }
    return copy ?? value;
  };
  return walk(source, []) as Tree;
}

function valueOf(written: unknown): unknown {
  const declared = declaration(written);
  return declared ? declared['default'] : written;
}
