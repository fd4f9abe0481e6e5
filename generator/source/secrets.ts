/** What must not be said of a lab: the values of its secret keys, wherever they come from. Asked for where something is wrong. */
import { isTree, setPath, valueAt, type Tree } from '../model/merge.js';
import { nearest } from '../model/nearest.js';
import type { Path, Problem } from '../model/problem.js';
import type { JsonSchema } from '../model/schema.js';
import { declaration, reference } from '../model/variables.js';
import type { Setting } from './settings.js';

/** What stands for a secret, or for each of its signs. */
export const DOT = '•';
const DOTS = DOT.repeat(3);
/** A key in a text. */
const KEY = /(?<![\w.-])([\w.-]+)["']?\s*:/g;
/** Under these keys names are free, and values public. */
const FREE: readonly string[] = ['env', 'environment', 'vars'];
const OTHER_WORDS = /(?:^|[-_.])(?:pass|passwd|password|passcode|passphrase|pwd|secret)$/i;
/** A shorter one stands in too many words to be looked for in all that is said. */
const SHORTEST = 4;

export interface Hiding {
  problem(problem: Problem): Problem;
  /** Each sign of a secret is a dot: places in the text stay where they are. */
  text(text: string): string;
}

/** Paths of secret keys: `writeOnly` is JSON Schema's word for a value that is given and never shown. */
export function secretPaths(schema: JsonSchema, path: Path = []): readonly Path[] {
  if (schema['writeOnly'] === true) return [path];
  return Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>).flatMap(([key, inner]) => secretPaths(inner, [...path, key]));
}

/** `trees`: the lab and each of its stages as they are written; `unread`: texts that could not be read as YAML. */
export function hiding(paths: readonly Path[], written: readonly Tree[], settings: readonly Setting[], unread: readonly string[]): Hiding {
  const trees = [...written, ...settings.flatMap(({ path, value }) => setPath({}, path, value) ?? [])];
  const keys = paths.map((path) => String(path.at(-1)));
  const given = trees.flatMap((tree) => keys.flatMap((key) => beneath(tree, key)));
  const names = [...new Set(given.flatMap((value) => reference(value) ?? []))];
  const ofVariables = trees.flatMap((tree) => names.flatMap((name) => valuesOf(valueAt(tree, ['vars', name]))));
  /** What stands behind the first key of a secret in a line, to its end. */
  const behind = (line: string): string | undefined => {
    const comment = line.search(/(?:^|\s)#/);
    for (const { 0: { length }, 1: name = '', index } of (comment === -1 ? line : line.slice(0, comment)).matchAll(KEY)) if (names.includes(name) || keys.some((key) => isMeant(name, key))) return line.slice(index + length);
    return undefined;
  };
  // Of a text that is no YAML nobody knows where a value ends.
  const tails = unread.flatMap((text) => text.split('\n').flatMap((line) => behind(line)?.replaceAll(/^[\s"'*&!|>@`]+|["'\s]+$/g, '') ?? [])).flatMap((tail) => [tail, /^[^\s,}\]]*/.exec(tail)?.[0] ?? '']);
  const found = [...given.filter((value) => reference(value) === undefined), ...ofVariables].flatMap(scalars);
  const forms = [...new Set([...found, ...tails].flatMap(formsOf))].filter((form) => form.trim() !== '').sort((a, b) => b.length - a.length);
  const long = forms.filter((form) => form.length >= SHORTEST);
  const short = forms.filter((form) => form.length < SHORTEST).map((form) => new RegExp(`(?<![\\w•])${form.replaceAll(/[^\w]/g, '\\$&')}(?![\\w•])`, 'g'));
  const hide = (text: string, dots: (form: string) => string, all: boolean): string => {
    const clean = long.reduce((rest, form) => rest.replaceAll(form, dots(form)), text);
    return all ? short.reduce((rest, form) => rest.replaceAll(form, dots), clean) : clean;
  };
  const isSecret = ({ path }: Problem): boolean => [...paths.map((each) => each.join('.')), ...names, ...names.map((name) => `vars.${name}`), ...names.map((name) => `vars.${name}.default`)].includes(path);
  return {
    problem(problem) {
      const clean = (text: string): string => hide(text, () => DOTS, isSecret(problem));
      return { ...problem, message: clean(problem.message), hint: clean(problem.hint) };
    },
    text: (text) => text.split('\n').map((each) => hide(each, (form) => DOT.repeat(form.length), behind(each) !== undefined)).join('\n'),
  };
}

/** What stands under a key, or one that was meant to be it, wherever it was put. */
function beneath(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => beneath(each, key));
  return isTree(value) ? Object.entries(value).flatMap(([name, each]) => (isMeant(name, key) ? [each] : FREE.includes(name) ? [] : beneath(each, key))) : [];
}

/** Nearly the key, or what else people call such a thing: passphrase, weave_pass, but not a node "passive". */
function isMeant(name: string, key: string): boolean {
  return nearest(name, [key]) !== undefined || (OTHER_WORDS.test(key) && OTHER_WORDS.test(name));
}

/** Of a variable, plain or declared: what it is, and what it may be. */
function valuesOf(written: unknown): readonly unknown[] {
  const declared = declaration(written);
  return declared ? [declared['default'], declared['enum']] : [written];
}

function scalars(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scalars);
  if (isTree(value)) return Object.values(value).flatMap(scalars);
  return value === null || value === undefined ? [] : [String(value)];
}

/** As it is, in quotes of YAML and JSON, cut as long texts are in messages, and line by line. */
function formsOf(secret: string): readonly string[] {
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [secret, quoted, quoted.slice(0, 59), secret.replaceAll("'", "''"), ...secret.split('\n').map((each) => each.trim())].filter((form) => !form.includes('\n'));
}
