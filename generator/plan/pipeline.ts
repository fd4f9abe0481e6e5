/** The whole of thinking in one place: text → parse → validate → resolve, for every stage at once. Pure. */
import { joined, withoutConsequences } from '../features/rule-context.js';
import { resolveLab } from '../features/resolve-lab.js';
import { features } from '../generated/features.js';
import { known, shippedAs } from '../generated/labs.js';
import { shippedMatrices } from '../generated/matrices.js';
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
import { suggest } from '../model/nearest.js';
import type { Shape } from '../schema/shape.js';
import { hiding, secretPaths } from '../source/secrets.js';
import { settingPath } from '../schema/setting-path.js';
import { pathsIncluded, withIncludes, type Fragment } from '../source/include.js';
import { composeSource, stageList } from '../source/lab-source.js';
import { parseLab, type ParsedFile } from '../source/parse.js';
import { settingsOf, type Setting, type VarsFile } from '../source/settings.js';
import { acrossStages } from './across-stages.js';
import type { Origin } from './base-files.js';
import { planLab } from './plan.js';
import { stageMatrices, type StageMatrix } from './stage-matrices.js';
import { stageProblems } from './stage-problems.js';

export { features };

let assembled: JsonSchema | undefined;
const shape: Shape = {
  isWrong: (value) => isWrong(value),
  errors: (value) => (check(value) ? [] : check.errors ?? []),
  schema: () => (assembled ??= assembleSchema(features, false)),
};

/** What else a lab is made from: the files it includes, and those given by --vars, the later over the earlier. */
export interface Beside {
  readonly fragments: readonly Fragment[];
  readonly vars: readonly VarsFile[];
}

const NOTHING: Beside = { fragments: [], vars: [] };

export interface Validated extends Beside {
  /** The lab file as it was read. Not the parsed one: its tree, places and all, is as large as the plan and done with. */
  readonly text: string;
  /** This one and all that problems can be in, by the names that messages have for them. */
  readonly texts: ReadonlyMap<string, string>;
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

/** Files the lab itself includes, from its own folder. The caller reads them, and what they include. */
export function includedFiles(file: string, text: string): readonly string[] {
  return pathsIncluded(parseOnce(file, text).value);
}

/** `--set` paths as the schema has them; the schema is not made where there are none. */
function read(settings: readonly Setting[]): readonly Setting[] {
  return settings.map((setting) => (setting.at ? setting : { ...setting, ...settingPath(shape.schema(), setting.path) }));
}

/** Files beside the lab file that any of its stages needs. The caller reads them: thinking has no disk. */
export function wantedAssets(file: string, text: string, given: readonly Setting[] = [], { fragments, vars }: Beside = NOTHING): readonly AssetWish[] {
  const parsed = withIncludes(parseOnce(file, text), fragments);
  const settings = [...settingsOf(vars).settings, ...read(given)];
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
export function validateLab(file: string, text: string, given: readonly Setting[] = [], found: readonly Asset[] = [], beside: Beside = NOTHING, host: Host = {}): Validated {
  const parsed = withIncludes(parseOnce(file, text), beside.fragments);
  last = undefined;
  const assets = clashesRefused(found);
  const variables = settingsOf(beside.vars);
  const settings = [...variables.settings, ...read(given)];
  const texts = new Map([[file, text], ...[...beside.fragments, ...beside.vars].flatMap((each): [string, string][] => ('text' in each ? [[each.file, each.text]] : []))]);
  let problems: Problem[] = [...parsed.problems, ...variables.problems];
  const labs = new Map<string | undefined, Lab>();
  const list = stageList(parsed.value);
  const raw = (parsed.value['stages'] ?? []) as unknown;
  const titles = Array.isArray(raw) ? (raw as Record<string, unknown>[]) : [];
  const stages = list.map(({ name, index }): Stage => ({ name, title: String(titles[index]?.['title'] ?? name) }));
  const ownChecks = Array.isArray(parsed.value['checks']) ? parsed.value['checks'].length : 0;
  if (problems.length === 0) {
    problems.push(...stageProblems(parsed));
    const seen = new Set<string>();
    const across = acrossStages();
    // The lab itself first, so that what is wrong in all stages is told once, at its own place.
    for (const stage of [undefined, ...list.map((each) => each.name)]) {
      const source = composeSource(parsed, stage, settings);
      across.add(source);
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
    problems.push(...across.problems());
  }
  const files = [...texts.keys()];
  problems = withoutConsequences(problems).sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column);
  if (problems.some((problem) => problem.severity === 'error')) labs.clear();
  if (problems.length > 0) {
    const unread = [...texts].filter(([name]) => problems.some(({ file: where, code }) => where === name && /^LG00/.test(code)));
    const hidden = hiding(secretPaths(shape.schema()), [parsed.value, ...list.map((each) => each.overlay)], settings, unread.map(([, each]) => each));
    problems = problems.map((problem) => hidden.problem(problem));
    for (const [name, each] of texts) texts.set(name, hidden.text(each));
  }
  return { text, texts, problems, labs, stages, settings: given, assets, fragments: beside.fragments, vars: beside.vars };
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

/** Where the lab writes a check. The text is parsed anew: whoever asks for this has something to tell. */
export function placeOfCheck({ text, texts, settings, fragments, vars }: Validated, stage: string | undefined, index: number): { readonly file: string; readonly line: number } {
  const [file = ''] = texts.keys();
  const parsed = withIncludes(parseLab(file, text, known), fragments);
  return composeSource(parsed, stage, [...settingsOf(vars).settings, ...read(settings)]).locate(['checks', index]);
}

let renderer: Render | undefined;

export function planOf(validated: Validated, lab: Lab, name: string): readonly PlannedFile[] {
  renderer ??= createRenderer(compiled);
  const last = validated.stages.at(-1)?.name;
  const origin: Origin = { name, stageGiven: lab.stage !== last };
  return planLab({ lab, features, render: renderer, origin, assets: validated.assets, matrices: matricesOf(validated), kept: { source: validated.text, stage: lab.stage, settings: validated.settings.map((setting) => setting.text), fragments: validated.fragments, vars: validated.vars, secret: [...validated.labs.values()].some((each) => each.secrets.length > 0) } });
}

/** Of every stage; those of a shipped lab as it stands were made when labgen was built. */
function matricesOf({ text, labs, settings, fragments, vars, assets }: Validated): readonly StageMatrix[] {
  const plain = settings.length + fragments.length + vars.length + assets.length === 0;
  return (plain ? shippedMatrices(shippedAs(text)) : undefined) ?? stageMatrices([...labs.values()], features);
}
