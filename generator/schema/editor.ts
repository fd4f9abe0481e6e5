/** The schema as editors need it: our own words as theirs, a variable wherever a scalar may stand, and what is said often, once. */
import type { JsonSchema } from '../model/schema.js';
import { name, object } from './patterns.js';
import { share } from './share.js';

/** Values that only look like schemas. */
const PLAIN = ['examples', 'enum', 'enumDescriptions', 'default', 'required', 'const', 'dependencies'];
/** What is said about a value, whatever it is made of. */
const ABOUT = ['title', 'description', 'examples', 'default'];

const VARIABLE: JsonSchema = { $ref: '#/definitions/variable' };
const NULL: JsonSchema = { type: 'null' };

export function editorSchema(schema: JsonSchema): JsonSchema {
  // Its title is what an editor calls it where a value is of a wrong type. It is not described: what its place is about is.
  const variable = object({ var: name('The name of a variable of "vars".', 'mtu') }, { title: '{var: name}', required: ['var'] });
  const { definitions, ...body } = schema;
  return share({ ...(translate(body) as JsonSchema), definitions: { variable: translate(variable, true), ...eachOf(definitions as JsonSchema, false) } });
}

/** `alone`: no variable may stand here, as in the place of a key. */
function translate(node: unknown, alone = false): unknown {
  if (Array.isArray(node)) return node.map((item) => translate(item));
  if (typeof node !== 'object' || node === null) return node;
  if (isTold(node as JsonSchema)) return asChoice(node as JsonSchema);
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'form') copy['patternErrorMessage'] = `Needed: ${String(value)}.`;
    else copy[key] = PLAIN.includes(key) ? value : key === 'properties' ? eachOf(value as JsonSchema, alone) : translate(value, key === 'propertyNames');
  }
  // A key's title is what the editor writes for it until its user does.
  if (copy['propertyNames'] !== undefined) copy['propertyNames'] = { title: (copy['propertyNames'] as { examples: readonly unknown[] }).examples[0], ...(copy['propertyNames'] as object) };
  return alone || !takesVariable(node as JsonSchema) ? copy : orVariable(copy);
}

function eachOf(properties: JsonSchema, alone: boolean): JsonSchema {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, translate(value, alone)]));
}

/** True for a text, a number, a boolean, or a choice of these and lists of these; a map could not be told from a variable. */
function takesVariable(schema: JsonSchema): boolean {
  return isScalar(schema) || (schema['type'] === 'array' && isScalar(schema['items'] as JsonSchema | undefined));
}

function isScalar(schema: JsonSchema | undefined): boolean {
  const types = [schema?.['type']].flat();
  return types.some((each) => ['string', 'integer', 'number', 'boolean'].includes(String(each))) && !types.includes('object');
}

/** True for a map or else a scalar: told apart by an "if", of which an error says more and editors know less. */
function isTold(schema: JsonSchema): boolean {
  return schema['if'] !== undefined && isScalar(schema['else'] as JsonSchema | undefined);
}

/** The same values by a choice: what is a map is no scalar. Such a value is one of a variable, and not one itself. */
function asChoice(schema: JsonSchema): JsonSchema {
  const { if: _if, then: map, else: scalar, ...about } = schema;
  return { ...about, anyOf: [translate(scalar, true), translate(map, true)] };
}

/** As a choice of two, which editors complete from, too; what is told stands outside it. */
function orVariable(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema);
  const about = entries.filter(([key]) => ABOUT.includes(key));
  const shape = entries.filter(([key]) => !ABOUT.includes(key));
  const { nullable, rest } = apartFromNull(Object.fromEntries(shape));
  return { ...Object.fromEntries(about), anyOf: [rest, VARIABLE, ...(nullable ? [NULL] : [])] };
}

/** A stage's value is the lab's own, or null: said so, it is the same part of the schema as the lab's. */
function apartFromNull(schema: JsonSchema): { readonly nullable: boolean; readonly rest: JsonSchema } {
  const types = [schema['type']].flat();
  const others = types.filter((type) => type !== 'null');
  if (others.length === types.length) return { nullable: false, rest: schema };
  const at = ((schema['enum'] ?? []) as readonly unknown[]).indexOf(null);
  const rest = Object.entries(schema).map(([key, value]) => {
    if (key === 'type') return [key, others.length === 1 ? others[0] : others];
    return [key, at >= 0 && ['enum', 'enumDescriptions'].includes(key) ? (value as readonly unknown[]).filter((_each, index) => index !== at) : value];
  });
  return { nullable: true, rest: Object.fromEntries(rest) as JsonSchema };
}
