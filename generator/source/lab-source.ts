/** A lab as its author meant it: the file over what it includes, a stage over it, --set over that, variables filled in, defaults beneath; every path still has its place. */
import { isTree, merge, type Tree } from '../model/merge.js';
import { suggest } from '../model/nearest.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { speaks6 } from '../model/speaks6.js';
import { substitute, type UnknownVariable } from '../model/variables.js';
import { checkVariables } from './check-variables.js';
import { expand, origin, usedChecks } from './expand.js';
import type { ParsedFile, Place } from './parse.js';
import { applySettings, placeIn, shortOf, type Setting } from './settings.js';

export interface LabSource {
  readonly file: string;
  readonly stage: string | undefined;
  readonly value: Tree;
  /** Top-level keys of the file and of all its stages; of networks also their own keys, such as `networks.lan.mtu`. */
  readonly blocks: readonly string[];
  /** Whether the file or any of its stages speaks of IPv6. */
  readonly ipv6: boolean;
  readonly problems: readonly Problem[];
  /** Paths of what these problems leave without a value: wherever a variable was to stand that has none. */
  readonly wrong: readonly Path[];
  /** Settings that have no place in this stage, each with what there is to say if it has none in any. */
  readonly missed: ReadonlyMap<Setting, Problem>;
  /** Names of the named checks that are used. */
  readonly used: readonly string[];
  locate(path: Path, key?: boolean): Place & { readonly file: string; readonly path: string };
}

/** The stages a file declares, as far as they are well-formed. */
export function stageList(value: Tree): readonly { readonly name: string; readonly overlay: Tree; readonly index: number }[] {
  const stages = Array.isArray(value['stages']) ? (value['stages'] as unknown[]) : [];
  return stages.flatMap((stage, index) => {
    if (typeof stage !== 'object' || stage === null || Array.isArray(stage)) return [];
    const { name, title: _title, summary: _summary, ...overlay } = stage as Tree;
    return typeof name === 'string' ? [{ name, overlay, index }] : [];
  });
}

/** `stage` undefined: the file itself, its stages still inside. */
export function composeSource(parsed: ParsedFile, stage: string | undefined, settings: readonly Setting[]): LabSource {
  const overlay = stage === undefined ? undefined : stageList(parsed.value).find((each) => each.name === stage);
  const problems: Problem[] = [];
  const missed = new Map<Setting, Problem>();
  const { stages: _stages, ...base } = parsed.value;
  const { include: misplaced, ...differences } = overlay?.overlay ?? {};
  const merged: Tree = stage === undefined ? parsed.value : merge(base, differences);
  const set = applySettings(merged, parsed.value['stages'] === undefined ? undefined : base, settings, missed);
  const baseChecks = Array.isArray(base['checks']) ? base['checks'].length : 0;
  const locateWritten = (path: Path, key?: boolean): ReturnType<LabSource['locate']> => {
    const setting = settings.findLast((each) => !missed.has(each) && beginsWith(path, placeIn(merged, each.path)));
    if (setting) return setting.at ? { ...setting.at, path: dotted(setting.path.slice(1)) } : { file: shortOf(setting), line: 0, column: 0, path: dotted(path) };
    const inStage = overlay && stagePath(parsed, overlay.index, path, baseChecks);
    const found = parsed.locate(inStage ?? path, key);
    return { ...found, path: dotted(found.path) };
  };
  const report = (code: string, path: Path, message: string, hint: string, key = false): void => {
    problems.push({ code, severity: 'error', ...locateWritten(path, key), message, hint });
  };
  if (misplaced !== undefined) report('LG150', ['include'], 'a stage cannot include files', 'Write "include" at the top of the lab; a stage says what differs.', true);

  const variables = checkVariables(set['vars'], locateWritten);
  problems.push(...variables.problems);
  const unknown: UnknownVariable[] = [];
  const written = substitute(set, unknown, variables.withheld);
  const names = Object.keys(isTree(set['vars']) ? set['vars'] : {});
  for (const { name, path } of unknown) report('LG020', path, `the variable "${name}" is not defined`, names.length > 0 ? suggest(name, names, 'variable').replace('Known', 'Defined') : 'Define it under "vars:".');

  const value = expand(written);
  const open: UnknownVariable[] = [];
  if (unknown.length > 0 || variables.withheld.size > 0) substitute(value, open, variables.withheld, open);
  const trees = [written, base, ...stageList(parsed.value).map((each) => each.overlay)];
  return {
    file: parsed.file, stage, value, problems, missed, used: usedChecks(written),
    blocks: [...new Set(trees.flatMap(keysOf))],
    ipv6: speaks6(trees),
    wrong: open.map((each) => each.path),
    locate: (path, key) => locateWritten(origin(written, path), key),
  };
}

function beginsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((step, index) => String(step) === String(path[index]));
}

function keysOf(tree: Tree): readonly string[] {
  const networks = isTree(tree['networks']) ? tree['networks'] : {};
  return [...Object.keys(tree), ...Object.entries(networks).flatMap(([name, value]) => (isTree(value) ? Object.keys(value).map((key) => `networks.${name}.${key}`) : []))];
}

/** Where a path of the merged lab stands in a stage's overlay; undefined where the stage does not say it. */
function stagePath(parsed: ParsedFile, index: number, path: Path, baseChecks: number): Path | undefined {
  const [head, second, ...rest] = path;
  if (head === 'checks' && typeof second === 'number') {
    return second < baseChecks ? undefined : ['stages', index, 'checks', second - baseChecks, ...rest];
  }
  // A declared variable whose value the stage gives.
  if (head === 'vars' && second !== undefined && rest[0] === 'default' && parsed.has(['stages', index, 'vars', second]) && !parsed.has(['stages', index, 'vars', second, 'type']) && !parsed.has(['stages', index, 'vars', second, 'default'])) return ['stages', index, 'vars', second];
  // The longest part of the path that the overlay has, if it has more of it than the lab itself.
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    if (parsed.has(['stages', index, ...part])) return ['stages', index, ...path];
    if (parsed.has(part)) return undefined;
  }
  return undefined;
}
