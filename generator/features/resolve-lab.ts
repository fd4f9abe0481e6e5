/** From a composed source to a resolved lab, and all that is wrong with it. Pure. */
import type { Asset } from '../model/asset.js';
import type { Check, CheckKind } from '../model/check.js';
import { resolveGround, type Ground } from '../model/ground.js';
import type { Host } from '../model/host.js';
import type { Lab, Stage } from '../model/lab.js';
import type { Path, Problem } from '../model/problem.js';
import { shapeProblems, type Shape } from '../schema/shape.js';
import type { LabSource } from '../source/lab-source.js';
import type { Contributions, Feature, RuleContext, SoFar } from './feature.js';
import { checkRules, doubtChecks, finishCheck, resolveChecks } from './resolve-checks.js';
import { ruleContext } from './rule-context.js';

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
  readonly host: Host;
}

export function resolveLab({ source, features, shape, stages, ownChecks, assets, host }: ResolveRequest): Resolution {
  const problems: Problem[] = [...source.problems];
  const wrong: Path[] = [...source.wrong];
  problems.push(...shapeProblems(source, shape, wrong));
  const context = ruleContext(source, problems, wrong);
  const ground = resolveGround(source.value, context, assets, source.blocks, source.ipv6);
  const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
  const rules: RuleContext = { ...context, source: source.value, ground, host };
  for (const feature of features) for (const rule of feature.rules ?? []) rule(rules);
  const soFar = contributions(ground, features);
  const names = { nodes: ground.nodes, groups: ground.groups, containers: soFar.containers };
  checkRules(rules, kinds, names);
  if (problems.some((problem) => problem.severity === 'error')) return { lab: undefined, problems };
  const lab: Lab = {
    name: ground.name,
    title: String(source.value['title'] ?? ground.name),
    summary: String(source.value['summary'] ?? ''),
    stage: source.stage,
    stages,
    ipv6: ground.ipv6,
    networks: ground.networks,
    nodes: ground.nodes,
    ...soFar,
    checks: [],
  };
  doubtChecks(rules, kinds, names, lab);
  if (problems.some((problem) => problem.severity === 'error')) return { lab: undefined, problems };
  const written = resolveChecks(source.value, kinds, names, (index) => (index < ownChecks ? 'lab' : source.stage ?? 'lab'));
  return { lab: { ...lab, checks: unique([...freeChecks(lab, features, kinds), ...written]) }, problems };
}

function contributions(ground: Ground, features: readonly Feature[]): SoFar {
  let soFar: SoFar = { containers: [], images: [], artifacts: [], artifactUses: [], flannelNodes: [], weaveRouters: [], weaveLeavers: [], links: [], removals: [], pipework: [], routes: [], rules: [], sysctls: [], daemonFlags: [], daemonVariables: [], containerNetworks: [], containerNetworks6: [], dockerNetworks: [], swarms: [], imageUses: [], sweeps: [], modules: [], packages: [], steps: [], breaks: [], handout: [], secrets: [] };
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
