/** What is wrong with the shape of a lab: ajv's errors as problems, one for each mistake. Loaded for a lab that has one. */
import type { ErrorObject } from 'ajv';
import type { LabSource } from '../source/lab-source.js';
import { dotted, printable, type Path, type Problem } from '../model/problem.js';
import type { JsonSchema } from '../model/schema.js';
import { reference } from '../model/variables.js';
import { nearest, suggest } from '../model/nearest.js';

/** Problems of shape in a composed lab; `wrong` collects the paths that rules must leave alone. */
export function describeShape(source: LabSource, found: readonly ErrorObject[], schema: JsonSchema, wrong: Path[]): Problem[] {
  // A variable that is still there is unknown, and was reported as that.
  const errors = found.filter((error) => error.keyword !== 'if' && error.keyword !== 'propertyNames' && reference(valueAt(source.value, pathOf(error.instancePath, source.value))) === undefined);
  if (errors.length > MOST) return describeMany(source, errors, schema, wrong);
  const unknownKeys = errors.filter((error) => error.keyword === 'additionalProperties');
  const seen = new Set<string>();
  const problems: Problem[] = [];
  // Unknown keys first: a missing key that one of them was meant to be is not a second mistake.
  for (const error of [...unknownKeys, ...errors.filter((each) => each.keyword !== 'additionalProperties')]) {
    const path = pathOf(error.instancePath, source.value);
    if (error.keyword === 'required') {
      const missing = (error.params as { missingProperty: string }).missingProperty;
      const meant = unknownKeys.some((other) => other.instancePath === error.instancePath && nearest((other.params as { additionalProperty: string }).additionalProperty, [missing]) !== undefined);
      if (meant) continue;
    }
    const parent = parentOf(error, schema);
    const value = valueAt(source.value, path);
    const told = parent['writeOnly'] === true ? describeSecret(error, path, parent, value) : describe(error, path, parent, value);
    const key = dotted(told.path);
    if (seen.has(key)) continue;
    seen.add(key);
    wrong.push(told.path, ...meantPaths(error, told.path, schema));
    const onKey = error.keyword === 'additionalProperties' || error.propertyName !== undefined;
    problems.push({ code: told.code, severity: 'error', ...source.locate(told.path, onKey), message: told.message, hint: told.hint });
  }
  return problems;
}

/** More mistakes than anyone reads, of which each is looked for in a long text. */
const MOST = 1000;

/** The first of them; no rule looks at such a lab. */
function describeMany(source: LabSource, errors: readonly ErrorObject[], schema: JsonSchema, wrong: Path[]): Problem[] {
  const told = describeShape(source, errors.slice(0, MOST), schema, []);
  wrong.push([]);
  return [...told, { code: 'LG003', severity: 'error', ...source.locate([]), message: `${errors.length - MOST} more mistakes of this kind are in the file, and are not told`, hint: 'Mend those that are told first. Is it a lab at all?' }];
}

/** A key that was meant to be another: that one is not missing, nor is what it gives. */
function meantPaths(error: ErrorObject, path: Path, schema: JsonSchema): readonly Path[] {
  if (error.keyword !== 'additionalProperties') return [];
  const meant = nearest(String(path.at(-1)), Object.keys((parentOf(error, schema)['properties'] as object | undefined) ?? {}));
  return meant === undefined ? [] : [[...path.slice(0, -1), meant]];
}

