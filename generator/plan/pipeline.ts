/** The whole of thinking in one place: text → parse → validate → resolve, for every stage at once. Pure. */
import { joined, withoutConsequences } from '../features/rule-context.js';
import { resolveLab } from '../features/resolve-lab.js';
import { features } from '../generated/features.js';
import { known } from '../generated/labs.js';
import { check } from '../generated/shape-errors.js';
import { isWrong } from '../generated/shape-wrong.js';
import { compiled } from '../generated/templates.js';
import { clashesRefused, type Asset, type AssetWish } from '../model/asset.js';
import type { Host } from '../model/host.js';
import type { Lab, Stage } from '../model/lab.js';
import type { PlannedFile } from '../model/plan.js';
import type { Problem } from '../model/problem.js';
import { createRenderer, type Render } from '../render/renderer.js';
import { assembleSchema } from '../schema/assemble.js';
import type { JsonSchema } from '../model/schema.js';
import { suggest } from '../schema/nearest.js';
import type { Shape } from '../schema/shape.js';
import { composeSource, stageList, type Setting } from '../source/lab-source.js';
import { parseLab, type ParsedFile } from '../source/parse.js';
import type { Origin } from './base-files.js';
import { planLab } from './plan.js';
import { stageProblems } from './stage-problems.js';

export { features };

let assembled: JsonSchema | undefined;
const shape: Shape = {
  isWrong: (value) => isWrong(value),
  errors: (value) => (check(value) ? [] : check.errors ?? []),
  schema: () => (assembled ??= assembleSchema(features, false)),
};

export interface Validated {
  /** The lab file as it was read. Not the parsed one: its tree, places and all, is as large as the plan and done with. */
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Resolved labs by stage name; one under `undefined` where the lab has no stages. Empty where there are errors. */
  readonly labs: ReadonlyMap<string | undefined, Lab>;
  readonly stages: readonly Stage[];
  readonly settings: readonly Setting[];
  readonly assets: readonly Asset[];
}

let last: { readonly file: string; readonly text: string; readonly parsed: ParsedFile } | undefined;

/** Asking for assets and validating read the same text: it is parsed once, and let go of by the latter. */
function parseOnce(file: string, text: string): ParsedFile {
  if (last?.file !== file || last.text !== text) last = { file, text, parsed: parseLab(file, text, known) };
  return last.parsed;
}

/** Files beside the lab file that any of its stages needs. The caller reads them: thinking has no disk. */
export function wantedAssets(file: string, text: string, settings: readonly Setting[] = []): readonly AssetWish[] {
  const parsed = parseOnce(file, text);
  const stages = stageList(parsed.value);
  const asking = features.filter((feature) => feature.assets !== undefined && Object.keys(feature.blocks ?? {}).some((key) => [parsed.value, ...stages.map((each) => each.overlay)].some((tree) => Object.hasOwn(tree, key)) || settings.some((setting) => setting.path[0] === key)));
  if (asking.length === 0 || parsed.problems.length > 0) return [];
  const wishes = [undefined, ...stages.map((each) => each.name)].flatMap((stage) => {
    const { value } = composeSource(parsed, stage, settings);
    return asking.flatMap((feature) => feature.assets?.(value) ?? []);
  });
  return [...new Map(wishes.map((wish) => [`${wish.kept} ${wish.path}`, wish])).values()];
}

/** Everything that is wrong with a lab in any of its stages, each mistake once; also what the machine it is to run on refuses, as far as that is known. */
export function validateLab(file: string, text: string, settings: readonly Setting[] = [], found: readonly Asset[] = [], host: Host = {}): Validated {
  const parsed = parseOnce(file, text);
  last = undefined;
  const assets = clashesRefused(found);
  let problems: Problem[] = [...parsed.problems];
  const labs = new Map<string | undefined, Lab>();
  const list = stageList(parsed.value);
  const raw = (parsed.value['stages'] ?? []) as unknown;
  const titles = Array.isArray(raw) ? (raw as Record<string, unknown>[]) : [];
  const stages = list.map(({ name, index }): Stage => ({ name, title: String(titles[index]?.['title'] ?? name) }));
  const ownChecks = Array.isArray(parsed.value['checks']) ? parsed.value['checks'].length : 0;
  if (problems.length === 0) {
    problems.push(...stageProblems(parsed));
    const seen = new Set<string>();
    // The lab itself first, so that what is wrong in all stages is told once, at its own place.
    for (const stage of [undefined, ...list.map((each) => each.name)]) {
      const source = composeSource(parsed, stage, settings);
      const resolution = resolveLab({ source, features, shape, stages, ownChecks, assets, host });
      for (const problem of resolution.problems) {
        // What the lab lacks may be what its stages add: without a stage only its shape is judged.
        if (stage === undefined && list.length > 0 && !isShape(problem)) continue;
        const key = `${problem.code} ${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
        if (!joined(problems, problem) && !seen.has(key)) problems.push(problem);
        seen.add(key);
      }
      if (resolution.lab && (stage !== undefined || list.length === 0)) labs.set(stage, resolution.lab);
    }
  }
  problems = withoutConsequences(problems).sort((a, b) => a.line - b.line || a.column - b.column);
  if (problems.some((problem) => problem.severity === 'error')) labs.clear();
  return { text, problems, labs, stages, settings, assets };
}

/** LG01x is shape, LG02x what variables and --set do to it. */
function isShape(problem: Problem): boolean {
  return /^LG0[12]/.test(problem.code);
}

/** The lab at a stage; the last stage where none is named. A string says why there is none. */
export function labAt(validated: Validated, stage: string | undefined): Lab | string {
  const last = validated.stages.at(-1)?.name;
  if (stage !== undefined && !validated.stages.some((each) => each.name === stage)) {
    return validated.stages.length === 0 ? 'this lab has no stages' : `there is no stage "${stage}". ${suggest(stage, validated.stages.map((each) => each.name), 'stage')}`;
  }
  return validated.labs.get(stage ?? last) ?? 'the lab has errors';
}

let renderer: Render | undefined;

export function planOf(validated: Validated, lab: Lab, name: string): readonly PlannedFile[] {
  renderer ??= createRenderer(compiled);
  const last = validated.stages.at(-1)?.name;
  const origin: Origin = { name, stageGiven: lab.stage !== last };
  return planLab({ lab, features, render: renderer, origin, assets: validated.assets, kept: { source: validated.text, stage: lab.stage, settings: validated.settings.map((setting) => setting.text) } });
}
