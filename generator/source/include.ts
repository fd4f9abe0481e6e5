/** `include:` names files that are parts of a lab. The command line reads them; here they are put beneath it, each once. */
import { mergeFile, type Tree } from '../model/merge.js';
import { dotted, printable, type Path, type Problem } from '../model/problem.js';
import { layered } from './layers.js';
import { FRAGMENT, parseText, type ParsedFile } from './parse.js';

/** An included file as it was read, or why it could not be. */
export type Fragment = {
  /** From the folder of the lab file, with `/`. */
  readonly path: string;
  /** As messages name it. */
  readonly file: string;
} & ({ readonly text: string } | { readonly problem: string });

interface Include {
  /** In the file that says it. */
  readonly at: Path;
  /** From the folder of the lab file; undefined where it is none. */
  readonly path?: string;
  readonly wrong?: Pick<Problem, 'code' | 'message' | 'hint'>;
}

/** A part of a path that every file system takes; `..` leads up from a fragment in a folder. */
const STEP = /^([A-Za-z0-9_][A-Za-z0-9._@+-]*|\.\.?)$/;
const EXAMPLE = 'For example: include: [shared/networks.yaml].';

/** Files that a file includes, as far as they are ones; from the folder of the lab file. */
export function pathsIncluded(value: Tree, from = ''): readonly string[] {
  return includesOf(value, from).flatMap(({ path }) => path ?? []);
}

/** What a file includes. `from`: its own path, as a path in it counts from its own folder. */
function includesOf(value: Tree, from: string): readonly Include[] {
  const written = value['include'];
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written)) return [{ at: ['include'], wrong: { code: 'LG012', message: `${shown(written)} is not a list of files`, hint: EXAMPLE } }];
  return (written as unknown[]).map((item, index): Include => {
    const at: Path = ['include', index];
    if (typeof item !== 'string') return { at, wrong: { code: 'LG012', message: `${shown(item)} is not a path`, hint: EXAMPLE } };
    const steps = item.split('/');
    if (!steps.every((step) => STEP.test(step)) || !/\.ya?ml$/.test(item)) return { at, wrong: { code: 'LG015', message: `${shown(item)} is not a path of a YAML file beside this one`, hint: `Letters, digits, dots and dashes between slashes, ending in .yaml or .yml, and no absolute path. ${EXAMPLE}` } };
    const path = normalize([...from.split('/').slice(0, -1), ...steps]);
    return path === undefined ? { at, wrong: { code: 'LG150', message: `${shown(item)} leads out of the folder of the lab file`, hint: 'Put the file beside the lab, or into a folder below it: a lab can be copied with all it needs then.' } } : { at, path };
  });
}

function normalize(steps: readonly string[]): string | undefined {
  const real: string[] = [];
  for (const step of steps) {
    if (step === '..') {
      if (real.pop() === undefined) return undefined;
    } else if (step !== '.') real.push(step);
  }
  return real.join('/');
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value)).slice(0, 60);
}

/** The lab over all it includes; places and problems are those of the files. The lab itself where it includes nothing. */
export function withIncludes(lab: ParsedFile, fragments: readonly Fragment[]): ParsedFile {
  if (lab.value['include'] === undefined || lab.problems.length > 0) return lab;
  const known = new Map(fragments.map((each) => [each.path, each]));
  const done = new Set<string>();
  /** The lowest one first. */
  const layers: ParsedFile[] = [];
  const problems: Problem[] = [];
  const visit = (file: ParsedFile, path: string, chain: readonly string[]): void => {
    for (const { at, path: wanted, wrong } of includesOf(file.value, path)) {
      const told = wrong ?? look(wanted ?? '', chain);
      if (told) problems.push({ severity: 'error', ...file.locate(at), path: dotted(at), ...told });
    }
  };
  const look = (path: string, chain: readonly string[]): Include['wrong'] => {
    if (chain.includes(path)) return { code: 'LG151', message: `files include each other in a circle: ${[...chain.slice(chain.indexOf(path)), path].join(' → ')}`, hint: 'Take one of these includes away, or move what both need into a file of its own.' };
    if (done.has(path)) return undefined;
    done.add(path);
    const fragment = known.get(path);
    if (!fragment || 'problem' in fragment) return { code: 'LG150', message: `"${path}" cannot be included: ${fragment?.problem ?? 'nobody read it'}`, hint: 'Paths count from the file they stand in; the files lie beside the lab file, or in folders below it.' };
    const inner = parseText(fragment.file, fragment.text, FRAGMENT);
    problems.push(...inner.problems);
    visit(inner, path, [...chain, path]);
    layers.push(inner);
    return undefined;
  };
  visit(lab, '', []);
  layers.push(lab);
  const { include: _include, ...value } = layers.reduce<Tree>((below, layer) => mergeFile(below, layer.value), {});
  return layered(lab, layers, value, problems);
}