interface Told {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** As any other, with dots in place of the value. */
function describeSecret(error: ErrorObject, path: Path, schema: JsonSchema, data: unknown): Told {
  const told = describe(error, path, schema, SECRET);
  const message = told.message.replace(JSON.stringify(SECRET), SECRET);
  return { ...told, message, hint: error.keyword === 'type' && (typeof data === 'number' || typeof data === 'boolean') ? 'Put it in quotes.' : told.hint };
}

function describe(error: ErrorObject, path: Path, schema: JsonSchema, data: unknown): Told {
  const params = error.params as Record<string, unknown>;
  // Not for an unknown key: all that stands beside it would be written out for each.
  const shown = error.keyword === 'additionalProperties' || error.keyword === 'required' ? '' : show(data);
  if (error.propertyName !== undefined) {
    if (error.keyword === 'maxLength') return { code: 'LG014', path: [...path, error.propertyName], message: `the name "${printable(error.propertyName)}" is longer than ${String(params['limit'])} characters`, hint: 'Give it a shorter one.' };
    return { code: 'LG015', path: [...path, error.propertyName], message: `"${printable(error.propertyName)}" is not a legal name here`, hint: error.propertyName === '<<' ? MERGE : formHint(schema, error) };
  }
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const legal = Object.keys((schema['properties'] as object | undefined) ?? {});
      return { code: 'LG010', path: [...path, key], message: `unknown key "${printable(key)}"`, hint: key === '<<' ? MERGE : gluedKey(key, legal) ?? otherWord(key, legal) ?? suggest(key, legal, 'key') };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      const about = ((schema['properties'] as Record<string, JsonSchema> | undefined) ?? {})[key];
      return { code: 'LG011', path: [...path, key], message: `"${key}" is missing`, hint: [about?.['description'], example(about)].filter(Boolean).join(' ') || `Add "${key}:".` };
    }
    case 'type':
      return { code: 'LG012', path, message: `${shown} is not ${typeof data === 'object' && schema['type'] === 'string' && typeof schema['form'] === 'string' ? schema['form'] : typeWords(schema['type'])}`, hint: typeHint(schema, data) };
    case 'enum': {
      const legal = (schema['enum'] as unknown[]).filter((each) => each !== null).map(String);
      return { code: 'LG013', path, message: `${shown} is not one of the legal values`, hint: suggest(String(data), legal, 'value') };
    }
    case 'minProperties':
    case 'minItems':
      return { code: 'LG014', path, message: `at least ${entries(params['limit'])} needed here`, hint: [error.keyword === 'minProperties' && schema['properties'] !== undefined ? schema['description'] : undefined, example(likeIt(schema, data)) || oneKey(schema) || 'Add one.'].filter(Boolean).join(' ') };
    case 'maxProperties':
    case 'maxItems':
      return { code: 'LG014', path, message: `no more than ${entries(params['limit'])} allowed here`, hint: 'Take some away.' };
    case 'uniqueItems': {
      const index = Math.max(Number(params['i']), Number(params['j']));
      return { code: 'LG041', path: [...path, index], message: `${show((data as unknown[])[index])} stands in the list twice`, hint: 'Name each once.' };
    }
    case 'minimum':
    case 'maximum':
      return { code: 'LG014', path, message: `${shown} is ${error.keyword === 'minimum' ? 'less' : 'more'} than ${String(params['limit'])}`, hint: rangeHint(schema) };
    case 'pattern':
    case 'minLength':
    case 'maxLength':
      return { code: error.keyword === 'pattern' ? 'LG015' : 'LG014', path, message: error.keyword === 'maxLength' ? `${shown} is longer than ${String(params['limit'])} characters` : error.keyword === 'minLength' ? `${shown} is shorter than ${String(params['limit'])} characters` : `${shown} is not ${String(schema['form'] ?? 'of the required form')}`, hint: typographic(data) ?? formHint(schema, error) };
    default:
      return { code: 'LG014', path, message: `${shown} ${error.message ?? 'is out of range'}`, hint: rangeHint(schema) };
  }
}

const SECRET = '•••';

/** What YAML 1.1 knew, and people still write. */
const MERGE = 'Merging with << is not part of a lab: write the keys out, or make equal nodes with "count".';
const WORDS_OF_YAML = ['yes', 'no', 'on', 'off', 'y', 'n'];

/** Quotes that a word processor made are a part of the text for YAML. */
function typographic(data: unknown): string | undefined {
  return typeof data === 'string' && /[\u2018-\u201f]/.test(data) ? 'Use straight quotes: " or \'.' : undefined;
}

/** `{memory:1024}` is a key without a value for YAML. */
function gluedKey(key: string, legal: readonly string[]): string | undefined {
  const [, name = '', value = ''] = /^([\w-]+):(\S.*)$/.exec(key) ?? [];
  return legal.includes(name) ? `A blank is missing after the colon: "${name}: ${printable(value)}".` : undefined;
}

/** What iptables and other languages call what the lab calls otherwise. */
const WORDS_OF_OTHERS: Readonly<Record<string, string>> = {
  from: 'source', src: 'source', dst: 'destination', proto: 'protocol', dport: 'port', destinationPort: 'port', sport: 'sourcePort',
  chain: 'hook', target: 'action', jump: 'action', verdict: 'action', iif: 'in', oif: 'out', gateway: 'via', gw: 'via', device: 'dev', ram: 'memory', cpu: 'cpus', mem: 'memory', subnets: 'subnet',
};

function otherWord(key: string, legal: readonly string[]): string | undefined {
  const word = Object.hasOwn(WORDS_OF_OTHERS, key) ? WORDS_OF_OTHERS[key] : undefined;
  return word !== undefined && legal.includes(word) ? suggest(word, legal, 'key') : undefined;
}

/** A key or an item without the blank that makes it one. */
function glued(data: unknown, types: readonly unknown[]): string | undefined {
  const [, key, value] = (typeof data === 'string' && /^([\w-]+):(\S.*)$/.exec(data)) || [];
  if (key !== undefined && value !== undefined && types.includes('object')) return `A blank is missing after the colon: "${key}: ${printable(value)}".`;
  const [first = ''] = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  return first.startsWith('-') && types.includes('array') ? `A blank is missing after the dash: "- ${printable(first.slice(1))}: …".` : undefined;
}

