/** Parts of a schema that are written out more than once, made into definitions of it. */
import type { JsonSchema } from '../model/schema.js';

/** Shorter than this a reference would save nothing. */
const WORTH = 60;

/** Where parts are schemas and no values. */
const KEYWORDS = ['items', 'additionalProperties', 'propertyNames', 'anyOf', 'if', 'then', 'else'];

/** The same schema with a definition for each part that occurs several times, in those there were too; these are kept. */
export function share(schema: JsonSchema): JsonSchema {
  const { definitions: there, ...body } = schema;
  const counts = new Map<string, number>();
  for (const part of [body, ...Object.values((there ?? {}) as JsonSchema)]) count(part, counts);
  const definitions: Record<string, unknown> = { ...(there as JsonSchema | undefined) };
  const names = new Map<string, string>();
  const replace = (part: unknown): unknown => {
    const text = JSON.stringify(part);
    if ((counts.get(text) ?? 0) < 2 || text.length < WORTH) return inside(part, replace);
    let name = names.get(text);
    if (name === undefined) {
      name = nameOf(part as JsonSchema, definitions);
      names.set(text, name);
      definitions[name] = {};
      definitions[name] = inside(part, replace);
    }
    return { $ref: `#/definitions/${name}` };
  };
  const shared = inside(body, replace) as JsonSchema;
  for (const [name, part] of Object.entries((there ?? {}) as JsonSchema)) definitions[name] = inside(part, replace);
  return { ...shared, definitions };
}

/** What is inside a part that occurs again does not occur again by that. */
function count(part: unknown, counts: Map<string, number>): void {
  const text = JSON.stringify(part);
  const times = (counts.get(text) ?? 0) + 1;
  counts.set(text, times);
  if (times === 1) inside(part, (inner) => (count(inner, counts), inner));
}

/** A copy with every schema directly inside it replaced. */
function inside(part: unknown, replace: (part: unknown) => unknown): unknown {
  if (typeof part !== 'object' || part === null || '$ref' in part) return part;
  const each = (value: unknown): unknown => (Array.isArray(value) ? value.map(replace) : typeof value === 'object' && value !== null ? replace(value) : value);
  return Object.fromEntries(Object.entries(part).map(([key, value]) => {
    if (key === 'properties') return [key, Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, replace(inner)]))];
    return [key, KEYWORDS.includes(key) ? each(value) : value];
  }));
}

/** After what the part is about, for who reads the schema itself. */
function nameOf(part: JsonSchema, taken: JsonSchema): string {
  const about = String(part['title'] ?? part['patternErrorMessage'] ?? part['description'] ?? part['type'] ?? 'part');
  const words = about.replace(/^Needed: /, '').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
  const plain = words.slice(0, 6).join('-');
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}
