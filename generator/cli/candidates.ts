/** What may stand for a value on the command line: labs, folders, nodes, stages. Files are read, and nothing is run. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROVIDERS } from '../drivers/choose-provider.js';
import { ACTIONS } from '../faults/words.js';
import { isTree, type Tree } from '../model/merge.js';
import { pathsIncluded, withIncludes } from '../source/include.js';
import { stageList } from '../source/lab-source.js';
import { parseLab } from '../source/parse.js';
import type { Context } from './context.js';
import { findLab, shippedLabs, isFolder } from './find-lab.js';
import { readFragments } from './read-fragments.js';

export interface Candidate {
  readonly text: string;
  readonly about?: string;
}

/** A lab file beyond this is no lab; Tab does not wait for it. */
const MAX_BYTES = 1 << 20;

type Given = Readonly<Record<string, string>>;

/** By the name of the flag or argument that takes the value; none for what nobody can know. */
const VALUES: Readonly<Record<string, (context: Context, word: string, given: Given) => readonly Candidate[]>> = {
  lab: labs,
  labs,
  // `new --from` copies a lab; elsewhere packets come from somewhere.
  from: (context, word, given) => (given['name'] === undefined ? endpoints(context, given) : labs(context, word)),
  to: (context, _word, given) => endpoints(context, given),
  diff: stages,
  vars: yamlFiles,
  dir: folders,
  output: folders,
  node: nodes,
  where: (context, _word, given) => endpoints(context, given),
  save: folders,
  words: faults,
  stage: stages,
  goto: stages,
  provider: () => PROVIDERS.map((text) => ({ text })),
  action: () => [{ text: 'build' }],
};

export function candidates(context: Context, name: string, word: string, given: Given): readonly Candidate[] {
  return Object.hasOwn(VALUES, name) ? VALUES[name]?.(context, word, given) ?? [] : [];
}

/** Files that may be YAML, and the folders on the way to them. */
function yamlFiles(context: Context, word: string): readonly Candidate[] {
  const { typed, entries } = look(context, word);
  return entries.flatMap(({ name, folds }) => (folds ? [{ text: `${typed}${name}/` }] : /\.ya?ml$/.test(name) ? [{ text: typed + name }] : []));
}

/** Shipped names; once a path is begun, or where they lie right here, lab files and rendered folders. */
function labs(context: Context, word: string): readonly Candidate[] {
  const shipped = shippedLabs(context.root).map((name) => {
    const [, about] = /^title: (.+)$/m.exec(readFileSync(join(context.root, 'labs', `${name}.yaml`), 'utf8')) ?? [];
    return about === undefined ? { text: name } : { text: name, about };
  });
  const { folder, typed, entries } = look(context, word);
  const files = entries.flatMap(({ name, folds }): readonly Candidate[] => {
    if (!folds) return /\.ya?ml$/.test(name) ? [{ text: typed + name }] : [];
    const rendered = statSync(join(folder, name, '.labgen', 'lab.yaml'), { throwIfNoEntry: false }) !== undefined;
    return rendered || typed !== '' ? [{ text: `${typed}${name}/`, ...(rendered ? { about: 'a rendered folder' } : {}) }] : [];
  });
  return [...(typed === '' ? shipped : []), ...files];
}

function folders(context: Context, word: string): readonly Candidate[] {
  const { typed, entries } = look(context, word);
  return entries.filter((each) => each.folds).map(({ name }) => ({ text: `${typed}${name}/` }));
}

/** The folder that a half-typed path is in. Hidden entries only where their dot is typed. */
function look(context: Context, word: string): { readonly folder: string; readonly typed: string; readonly entries: readonly { readonly name: string; readonly folds: boolean }[] } {
  const typed = word.slice(0, word.lastIndexOf('/') + 1);
  const folder = resolve(context.cwd, typed);
  const names = readdirSync(folder, { withFileTypes: true }).filter((each) => each.name.startsWith('.') === word.slice(typed.length).startsWith('.'));
  return { folder, typed, entries: names.map((each) => ({ name: each.name, folds: each.isDirectory() || (each.isSymbolicLink() && isFolder(join(folder, each.name))) })) };
}

/** A lab and what is to be done, then nodes: one, or several of those that take several. */
function faults(context: Context, word: string, given: Given): readonly Candidate[] {
  const before = (given['words'] ?? '').split('\n').filter((each) => each !== '');
  const actions = Object.entries(ACTIONS).map(([text, about]) => ({ text, about }));
  if (before.length === 0) return [...actions, ...labs(context, word)];
  const at = Object.hasOwn(ACTIONS, before[0] ?? '') ? 0 : 1;
  const [action, ...said] = before.slice(at);
  if (action === undefined) return actions;
  if (action === 'list' || (said.length > 0 && action !== 'reboot' && action !== 'undo')) return [];
  return nodes(context, word, given).filter(({ text }) => !said.includes(text));
}

/** Of the lab that runs in the folder; before it runs, of the one rendered there. */
function nodes(context: Context, _word: string, given: Given): readonly Candidate[] {
  const folder = resolve(context.cwd, given['output'] ?? '.');
  try {
    return [...textOf(join(folder, '.labgen', 'ssh-config')).matchAll(/^Host (\S+)/gm)].map(([, text = '']) => ({ text }));
  } catch {
    return readdirSync(join(folder, 'nodes')).map((text) => ({ text }));
  }
}

function stages(context: Context, _word: string, given: Given): readonly Candidate[] {
  return stageList(labValue(context, given)).map(({ name }) => ({ text: name }));
}

/** Nodes and containers; of a count the first ones, so that one sees how they are called. */
function endpoints(context: Context, given: Given): readonly Candidate[] {
  const { nodes: hosts, containers } = labValue(context, given);
  const names = (block: unknown): readonly string[] => (isTree(block) ? Object.entries(block).flatMap(([name, value]) => {
    const count = isTree(value) ? value['count'] : undefined;
    return typeof count === 'number' ? Array.from({ length: Math.min(count, 9) }, (_, index) => `${name}-${index + 1}`) : [name];
  }) : []);
  return [...names(hosts), ...names(containers)].map((text) => ({ text }));
}

/** The lab on the command line, or the one rendered here, with what it includes. */
function labValue(context: Context, given: Given): Tree {
  const folder = resolve(context.cwd, given['output'] ?? '.');
  const place = given['lab'] === undefined ? folder : resolve(context.cwd, given['lab']);
  const path = isFolder(place) ? join(place, '.labgen', 'lab.yaml') : place;
  // A name is none; a pipe or a device would be waited for.
  if (statSync(path, { throwIfNoEntry: false })) textOf(path);
  const { file, text, fragments } = findLab(context, given['lab'], folder);
  const lab = parseLab(file, text);
  const included = readFragments(pathsIncluded(lab.value), fragments, (path) => path);
  return withIncludes(lab, included).value;
}

/** @throws where it is no plain file, or too large. */
function textOf(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > MAX_BYTES) throw new Error(`${path} is not read`);
  return readFileSync(path, 'utf8');
}
