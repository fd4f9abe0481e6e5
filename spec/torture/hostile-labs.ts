/** Labs of hostile strings: shipped ones with such a text wherever the schema takes free text, so that a new feature is covered by itself. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { isTree, put, type Tree } from '../../generator/model/merge.js';
import { dotted, type Path } from '../../generator/model/problem.js';
import type { JsonSchema } from '../../generator/model/schema.js';
import type { PlannedFile } from '../../generator/model/plan.js';
import { features, labAt, planOf, validateLab } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { parseLab } from '../../generator/source/parse.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';

/** Whatever ran would leave something here. */
export const CANARY = join(tmpdir(), `labgen-canary-${process.pid}`);

const RUN = `touch ${CANARY}/x`;
/** What a language on the way would obey. */
export const PIECES: readonly string[] = [
  `$(${RUN})`, `\`${RUN}\``, `'; ${RUN}; '`, `"; ${RUN}; "`, `; ${RUN} #`, `|${RUN}`, `&& ${RUN}`, `>${CANARY}/x`, `<(${RUN})`, '$HOME', '${HOME}', '$$', '$1', '!!', '!x', '~', '*', '?', '\\', '\\\\', "\\'", '\\"', "'", '"', "''", '""', "'\\''",
  `#{\`${RUN}\`}`, `#{system('${RUN}')}`, '#@x', '#$x', '%w[a b]', '<<~X', '=begin', '__END__',
  `{{ lookup('pipe', '${RUN}') }}`, `{% set x = lookup('pipe', '${RUN}') %}`, '{{', '}}', '{%', '%}', '{#', '#}', '{{ omit }}', '{{ 7 * 7 }}', '{% raw %}', '{% endraw %}', '{{.State}}', '{{range .}}', '{{json .}}',
  '!ruby/object:Gem::Installer {}', '!!python/object/apply:os.system', '&a', '*a', '<<: *a', ': ', ' #', '- ', '? ', '---', '...', '|', '>-', '@', '`', '%YAML', ', ', '[', ']', '{', '}', 'null', 'true', '0x10', '1e3', '=',
  '%n', '%h', '%%', '%', '[Service]', 'ExecStart=/bin/true', '\\x0a', '\\n', '\\s', ';', '-', '--', '--privileged', '-oProxyCommand=x',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<!--', '-->', '</svg>', ']]>', '&amp;', '&#x3c;', '[a](javascript:alert(1))', '![a](http://x)', '```', '~~~', '| a | b |', '# a', '***', '<http://x>', '$$x$$', 'end', '%%{init: {}}%%', '-->|x|',
  'é', 'ß', '日本', '😀', '👩‍💻', '\u00a0', '\u200b', '\u200f', '\ufeff', '\ufffd', ' ', '  ', '\t', '\n', '\n\n', '\r', '\r\n', '\u001b[2J', '\u0085', '\u2028', 'EOF', '\nEOF\n', '\n---\n', '\n[Service]\nExecStart=/bin/true\n', '.', '/', '../', 'a', 'B', '0',
];

/** A place for free text: where it is, what may stand there. */
interface Slot {
  readonly path: Path;
  /** What such a text has to begin with. */
  readonly begin: string;
  readonly fits: (text: string) => boolean;
}

/** What is taken for free text: a text that takes one of these. Some want a beginning of their own, or no blanks. */
const PROBE = `a$(b)'c'"d"{{e}}`;
const BEGINNINGS = ['', '/', '--label=', 'a='];

/** Many places for text in little: dockerd's flags, containers, a swarm, rules, lessons, which no single shipped lab has together. */
const DENSE = `
lab: dense
title: x
networks: { lan: { subnet: 192.168.56.0/24 } }
nodes:
  left: { docker: { flags: [--label=a, --label=b, "--log-opt=tag=x"] } }
  right: { docker: { flags: [--label=c] } }
containers:
  c1: { node: left, command: [sh, -c, x, y], env: { A: a, B: b, C: c } }
  c2: { node: left, command: sleep 1, env: { D: d } }
  c3: { node: right, command: [x], env: { A: a } }
dockerNetworks:
  app: { nodes: [left], options: { note: x, other: y } }
swarm:
  managers: [left]
  workers: [right]
  services:
    web: { image: toolbox, command: [sh, -c, x], env: { A: a, B: b }, constraints: ["node.role == worker"] }
firewall:
  - { node: left, hook: input, protocol: gre, action: accept, why: x }
routes:
  - { node: left, to: 10.99.0.0/24, via: right, why: x }
breaks:
  one: { title: x, about: x, on: left, run: "false", repair: "true", hints: [x, y, z] }
checks:
  - command: { node: left, run: "true" }
    why: x
`;

