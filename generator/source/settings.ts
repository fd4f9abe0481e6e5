/** What the command line changes in a lab: `--set PATH=VALUE`, and the variables of `--vars` files. */
import { hasPath, isTree, setPath, valueAt, type Tree } from '../model/merge.js';
import { suggest } from '../model/nearest.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { parseText, VARIABLES, type Place } from './parse.js';

export interface Setting {
  /** As given: `nodes.net-1.docker.mtu=1400`. */
  readonly text: string;
  readonly path: Path;
  readonly value: unknown;
  /** Where it is written; undefined for what the command line says itself. */
  readonly at?: Place & { readonly file: string };
  /** Steps of the path, counted from 0, that name something that has to be there, such as a node. */
  readonly names?: readonly number[];
}

/** A file given by --vars. */
export interface VarsFile {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

/** Splits `a.b[0].c["d.e"]` into its steps. */
export function splitPath(text: string): Path {
  return [...text.matchAll(/\["([^"]*)"\]|[^.[\]]+/g)].map(([step, quoted]) => quoted ?? (/^\d+$/.test(step) ? Number(step) : step));
}

/** Each variable of each file as a setting; the later file wins. Empty values and what is no map of keys are problems. */
export function settingsOf(files: readonly VarsFile[]): { readonly settings: readonly Setting[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const settings = files.flatMap(({ file, text }) => {
    const parsed = parseText(file, text, VARIABLES);
    problems.push(...parsed.problems);
    return Object.entries(parsed.value).flatMap(([name, value]): Setting[] => {
      const { line, column } = parsed.locate([name]);
      if (value === null) {
        problems.push({ code: 'LG153', severity: 'error', file, line, column, path: name, message: `the variable "${name}" is given an empty value`, hint: 'Write the value behind the colon, or take the line away.' });
        return [];
      }
      return [{ text: `vars.${name}`, path: ['vars', name], value, at: { file, line, column }, names: [1] }];
    });
  });
  return { settings, problems };
}

/** The lab with all settings that have a place in it, the later over the earlier; `missed` has none here, but perhaps in another stage. */
export function applySettings(tree: Tree, settings: readonly Setting[], missed: Map<Setting, Problem>): Tree {
  let value = tree;
  for (const setting of settings) {
    const lacking = lackingStep(value, setting);
    const next = lacking === undefined ? setPath(value, placeIn(value, setting.path), setting.value) : undefined;
    if (next) value = next;
    else missed.set(setting, lacking === undefined ? wayProblem(setting) : nameProblem(value, setting, lacking));
  }
  return value;
}

/** A declared variable is given its value where its default stands. */
export function placeIn(tree: Tree, path: Path): Path {
  return path.length === 2 && path[0] === 'vars' && isTree(valueAt(tree, path)) ? [...path, 'default'] : path;
}

/** The first step that should be there and is not. A lab without networks has one it need not write. */
function lackingStep(tree: Tree, { path, names = [] }: Setting): number | undefined {
  if (path[0] === 'networks' && !hasPath(tree, ['networks'])) return undefined;
  return names.find((step) => !hasPath(tree, path.slice(0, step + 1)));
}

function placeOf(setting: Setting): Pick<Problem, 'file' | 'line' | 'column' | 'path'> {
  return setting.at ? { ...setting.at, path: String(setting.path[1]) } : { file: `--set ${setting.text}`, line: 0, column: 0, path: dotted(setting.path) };
}

function nameProblem(tree: Tree, setting: Setting, step: number): Problem {
  const name = String(setting.path[step]);
  const parent = valueAt(tree, setting.path.slice(0, step));
  const known = Object.keys(isTree(parent) ? parent : {});
  if (setting.path[0] === 'vars') return { code: setting.at ? 'LG020' : 'LG021', severity: 'error', ...placeOf(setting), message: `the lab has no variable "${name}"`, hint: suggest(name, known, 'variable') };
  const block = dotted(setting.path.slice(0, step));
  return { code: 'LG021', severity: 'error', ...placeOf(setting), message: `there is no "${name}" in "${block}"`, hint: `${suggest(name, known, 'such name')} A new one is given whole: --set ${block}.${name}="{…}".` };
}

function wayProblem(setting: Setting): Problem {
  return {
    code: 'LG021', severity: 'error', ...placeOf(setting),
    message: 'the path runs into a value that has no keys, or beyond the end of a list',
    hint: 'A path is keys and list indices: nodes.net-1.docker.mtu=1400, checks[0].within=10s.',
  };
}
