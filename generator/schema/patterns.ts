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
export const name = (description: string): JsonSchema => form(NODE_NAME, 'lower-case letters, digits and single dashes, beginning with a letter', ['net-1'], { description, maxLength: 40 });
export const reference = (description: string): JsonSchema => form('^[A-Za-z0-9][A-Za-z0-9_.:-]*$', 'a name of the lab or an address', ['net-1', 'c1'], { description, maxLength: 253 });
export const containerName = form('^[a-z][a-z0-9]+(-[a-z0-9]+)*$', 'two or more lower-case letters, digits and single dashes, beginning with a letter', ['c1'], { maxLength: 40 });
export const address = (description: string): JsonSchema => form(`^${ADDRESS}$`, 'an IPv4 address', ['192.168.56.11'], { description });
export const cidr = (description: string): JsonSchema => form(`^${ADDRESS}/${PREFIX}$`, 'an IPv4 address and a prefix length', ['172.17.0.1/24'], { description });
export const addressOrCidr = (description: string): JsonSchema => form(`^${ADDRESS}(/${PREFIX})?$`, 'an IPv4 address, or one with a prefix length', ['10.0.0.0/24'], { description });
export const address6 = (description: string): JsonSchema => form(`^${ADDRESS6}$`, 'an IPv6 address', ['fd00:56::11'], { description });
export const cidr6 = (description: string): JsonSchema => form(`^${ADDRESS6}/${PREFIX6}$`, 'an IPv6 address and a prefix length', ['fd00:56::/64'], { description });
export const anyAddress = (description: string): JsonSchema => form(`^(${ADDRESS}|${ADDRESS6})$`, 'an IPv4 or IPv6 address', ['192.168.56.11', 'fd00:56::11'], { description });
export const anyAddressOrCidr = (description: string): JsonSchema => form(`^(${ADDRESS}(/${PREFIX})?|${ADDRESS6}(/${PREFIX6})?)$`, 'an IPv4 or IPv6 address, or one with a prefix length', ['10.0.0.0/24', 'fd00:56::11'], { description });
export const FAMILY = 'Of the address a name stands for: 4 or 6. Left out: 4; an address is of its own.';
export const family = (description: string): JsonSchema => ({ type: 'integer', enum: [4, 6], description, examples: [6] });
export const addressOrCidr6 = (description: string): JsonSchema => form(`^${ADDRESS6}(/${PREFIX6})?$`, 'an IPv6 address, or one with a prefix length', ['fd00:1::1/128'], { description });
export const interfaceName = (description: string): JsonSchema => form(INTERFACE_NAME, 'letters, digits, dashes and underscores, beginning with a letter', ['eth1'], { description, maxLength: 15 });
export const text = (description: string, more: JsonSchema = {}): JsonSchema => form(PLAIN_TEXT, 'one line without control characters', [], { description, maxLength: 2000, ...more });
export const port = (description: string): JsonSchema => ({ type: 'integer', minimum: 1, maximum: 65535, description, examples: [80] });
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
