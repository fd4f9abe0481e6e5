/**
 * The schema as code, twice. What tells each mistake is ten times what a sound lab has to pass, so a lab is asked first
 * whether it is wrong at all: ajv leaves errors out of what stands below a `not`.
 */
import { Ajv, type AnySchemaObject } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { JsonSchema } from '../generator/model/schema.js';

/** An ES module that exports the compiled schema as `name`. */
function compile(name: string, schema: AnySchemaObject, allErrors: boolean): string {
  const ajv = new Ajv({ allErrors, messages: allErrors, inlineRefs: false, allowUnionTypes: true, strict: true, strictTypes: false, strictRequired: false, validateFormats: false, validateSchema: true, code: { source: true, esm: true, lines: false } });
  ajv.addVocabulary(['form', 'enumDescriptions']);
  const code = standalone.default(ajv, ajv.compile(schema))
    // ajv's helpers are CommonJS; in the ESM build they are imported instead of required.
    .replaceAll(/const (\w+) = require\("([^"]+)"\)\.default;/g, "import * as $1_m from '$2.js';\nconst $1 = $1_m.default?.default ?? $1_m.default;")
    .replace(/export const validate = (\w+);export default \w+;/, `export { $1 as ${name} };`);
  if (code.includes('require(') || !code.includes(`as ${name} }`)) throw new Error('the compiled schema is not as expected: is ajv another one?');
  return `// Made by scripts/generate.ts from the features' schema fragments.\n// @ts-nocheck\n${code}`;
}

/** All that is wrong, as ajv's errors. */
export function compileErrors(schema: JsonSchema): string {
  return appended(compile('check', schema, true));
}

/** ajv copies all errors so far for each item with errors of its own: for thousands of such items the square of that. */
function appended(code: string): string {
  return code.replaceAll(/vErrors = vErrors === null \? (\w+)\.errors : vErrors\.concat\(\1\.errors\);/g, 'if(vErrors === null){vErrors = $1.errors;}else {for(const each of $1.errors)vErrors.push(each);}');
}

/** True where anything is wrong. */
export function compileIsWrong(schema: JsonSchema): string {
  const { $schema, $id: _id, definitions: { check }, ...shape } = withoutWords(schema) as AnySchemaObject & { definitions: { check: AnySchemaObject } };
  const definitions: Record<string, JsonSchema> = {};
  const body = eachApart(shape, check, definitions) as JsonSchema;
  return keysAlone(compile('isWrong', { $schema, not: body, definitions }, false));
}

/** Where ajv looks for a key among many it does so in the schema itself, and for that would carry all of it along. */
function keysAlone(code: string): string {
  const schemas = new Map([...code.matchAll(/const (schema\d+) = (\{.*?\});/g)].map(([, name = '', json = '']) => [name, json]));
  const sets = new Map<string, string>();
  const short = code.replaceAll(/\w+\.call\((schema\d+)((?:\.\w+)+), ?(\w+)\)/g, (_whole, name: string, path: string, key: string) => {
    let place = JSON.parse(schemas.get(name) ?? '') as Record<string, unknown>;
    for (const step of path.slice(1).split('.')) place = place[step] as Record<string, unknown>;
    const keys = JSON.stringify(Object.keys(place));
    if (!sets.has(keys)) sets.set(keys, `keys${sets.size}`);
    return `${sets.get(keys) ?? ''}.has(${key})`;
  });
  return `${short}\n${[...sets].map(([keys, name]) => `const ${name} = new Set(${keys});`).join('\n')}\n`;
}

/** Each block, node key and kind of check becomes a function of its own: those that a lab does not have are not even read. */
function eachApart(schema: AnySchemaObject, check: AnySchemaObject, definitions: Record<string, JsonSchema>): AnySchemaObject {
  const apart = (properties: Record<string, AnySchemaObject>): Record<string, AnySchemaObject> =>
    Object.fromEntries(Object.entries(properties).map(([key, value]) => {
      const name = String(Object.keys(definitions).length);
      definitions[name] = { not: value };
      return [key, { not: { $ref: `#/definitions/${name}` } }];
    }));
  const { nodes, checks, namedChecks, ...blocks } = schema['properties'] as Record<string, AnySchemaObject>;
  const node = nodes?.['additionalProperties'] as AnySchemaObject;
  definitions['check'] = { not: { ...check, properties: apart(check['properties'] as Record<string, AnySchemaObject>) } };
  const oneCheck = { not: { $ref: '#/definitions/check' } };
  return {
    ...schema,
    properties: {
      ...apart(blocks),
      nodes: { ...nodes, additionalProperties: { ...node, properties: apart(node['properties'] as Record<string, AnySchemaObject>) } },
      checks: { ...checks, items: oneCheck },
      namedChecks: { ...namedChecks, additionalProperties: oneCheck },
    },
  };
}

const WORDS = ['title', 'description', 'examples', 'default', 'form', 'enumDescriptions'];

/** What only people read is left out; in a map of properties any key is a name. */
function withoutWords(schema: unknown, inMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((each) => withoutWords(each));
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => inMap || !WORDS.includes(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, key === 'enum' || key === 'const' ? value : withoutWords(value, key === 'properties')]));
}