function formHint(schema: JsonSchema, error: ErrorObject): string {
  if (error.keyword === 'maxLength') return `At most ${String((error.params as { limit: number }).limit)} characters.`;
  const form = schema['form'];
  return [form === undefined ? '' : `Needed: ${String(form)}.`, example(schema)].filter(Boolean).join(' ');
}

function rangeHint(schema: JsonSchema): string {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `It goes from ${String(minimum)} to ${String(maximum)}.`;
  return [minimum === undefined ? '' : `At least ${String(minimum)}.`, maximum === undefined ? '' : `At most ${String(maximum)}.`].filter(Boolean).join(' ') || example(schema) || String(schema['description'] ?? '');
}

function entries(limit: unknown): string {
  return Number(limit) === 1 ? '1 entry is' : `${String(limit)} entries are`;
}

function typeHint(schema: JsonSchema, data: unknown): string {
  const types: readonly unknown[] = Array.isArray(schema['type']) ? (schema['type'] as unknown[]) : [schema['type']];
  const blank = glued(data, types);
  if (blank !== undefined) return blank;
  if (types.includes('boolean') && WORDS_OF_YAML.includes(String(data).toLowerCase())) return `Write true or false: for YAML 1.2, ${String(data)} is a text.`;
  // In quotes it would be no better where the text has to be an address or a name.
  const quotes = typeof schema['pattern'] !== 'string' || new RegExp(schema['pattern'], 'u').test(String(data));
  if (schema['type'] === 'string' && (typeof data === 'number' || typeof data === 'boolean') && quotes) return `Put it in quotes: "${String(data)}".`;
  if (schema['type'] === 'array') return ['Write it as a list: [a, b] or one "- " line each.', example(schema)].filter(Boolean).join(' ');
  const keys = Object.keys((schema['properties'] as object | undefined) ?? {});
  const known = keys.length > 0 && example(schema) === '' ? `Its keys are: ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}.` : example(schema);
  return [schema['description'], known].filter(Boolean).join(' ') || `Give ${typeWords(schema['type'])}.`;
}

/** The schema with those of its examples that are lists, or are none, as what was written. */
function likeIt(schema: JsonSchema, data: unknown): JsonSchema {
  const { examples } = schema;
  return Array.isArray(examples) ? { ...schema, examples: examples.filter((each) => Array.isArray(each) === Array.isArray(data)) } : schema;
}

/** Of a map that has to say something: one of its keys, with a value. */
function oneKey({ properties }: JsonSchema): string {
  const known = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>);
  const [key, value] = known.find(([name]) => name === 'ping') ?? known[0] ?? [];
  const [first] = Array.isArray(value?.['examples']) ? (value['examples'] as unknown[]) : [];
  return key === undefined || first === undefined ? '' : `For example: ${show({ [key]: first }, 120)}.`;
}

function example(schema: JsonSchema | undefined): string {
  const examples = schema?.['examples'];
  return Array.isArray(examples) && examples.length > 0 ? `For example: ${show(examples[0], 120)}.` : '';
}

const WORDS: Readonly<Record<string, string>> = { object: 'a map of keys', array: 'a list', string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false', null: 'empty' };

function typeWords(type: unknown): string {
  const types = (Array.isArray(type) ? (type as unknown[]) : [type]).filter((each, _index, all) => each !== 'null' || all.length === 1);
  return types.map((each) => WORDS[String(each)] ?? String(each)).join(' or ');
}

function show(value: unknown, limit = 60): string {
  const text = value === null || value === undefined ? 'an empty value' : printable(JSON.stringify(value));
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** The schema whose keyword failed. The compiled check carries no schemas: that would triple it, for the rare case. */
function parentOf(error: ErrorObject, schema: JsonSchema): JsonSchema {
  // A check is a definition, and ajv says where in that.
  let node: unknown = /^\/(checks|namedChecks)\/./.test(error.instancePath) ? (schema['definitions'] as JsonSchema)['check'] : schema;
  for (const step of error.schemaPath.slice(2).split('/').slice(0, -1)) node = (node as Record<string, unknown> | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
  return (node ?? {}) as JsonSchema;
}

function valueAt(value: unknown, path: Path): unknown {
  let node = value;
  for (const step of path) node = (node as Record<string, unknown> | undefined)?.[step];
  return node;
}

function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let node: unknown = value;
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(node) ? Number(step) : step);
    node = (node as Record<string, unknown> | undefined)?.[step];
  }
  return path;
}
