/** What the command line changes in a lab: `--set PATH=VALUE`, and the variables of `--vars` files. */
import { hasPath, isTree, setPath, valueAt, type Tree } from '../model/merge.js';
import { suggest } from '../model/nearest.js';
import { dotted, printable, type Path, type Problem } from '../model/problem.js';
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
  /** Steps into a list. */
  readonly items?: readonly number[];
  /** A step that is no key of the language, and those that are. */
  readonly unknown?: { readonly step: number; readonly legal: readonly string[] };
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

/**
 * The lab with all settings that have a place in it, the later over the earlier; `missed` has none here, but perhaps in
 * another stage. `own`: of a lab with stages what it says itself; `checks` are counted there.
 */
export function applySettings(tree: Tree, own: Tree | undefined, settings: readonly Setting[], missed: Map<Setting, Problem>): Tree {
  let value = tree;
  let base = own;
  for (const setting of settings) {
    const problem = outOfReach(setting) ?? listProblem(value, base, setting) ?? lackingProblem(value, setting);
    const next = problem === undefined ? setPath(value, placeIn(value, setting.path), setting.value) : undefined;
    if (next) value = next;
    else missed.set(setting, problem ?? wayProblem(setting));
    if (next && base && setting.path[0] === 'checks') base = setPath(base, setting.path, setting.value) ?? base;
  }
  return value;
}

/** What is wrong with a path whatever the lab says. */
function outOfReach(setting: Setting): Problem | undefined {
  const { path, unknown } = setting;
  if (path[0] === 'stages') return problemOf(setting, '--set does not reach into "stages"', 'It changes the lab itself, and so all its stages: name the value there, as in --set nodes.net-1.memory=2048. "--stage" chooses a stage.');
  if (path[0] === 'include') return problemOf(setting, '--set does not reach "include"', 'Files are included before anything is set: write it into the lab file.');
  if (!unknown) return undefined;
  const within = dotted(path.slice(0, unknown.step));
  return problemOf(setting, `there is no key "${printable(String(path[unknown.step]))}"${within === '' ? '' : ` in "${within}"`}`, suggest(String(path[unknown.step]), unknown.legal, 'key'));
}

/** An item of a list has to be there; the last step may also be the one behind them. Behind the lab's own checks are those of a stage. */
function listProblem(tree: Tree, own: Tree | undefined, setting: Setting): Problem | undefined {
  const { path, items = [] } = setting;
  for (const step of items) {
    const at = path.slice(0, step);
    const of = dotted(at);
    const isStaged = own !== undefined && of === 'checks';
    const list = valueAt(isStaged ? own : tree, at);
    const length = Array.isArray(list) ? list.length : 0;
    const index = path[step];
    const isAdded = !isStaged && index === length && length > 0 && step === path.length - 1;
    if (typeof index === 'number' && (index < length || isAdded)) continue;
    const there = length === 0 ? `the lab itself has no "${of}"` : `"${of}" of the lab itself has ${length === 1 ? 'one item, of index 0' : `${length} items, 0 to ${length - 1}`}`;
    return problemOf(setting, typeof index === 'number' ? there : `"${of}" is a list, and "${printable(String(index))}" is no index of it`, `${of === 'checks' ? '--set does not reach checks of stages, nor those that come free. ' : ''}An item is named by its index, as in checks[0].within=10s; a list can be given whole: --set ${of}="[…]".`);
  }
  return undefined;
}

function problemOf(setting: Setting, message: string, hint: string): Problem {
  return { code: 'LG021', severity: 'error', ...placeOf(setting), message, hint };
}

function lackingProblem(tree: Tree, setting: Setting): Problem | undefined {
  const lacking = lackingStep(tree, setting);
  return lacking === undefined ? undefined : nameProblem(tree, setting, lacking);
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

/** As messages name it. What it gives may be a secret, and is told where it is wrong. */
export function shortOf({ text }: Setting): string {
  return `--set ${text.replace(/=[^]*/, '=…')}`;
}

function placeOf(setting: Setting): Pick<Problem, 'file' | 'line' | 'column' | 'path'> {
  return setting.at ? { ...setting.at, path: String(setting.path[1]) } : { file: shortOf(setting), line: 0, column: 0, path: dotted(setting.path) };
}

function nameProblem(tree: Tree, setting: Setting, step: number): Problem {
  const name = String(setting.path[step]);
  const parent = valueAt(tree, setting.path.slice(0, step));
  const known = Object.keys(isTree(parent) ? parent : {});
  if (setting.path[0] === 'vars') return { code: setting.at ? 'LG020' : 'LG021', severity: 'error', ...placeOf(setting), message: `the lab has no variable "${name}"`, hint: suggest(name, known, 'variable') };
  const block = dotted(setting.path.slice(0, step));
  return problemOf(setting, `there is no "${name}" in "${block}"`, `${suggest(name, known, 'such name')} A new one is given whole: --set ${block}.${name}="{…}".`);
}

function wayProblem(setting: Setting): Problem {
  return problemOf(setting, 'the path runs into a value that has no keys, or beyond the end of a list', 'A path is keys and list indices: nodes.net-1.docker.mtu=1400, checks[0].within=10s.');
}
