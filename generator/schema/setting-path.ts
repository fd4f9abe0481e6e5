/** What the steps of a `--set` path are by the schema: keys of the language, or names that the lab gives. */
import type { Path } from '../model/problem.js';
import type { JsonSchema } from '../model/schema.js';

export interface SettingPath {
  readonly path: Path;
  /** Steps, counted from 0, that name something a value is set within: it has to be there. A variable has to be there itself. */
  readonly names: readonly number[];
  /** Steps into a list, each of which has to be an item of it. */
  readonly items: readonly number[];
  /** A step that is no key of the language where it stands, and those that are. */
  readonly unknown?: { readonly step: number; readonly legal: readonly string[] };
}

/** `path` with the steps of one name put together: in a map of plain values, as in `sysctls.net.ipv4.ip_forward`, no step leads on. */
export function settingPath(schema: JsonSchema, path: Path): SettingPath {
  const names: number[] = [];
  const items: number[] = [];
  let node: JsonSchema | undefined = schema;
  for (const [index, step] of path.entries()) {
    node = resolved(schema, node);
    const properties = node?.['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
    const member: unknown = node?.['additionalProperties'];
    if (properties && Object.hasOwn(properties, step)) node = properties[step];
    else if (isSchema(node?.['items']) && (typeof step === 'number' || !isSchema(member))) {
      items.push(index);
      node = node['items'];
    } else if (isSchema(member)) {
      if (path[0] !== 'vars' && isPlain(member)) return { path: [...path.slice(0, index), path.slice(index).join('.')], names, items };
      if (index < path.length - 1 || path[0] === 'vars') names.push(index);
      node = member;
    } else return { path, names, items, ...(properties && member === false ? { unknown: { step: index, legal: Object.keys(properties) } } : {}) };
  }
  return { path, names, items };
}

/** A check is a definition. */
function resolved(schema: JsonSchema, node: JsonSchema | undefined): JsonSchema | undefined {
  const [, name] = /^#\/definitions\/(.+)$/.exec(String(node?.['$ref'] ?? '')) ?? [];
  return name === undefined ? node : (schema['definitions'] as Readonly<Record<string, JsonSchema>> | undefined)?.[name];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nothing can be set within such a value. */
function isPlain(schema: JsonSchema): boolean {
  const type: unknown = schema['type'];
  const types: readonly unknown[] = Array.isArray(type) ? (type as unknown[]) : [type];
  return type !== undefined && !types.includes('object') && !types.includes('array');
}