/** Every place for free text in a lab by its schema, also those that it leaves empty. */
export function slotsOf(schema: JsonSchema, lab: Tree): readonly Slot[] {
  const found = new Map<string, Slot>();
  const definitions = (schema['definitions'] ?? {}) as Record<string, JsonSchema>;
  const visit = (part: unknown, value: unknown, path: Path, depth: number): void => {
    if (!isTree(part) || depth > 30) return;
    const reference = part['$ref'];
    if (typeof reference === 'string') visit(definitions[reference.split('/').at(-1) ?? ''], value, path, depth + 1);
    for (const key of ['then', 'else']) visit(part[key], value, path, depth + 1);
    for (const each of Array.isArray(part['allOf']) ? (part['allOf'] as unknown[]) : []) visit(each, value, path, depth + 1);
    if (takesText(part) && (value === undefined || typeof value === 'string') && path.length > 0) found.set(dotted(path), { path, begin: beginOf(part) ?? '', fits: (text) => fits(part, text) });
    const properties = isTree(part['properties']) ? part['properties'] : {};
    if (isTree(value)) {
      if (Object.hasOwn(value, 'var')) return;
      for (const [key, inner] of Object.entries(properties)) if (Object.hasOwn(value, key) || isTree(inner)) visit(inner, Object.hasOwn(value, key) ? value[key] : undefined, [...path, key], depth + 1);
      for (const [key, inner] of Object.entries(value)) if (!Object.hasOwn(properties, key)) visit(part['additionalProperties'], inner, [...path, key], depth + 1);
    } else if (Array.isArray(value)) value.forEach((each: unknown, index) => visit(part['items'], each, [...path, index], depth + 1));
  };
  visit(schema, lab, [], 0);
  return [...found.values()];
}

function takesText(part: JsonSchema): boolean {
  const types = [part['type']].flat();
  return types.includes('string') && part['enum'] === undefined && beginOf(part) !== undefined;
}

function beginOf(part: JsonSchema): string | undefined {
  return BEGINNINGS.find((begin) => fits(part, begin + PROBE));
}

function fits(part: JsonSchema, text: string): boolean {
  const { pattern, maxLength, minLength } = part as { pattern?: string; maxLength?: number; minLength?: number };
  return (pattern === undefined || new RegExp(pattern).test(text)) && [...text].length <= (maxLength ?? 2000) && text.length >= (minLength ?? 0);
}

interface Base {
  readonly name: string;
  readonly tree: Tree;
  readonly slots: readonly Slot[];
  readonly assets: ReturnType<typeof assetsOf>;
}

let made: readonly Base[] | undefined;

/** The labs that are made hostile; the one with every key comes less often, as it takes as long as ten others. */
export function bases(): readonly Base[] {
  const schema = assembleSchema(features, false);
  return (made ??= [...shippedLabs(root), 'composed', 'dense', 'everything'].map((name) => {
    const text = name === 'dense' ? DENSE : labText(name);
    const whole = parseLab('lab.yaml', text).value;
    // Each stage is looked at as a lab of its own: one shows what several would.
    const tree: Tree = Array.isArray(whole['stages']) && name !== 'everything' ? { ...whole, stages: (whole['stages'] as unknown[]).slice(-1) } : whole;
    return { name, tree, slots: slotsOf(schema, tree), assets: assetsOf(text, join(root, 'labs')) };
  }));
}

export interface HostileLab {
  readonly text: string;
  readonly plan: readonly PlannedFile[];
  /** What went in, by the mark it carries. */
  readonly values: Readonly<Record<string, string>>;
  readonly nodes: readonly string[];
}

/** What becomes a hostile lab; the mark makes each text one of a kind, so that it is found again. */
export interface Recipe {
  readonly base: number;
  readonly fills: readonly { readonly at: number; readonly pieces: readonly string[] }[];
}

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  base: fc.nat({ max: 1000 }),
  fills: fc.array(fc.record({ at: fc.nat({ max: 100_000 }), pieces: fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) }), { minLength: 1, maxLength: 6 }) }), { minLength: 8, maxLength: 40 }),
});

/** Undefined where the lab is refused even without what its own problems name. @throws where labgen has a bug. */
export function cook({ base: at, fills }: Recipe): HostileLab | undefined {
  const all = bases();
  // The last one takes as long as ten others; the one before it has the most.
  const base = all[at % 80 === 0 ? all.length - 1 : at % 4 === 1 ? all.length - 2 : at % (all.length - 1)] as Base;
  const values = new Map<string, { readonly slot: Slot; readonly value: string; readonly mark: string }>();
  fills.forEach(({ at: where, pieces }, index) => {
    const slot = base.slots[where % base.slots.length] as Slot;
    const mark = `zq${index}zq`;
    const fitting = pieces.filter((piece) => slot.fits(`${slot.begin}a${piece}b`));
    const half = fitting.length >> 1;
    const value = [slot.begin, ...fitting.slice(0, half), mark, ...fitting.slice(half)].join('');
    if (slot.fits(value)) values.set(dotted(slot.path), { slot, value, mark });
  });
  for (let tries = 0; tries < 5; tries++) {
    const tree = structuredClone(base.tree);
    for (const { slot, value } of values.values()) place(tree, slot.path, value);
    const text = JSON.stringify(tree);
    const validated = validateLab('lab.yaml', text, [], base.assets);
    const errors = validated.problems.filter(({ severity }) => severity === 'error');
    if (errors.length === 0) {
      const lab = labAt(validated, undefined);
      if (typeof lab === 'string') throw new Error(lab);
      return { text, plan: planOf(validated, lab, 'lab.yaml'), values: Object.fromEntries([...values.values()].map(({ mark, value }) => [mark, value])), nodes: lab.nodes.map(({ name }) => name) };
    }
    const before = values.size;
    for (const { path } of errors) for (const key of [...values.keys()]) if (path === key || path.startsWith(`${key}.`) || key.startsWith(`${path}.`) || key.startsWith(`${path}[`)) values.delete(key);
    if (values.size === before) return undefined;
  }
  return undefined;
}

function place(tree: Tree, path: Path, value: string): void {
  let at: unknown = tree;
  for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step];
  const last = path.at(-1) ?? '';
  if (Array.isArray(at)) at[Number(last)] = value;
  else if (isTree(at)) put(at, String(last), value);
}
