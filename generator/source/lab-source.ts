/** A lab as its author meant it: the file, a stage over it, --set over that, variables filled in; every path still has its place. */
import { speaks6 } from '../model/speaks6.js';
import { merge, setPath, type Tree } from '../model/merge.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { substitute, type UnknownVariable } from '../model/variables.js';
import type { ParsedFile, Place } from './parse.js';

export interface Setting {
  /** As given: `nodes.net-1.docker.mtu=1400`. */
  readonly text: string;
  readonly path: Path;
  readonly value: unknown;
}

export interface LabSource {
  readonly file: string;
  readonly stage: string | undefined;
  readonly value: Tree;
  /** Top-level keys of the file and of all its stages. */
  readonly blocks: readonly string[];
  /** Whether the file or any of its stages speaks of IPv6. */
  readonly ipv6: boolean;
  readonly problems: readonly Problem[];
  locate(path: Path, key?: boolean): Place & { readonly file: string; readonly path: string };
}

/** Splits `a.b[0].c` into its steps. */
export function splitPath(text: string): Path {
  return text
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
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
  const { stages: _stages, ...base } = parsed.value;
  let value: Tree = stage === undefined ? parsed.value : merge(base, overlay?.overlay ?? {});
  for (const setting of settings) {
    const next = setPath(value, setting.path, setting.value);
    if (next) value = next;
    else problems.push(setProblem(setting));
  }
  const unknown: UnknownVariable[] = [];
  value = substitute(value, unknown);
  const baseChecks = Array.isArray(base['checks']) ? base['checks'].length : 0;
  const locate: LabSource['locate'] = (path, key) => {
    const set = settings.find((each) => each.path.every((step, index) => String(step) === String(path[index])));
    if (set) return { file: `--set ${set.text}`, line: 0, column: 0, path: dotted(path) };
    const inStage = overlay && stagePath(parsed, overlay.index, path, baseChecks);
    const real = inStage ?? path;
    return { file: parsed.file, ...parsed.place(real, key), path: dotted(real) };
  };
  for (const { name, path } of unknown) {
    const place = locate(path);
    const names = Object.keys((value['vars'] as Tree | undefined) ?? {});
    problems.push({ code: 'LG020', severity: 'error', ...place, message: `the variable "${name}" is not defined`, hint: names.length > 0 ? `Defined are: ${names.join(', ')}.` : 'Define it under "vars:".' });
  }
  const trees = [value, base, ...stageList(parsed.value).map((each) => each.overlay)];
  const blocks = [...new Set(trees.flatMap((tree) => Object.keys(tree)))];
  return { file: parsed.file, stage, value, blocks, ipv6: speaks6(trees), problems, locate };
}

/** Where a path of the merged lab stands in a stage's overlay; undefined where the stage does not say it. */
function stagePath(parsed: ParsedFile, index: number, path: Path, baseChecks: number): Path | undefined {
  const [head, second, ...rest] = path;
  if (head === 'checks' && typeof second === 'number') {
    return second < baseChecks ? undefined : ['stages', index, 'checks', second - baseChecks, ...rest];
  }
  // The longest part of the path that the overlay has, if it has more of it than the lab itself.
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    if (parsed.has(['stages', index, ...part])) return ['stages', index, ...path];
    if (parsed.has(part)) return undefined;
  }
  return undefined;
}

function setProblem(setting: Setting): Problem {
  return {
    code: 'LG021', severity: 'error', file: `--set ${setting.text}`, line: 0, column: 0, path: dotted(setting.path),
    message: 'the path runs into a value that has no keys, or beyond the end of a list',
    hint: 'A path is keys and list indices: nodes.net-1.docker.mtu=1400, checks[0].within=10s.',
  };
}
