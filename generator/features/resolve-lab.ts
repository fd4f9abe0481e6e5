/** From a composed source to a resolved lab, and all that is wrong with it. Pure. */
import type { Asset } from '../model/asset.js';
import type { Check, CheckKind } from '../model/check.js';
import { resolveGround, type Ground } from '../model/ground.js';
import type { Lab, Stage } from '../model/lab.js';
import { dotted, type Path, type Problem } from '../model/problem.js';
import { suggest } from '../schema/nearest.js';
import { shapeProblems, type Shape } from '../schema/shape.js';
import type { LabSource } from '../source/lab-source.js';
import type { Contributions, Feature, RuleContext, SoFar } from './feature.js';
import { checkRules, finishCheck, resolveChecks } from './resolve-checks.js';

export interface Resolution {
  /** Undefined where there is an error. */
  readonly lab: Lab | undefined;
  readonly problems: readonly Problem[];
}

export interface ResolveRequest {
  readonly source: LabSource;
  readonly features: readonly Feature[];
  readonly shape: Shape;
  readonly stages: readonly Stage[];
  /** How many of the checks are the lab's own; the rest are the stage's. */
  readonly ownChecks: number;
  readonly assets: readonly Asset[];
}

export function resolveLab({ source, features, shape, stages, ownChecks, assets }: ResolveRequest): Resolution {
  const problems: Problem[] = [...source.problems];
  const wrong: Path[] = problems.map((problem) => problem.path.split(/[.[\]]+/).filter(Boolean));
  problems.push(...shapeProblems(source, shape, wrong));
  const context = ruleContext(source, problems, wrong);
  const ground = resolveGround(source.value, context, assets, source.blocks);
  const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
  const rules: RuleContext = { ...context, source: source.value, ground };
  for (const feature of features) for (const rule of feature.rules ?? []) rule(rules);
  const soFar = contributions(ground, features);
  const names = { nodes: ground.nodes, containers: soFar.containers };
  checkRules(rules, kinds, names);
  if (problems.some((problem) => problem.severity === 'error')) return { lab: undefined, problems };
  const written = resolveChecks(source.value, kinds, names, (index) => (index < ownChecks ? 'lab' : source.stage ?? 'lab'));
  const lab: Lab = {
    name: ground.name,
    title: String(source.value['title'] ?? ground.name),
    summary: String(source.value['summary'] ?? ''),
    stage: source.stage,
    stages,
    networks: ground.networks,
    nodes: ground.nodes,
    ...soFar,
    checks: [],
  };
  return { lab: { ...lab, checks: unique([...freeChecks(lab, features, kinds), ...written]) }, problems };
}

function contributions(ground: Ground, features: readonly Feature[]): SoFar {
  let soFar: SoFar = { containers: [], images: [], artifacts: [], artifactUses: [], flannelNodes: [], weaveRouters: [], weaveLeavers: [], links: [], removals: [], pipework: [], routes: [], rules: [], sysctls: [], daemonFlags: [], daemonVariables: [], containerNetworks: [], dockerNetworks: [], swarms: [], imageUses: [], sweeps: [], modules: [], packages: [], steps: [], handout: [] };
  for (const feature of features) {
    const added: Contributions = feature.resolve?.(ground, soFar) ?? {};
    const next: Record<string, readonly unknown[]> = { ...soFar };
    for (const [key, list] of Object.entries(added) as [keyof SoFar, readonly unknown[]][]) next[key] = [...soFar[key], ...list];
    soFar = next as unknown as SoFar;
  }
  return soFar;
}

function freeChecks(lab: Lab, features: readonly Feature[], kinds: readonly CheckKind[]): Check[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return features.flatMap((feature) =>
    (feature.checks?.(lab) ?? []).map((request) => {
      const kind = byName.get(request.kind);
      if (!kind) throw new Error(`the feature ${feature.name} asks for a check of the unknown kind ${request.kind}`);
      return finishCheck(request, feature.name, kind);
    }),
  );
}

/** The lab may ask what comes free anyway; it is asked once, and the lab's own wording wins. */
function unique(checks: readonly Check[]): Check[] {
  return [...new Map(checks.map((check) => [check.id, check])).values()];
}

/** A wrong name that is used in several places is one mistake: told at the first, the others are named there. */
function joined(problems: Problem[], found: Problem): boolean {
  const name = wrongName(found);
  const index = name === undefined || found.line === 0 ? -1 : problems.findIndex((problem) => problem.file === found.file && wrongName(problem) === name);
  const first = problems[index];
  if (!first) return false;
  const [hint = '', others] = first.hint.split(/ Also at lines? /);
  const lines = new Set([first.line, found.line, ...(others ?? '').split(', ').filter(Boolean).map(Number.parseFloat)]);
  const [, ...more] = [...lines].sort((a, b) => a - b);
  const told = found.line < first.line ? found : first;
  problems[index] = { ...told, hint: more.length === 0 ? hint : `${told === found ? found.hint : hint} Also at line${more.length > 1 ? 's' : ''} ${more.join(', ')}.` };
  return true;
}

function wrongName(problem: Problem): string | undefined {
  return problem.code === 'LG040' ? /"([^"]*)"/.exec(problem.message)?.[1] : undefined;
}

function ruleContext(source: LabSource, problems: Problem[], wrong: Path[]): Omit<RuleContext, 'source' | 'ground'> {
  const touches = (path: Path): boolean =>
    wrong.some((each) => {
      const length = Math.min(each.length, path.length);
      for (let index = 0; index < length; index++) if (String(each[index]) !== String(path[index])) return false;
      return true;
    });
  const report = (severity: 'error' | 'warning') => (code: string, path: Path, message: string, hint: string): void => {
    const known = problems.some((problem) => problem.code === code && problem.path === dotted(path) && problem.message === message);
    if (known) return;
    if (severity === 'error') wrong.push(path);
    const found = { code, severity, ...source.locate(path), message, hint };
    if (!joined(problems, found)) problems.push(found);
  };
  return {
    isSound: (path) => !touches(path),
    error: report('error'),
    warning: report('warning'),
    nearest: (name, names, what = 'name') => suggest(name, names, what),
  };
}
