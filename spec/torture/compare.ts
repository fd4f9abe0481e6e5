/** A world asked twice: what is predicted of it, and what kernels do with it. */
import { familyOf } from '../../generator/model/family.js';
import type { World } from '../../generator/model/world.js';
import type { Answer, Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { disagreement, isNotMeasured, type Measured } from '../../generator/verify/matrix.js';
import { RealWorld } from '../support/realise.js';
import { scriptOf } from '../support/realise-script.js';
import { Dice } from './dice.js';
import { CLOSED, OPEN } from './random-world.js';

export interface Compared {
  readonly question: Question;
  readonly predicted: Answer;
  readonly measured: Answer;
}

/** More of one world would be more of the same. */
const MOST_QUESTIONS = 120;
/** Those that still differ when asked together are asked alone: so many of a world. */
const MOST_ALONE = 6;

/** All pairs, by each address of the asked one: pings, everything that is served somewhere, and a port that never is. */
export function questionsOf(world: World, seed: number): readonly Question[] {
  const dice = new Dice(seed);
  const all: Question[] = [];
  for (const from of world.endpoints) {
    for (const to of world.endpoints) {
      if (from.space === to.space) continue;
      for (const { address } of to.addresses) {
        const common = { from: from.name, to: to.name, address, family: familyOf(address) };
        all.push({ ...common, protocol: 'icmp' });
        for (const { protocol, port } of [...OPEN, { protocol: dice.one(['tcp', 'udp'] as const), port: CLOSED }]) if (dice.maybe(0.4)) all.push({ ...common, protocol, port });
      }
    }
  }
  return dice.shuffled(all).slice(0, MOST_QUESTIONS);
}

/** What kernels answer; a question that cannot be asked is a mistake of the test's. */
export async function measured(world: World, questions: readonly Question[], waitMs: number): Promise<readonly Answer[]> {
  const predictor = simulator(world);
  const real = await RealWorld.make(world);
  try {
    const all = await real.measure(questions, { waitMs, expects: (question) => predictor.ask(question).maxBytes });
    return all.map((each, at) => answerOf(each, questions[at]));
  } finally {
    real.end();
  }
}

function answerOf(each: Measured, question: Question | undefined): Answer {
  if (isNotMeasured(each)) throw new Error(`${JSON.stringify(question)} was not measured: ${each.notMeasured}`);
  return each;
}

/**
 * Those that differ. They are asked again with patience, for a busy machine is no firewall; and then each alone in a world of
 * its own, for that is what is predicted: kernels remember what others asked before.
 */
export async function differing(world: World, all: readonly Compared[], patienceMs: number): Promise<readonly Compared[]> {
  let doubtful: readonly Compared[] = all.filter((each) => difference(each) !== undefined);
  if (doubtful.length > 1) doubtful = await again(world, doubtful, patienceMs);
  const alone: Compared[] = [];
  for (const each of doubtful.slice(0, MOST_ALONE)) alone.push(...(await again(world, [each], patienceMs)));
  return alone;
}

async function again(world: World, doubtful: readonly Compared[], patienceMs: number): Promise<readonly Compared[]> {
  if (doubtful.length === 0) return [];
  const answers = await measured(world, doubtful.map(({ question }) => question), patienceMs);
  return doubtful.map((each, at) => ({ ...each, measured: answers[at] ?? each.measured })).filter((each) => difference(each) !== undefined);
}

/**
 * In what the two answers differ. Not compared is how long an echo of IPv6 may be at most where it was measured to be less: its
 * answer is as long, no router breaks it into fragments, and whether its sender is told so hangs on rules about another packet.
 */
export function difference({ question, predicted, measured }: Compared): string | undefined {
  if (isEcho6(question) && (measured.maxBytes ?? 0) < (predicted.maxBytes ?? 0)) return disagreement({ ...predicted, maxBytes: measured.maxBytes ?? 0 }, measured);
  return disagreement(predicted, measured);
}

export function isEcho6({ protocol, family }: Question): boolean {
  return protocol === 'icmp' && family === 6;
}

/** For whoever has to find out who is right: the world, the question, both answers, and the commands that build it. */
export function report({ question, predicted, measured }: Compared, world: World): string {
  const { from, protocol, port, address } = question;
  const by = port === undefined ? '' : ` port ${port}`;
  return [
    `${from} asks ${question.to} (${protocol} ${address}${by}): ${difference({ question, predicted, measured }) ?? 'they agree'}`,
    `predicted: ${JSON.stringify(predicted)}`,
    `measured:  ${JSON.stringify(measured)}`,
    `the world: ${JSON.stringify(world)}`,
    'to build it by hand, save what follows and run: unshare --net --mount --pid --fork --kill-child sh -e FILE',
    `${scriptOf(world)}exec sh`,
  ].join('\n');
}
