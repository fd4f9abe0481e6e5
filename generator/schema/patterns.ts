/** Forms of names and values that several features share. A form is also the first wall against injection. */
import type { JsonSchema } from '../model/schema.js';

export const NODE_NAME = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$';
export const INTERFACE_NAME = '^[a-zA-Z][a-zA-Z0-9_-]*$';
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ADDRESS = `${OCTET}(\\.${OCTET}){3}`;
const PREFIX = '(3[0-2]|[12]?[0-9])';
const GROUP = '[0-9a-fA-F]{1,4}';
/** Eight groups, or fewer and one "::"; no zone and no dotted tail. */
const ADDRESS6 = `((${GROUP}:){7}${GROUP}|(${GROUP}:){1,7}:|${[6, 5, 4, 3, 2, 1].map((before) => `(${GROUP}:){1,${before}}(:${GROUP}){1,${7 - before}}`).join('|')}|:((:${GROUP}){1,7}|:))`;
const PREFIX6 = '(12[0-8]|1[01][0-9]|[1-9]?[0-9])';

/** C1 controls, separators and direction marks: they repaint a terminal, or make a text look like another. */
const DISGUISES = '\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';
/** No control characters: they would end a line in a unit, a script or a table. */
export const PLAIN_TEXT = `^[^\\u0000-\\u001f${DISGUISES}]*$`;
/** The same, with tabs and line breaks. */
export const PLAIN_LINES = `^[^\\u0000-\\u0008\\u000b-\\u001f${DISGUISES}]*$`;

const form = (pattern: string, form: string, examples: readonly unknown[], more: JsonSchema = {}): JsonSchema => ({ type: 'string', pattern, form, examples, ...more });

/** A fragment's `form` says in words what its pattern demands; it is what the error tells. */
export const name = (description: string, example = 'net-1'): JsonSchema => form(NODE_NAME, 'lower-case letters, digits and single dashes, beginning with a letter', [example], { description, maxLength: 40 });
export const reference = (description: string, ...examples: readonly string[]): JsonSchema => form('^[A-Za-z0-9][A-Za-z0-9_.:-]*$', 'a name of the lab or an address', examples.length > 0 ? examples : ['net-1', 'c1'], { description, maxLength: 253 });
export const containerName = (description: string, example = 'c1'): JsonSchema => form('^[a-z][a-z0-9]+(-[a-z0-9]+)*$', 'at least two characters, as Docker wants it: lower-case letters, digits and single dashes, beginning with a letter', [example], { description, maxLength: 40 });
export const address = (description: string, example = '192.168.56.11'): JsonSchema => form(`^${ADDRESS}$`, 'an IPv4 address', [example], { description });
export const addressOrAuto = (description: string): JsonSchema => form(`^(auto|${ADDRESS})$`, 'an IPv4 address, or auto', ['auto', '10.0.0.11'], { description });
export const cidr = (description: string, example: string): JsonSchema => form(`^${ADDRESS}/${PREFIX}$`, 'an IPv4 address and a prefix length', [example], { description });
export const addressOrCidr = (description: string, example: string): JsonSchema => form(`^${ADDRESS}(/${PREFIX})?$`, 'an IPv4 address, or one with a prefix length', [example], { description });
export const address6 = (description: string, example = 'fd00:56::11'): JsonSchema => form(`^${ADDRESS6}$`, 'an IPv6 address', [example], { description });
export const cidr6 = (description: string, example: string): JsonSchema => form(`^${ADDRESS6}/${PREFIX6}$`, 'an IPv6 address and a prefix length', [example], { description });
export const addressOrCidr6 = (description: string, example: string): JsonSchema => form(`^${ADDRESS6}(/${PREFIX6})?$`, 'an IPv6 address, or one with a prefix length', [example], { description });
export const anyAddress = (description: string, ...examples: readonly string[]): JsonSchema => form(`^(${ADDRESS}|${ADDRESS6})$`, 'an IPv4 or IPv6 address', examples.length > 0 ? examples : ['192.168.56.11', 'fd00:56::11'], { description });
export const anyAddressOrCidr = (description: string, ...examples: readonly string[]): JsonSchema => form(`^(${ADDRESS}(/${PREFIX})?|${ADDRESS6}(/${PREFIX6})?)$`, 'an IPv4 or IPv6 address, or one with a prefix length', examples, { description });
export const target = (description: string, ...examples: readonly string[]): JsonSchema => form(`^((${ADDRESS}|\\[(${ADDRESS6})\\]|${NODE_NAME.slice(1, -1)})(:[0-9]{1,5})?|${ADDRESS6})$`, 'an address or a node, with :PORT where wanted and an IPv6 address in brackets then', examples, { description, maxLength: 60 });
export const family = (description: string): JsonSchema => ({ type: 'integer', enum: [4, 6], enumDescriptions: ['IPv4.', 'IPv6.'], description, examples: [6] });
export const FAMILY = 'Of the address a name stands for. Left out: 4; an address is of its own.';
export const interfaceName = (description: string, example = 'eth1'): JsonSchema => form(INTERFACE_NAME, 'letters, digits, dashes and underscores, beginning with a letter', [example], { description, maxLength: 15 });
export const text = (description: string, example: string, more: JsonSchema = {}): JsonSchema => form(PLAIN_TEXT, 'one line without control characters', [example], { description, maxLength: 2000, ...more });
export const port = (description: string, example = 80): JsonSchema => ({ type: 'integer', minimum: 1, maximum: 65535, description, examples: [example] });
/** One of these words, each with what it means. */
export const choice = (description: string, words: Readonly<Record<string, string>>, more: JsonSchema = {}): JsonSchema => ({ type: 'string', enum: Object.keys(words), enumDescriptions: Object.values(words), description, ...more });
/** Seconds as `30s`, `2m`; a bare number is seconds. */
export const duration = (description: string): JsonSchema => ({ type: ['string', 'integer'], pattern: '^[0-9]{1,4}(s|m)$', form: 'a duration such as 30s or 2m', minimum: 0, maximum: 3600, description, examples: ['30s'] });

/** Seconds of a value that `duration` accepted. */
export function seconds(value: unknown): number {
  if (typeof value === 'number') return value;
  const match = /^(\d+)([sm])$/.exec(String(value));
  return match ? Number(match[1]) * (match[2] === 'm' ? 60 : 1) : 0;
}

/** An object with only these keys. */
export const object = (properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema => ({ type: 'object', additionalProperties: false, properties, ...more });
/** A map from names of one form to values of one schema. */
export const mapOf = (namePattern: JsonSchema, values: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: 'object', propertyNames: namePattern, additionalProperties: values, ...more });
