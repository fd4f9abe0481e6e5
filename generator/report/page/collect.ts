/** One stage of a report: who reaches whom with each way, what the checks found, and the rendered files. */
import type { Family } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import type { PlannedFile } from '../../model/plan.js';
import type { FoundAnswer, FoundVerdict, Results } from '../../model/results.js';
import type { World } from '../../model/world.js';
import { classesOf } from '../../predict/classes.js';
import { pairsOf } from '../../predict/matrix.js';
import type { Answer } from '../../predict/question.js';
import { questionsOf, what, type Asked } from '../../predict/questions.js';
import { remedyFor } from '../../predict/remedies.js';
import { simulator } from '../../predict/simulate.js';
import type { PageAnswer, PageCheck, PageFile, PagePair, PagePath, PageStage } from './data.js';
import { pathOf } from './paths.js';
import { placesIn, type TextFile } from './places.js';
import type { Texts } from './texts.js';

/** More endpoints make no grid that anyone could read, and a page of many megabytes. */
export const MOST_ENDPOINTS = 64;
/** As many questions have a way of their own; beyond, what no packet can tell apart shares one. */
export const MOST_PATHS = 600;
/** Characters; a longer file is left out. */
const LONGEST_FILE = 200_000;

export interface StageInput {
  readonly lab: Lab;
  readonly title: string;
  readonly current: boolean;
  readonly world: World;
  readonly families: readonly Family[];
  readonly picture: string | undefined;
  readonly plan: readonly PlannedFile[];
  /** What was found on the running lab. */
  readonly results?: Omit<Results, 'digest'>;
  /** What a check expects, in words. */
  readonly expectedText: (check: Lab['checks'][number]) => string;
}

/** `leftOut` gets a sentence for what this leaves out. */
export function stageOf(input: StageInput, texts: Texts, leftOut: Set<string>): PageStage {
  const { lab, world, plan, results, picture } = input;
  const files = textFiles(plan, leftOut);
  const nodes = new Map(world.spaces.map((space) => [space.name, space.node]));
  const large = world.endpoints.length > MOST_ENDPOINTS;
  if (large) leftOut.add(`Who reaches whom: ${world.endpoints.length} nodes and containers are more than a page of ${MOST_ENDPOINTS} can show. "labgen predict" and "labgen explain" tell it.`);
  if (picture === undefined) leftOut.add('The picture: the lab is too large for one.');
  return {
    name: lab.stage ?? '',
    title: input.title,
    current: input.current,
    ...(picture !== undefined && { picture: texts.add(picture) }),
    endpoints: world.endpoints.map(({ name, kind, space }) => ({ name, kind, space, node: nodes.get(space) ?? space })),
    ...(large ? { pairs: [], paths: [] } : questionsAnswered(input, files, (space) => nodes.get(space) ?? space, texts, leftOut)),
    gaps: world.gaps,
    ...(results?.matrix && { measured: results.matrix.when }),
    ...(results?.checks && { checked: results.checks.when }),
    checks: lab.checks.map((check) => checkOf(check, results?.checks?.verdicts.find((each) => each.id === check.id), input.expectedText)),
    files: files.map(({ path, content }): PageFile => ({ path, text: texts.add(content) })),
  };
}

/** All questions of a stage, and the ways they take. */
function questionsAnswered({ world, families, results }: StageInput, files: readonly TextFile[], nodeOf: (space: string) => string, texts: Texts, leftOut: Set<string>): Pick<PageStage, 'pairs' | 'paths'> {
  const names = new Map(world.endpoints.map((each, index) => [each.name, index]));
  const measured = new Map((results?.matrix?.pairs ?? []).map((each) => [foundKey(each), each]));
  const count = [...questionsOf(world, families)].length;
  const shared = count > MOST_PATHS;
  if (shared) leftOut.add(`Ways of their own: of ${count} questions, those that no packet could tell apart share one.`);
  const [plain, serving] = [classesOf(world, 'any'), classesOf(world, 'serving')];
  const ready = simulator(world);
  const placesOf = placesIn(files, nodeOf);
  const paths: PagePath[] = [];
  const known = new Map<string, { readonly index: number; readonly of: Asked }>();
  const pairs = [...pairsOf(world, families)].map(({ question, answer }): PagePair => {
    const key = shared ? [plain.get(question.from), question.protocol === 'icmp' ? plain.get(question.to) : serving.get(question.to), what(question), question.family].join(' ') : keyOf(question);
    let path = known.get(key);
    if (!path) {
      const explanation = ready.explain(question);
      path = { index: paths.push(pathOf(explanation, explanation.answer.verdict === 'stopped' ? remedyFor(world, question) : undefined, texts, placesOf)) - 1, of: question };
      known.set(key, path);
    }
    const found = measured.get(keyOf(question));
    return {
      from: names.get(question.from) ?? -1,
      to: names.get(question.to) ?? -1,
      by: what(question),
      family: question.family,
      address: question.address,
      ...(question.presumed && { presumed: true }),
      predicted: answerOf(answer),
      ...(found?.measured && { measured: answerOf(found.measured) }),
      ...(found?.why !== undefined && { why: found.why }),
      path: path.index,
      ...(path.of.from !== question.from || path.of.to !== question.to ? { like: `${path.of.from} → ${path.of.to}` } : {}),
    };
  });
  return { pairs, paths };
}

/** The address may be another on the running lab than was presumed. */
function keyOf(question: Asked): string {
  return foundKey({ ...question, by: what(question) });
}

function foundKey({ from, to, by, family }: Pick<FoundAnswer, 'from' | 'to' | 'by' | 'family'>): string {
  return `${from} ${to} ${by} ${family}`;
}

function answerOf({ verdict, seenAs, maxBytes, answeredBy, stoppedAt }: Answer): PageAnswer {
  return {
    reached: verdict === 'reached',
    ...(seenAs !== undefined && { seenAs }),
    ...(verdict === 'reached' && maxBytes !== undefined && maxBytes < Number.MAX_SAFE_INTEGER && { maxBytes }),
    ...(answeredBy !== undefined && { answeredBy }),
    ...(stoppedAt && { stopped: `${stoppedAt.node}: ${stoppedAt.reason}` }),
    ...(stoppedAt?.rule !== undefined && { rule: stoppedAt.rule }),
    ...(stoppedAt?.onTheWayBack === true && { onTheWayBack: true }),
  };
}

function checkOf(check: Lab['checks'][number], verdict: FoundVerdict | undefined, expectedText: StageInput['expectedText']): PageCheck {
  const common = { id: check.id, from: check.from, why: check.why, expected: expectedText(check) };
  if (!verdict) return { ...common, state: 'waiting' };
  const { state, node, command, seen, seconds } = verdict;
  return { ...common, state, node, command, seen, seconds: Math.round(seconds * 1000) / 1000 };
}

/** Text that one may read; what labgen keeps for itself is none. */
function textFiles(plan: readonly PlannedFile[], leftOut: Set<string>): readonly TextFile[] {
  return plan.flatMap(({ path, content }) => {
    if (path.startsWith('.labgen/') || path.endsWith('.svg')) return [];
    const text = textIn(content);
    if (text === undefined) return [];
    if (text.length <= LONGEST_FILE) return [{ path, content: text }];
    leftOut.add(`${path}: it is longer than ${LONGEST_FILE} characters.`);
    return [];
  });
}

/** Undefined where it is no text, such as an archive that the lab brings along. */
function textIn(content: PlannedFile['content']): string | undefined {
  if (typeof content === 'string') return content;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.includes('\u0000') ? undefined : text;
  } catch {
    return undefined;
  }
}
