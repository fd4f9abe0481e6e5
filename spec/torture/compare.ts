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
const MOST_QUESTIONS = 240;

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

/** Those that differ; they are asked again, of a world built anew and with patience, for a busy machine is no firewall. */
export async function differing(world: World, all: readonly Compared[], patienceMs: number): Promise<readonly Compared[]> {
  const doubtful = all.filter((each) => disagreement(each.predicted, each.measured) !== undefined);
  if (doubtful.length === 0) return [];
  const again = await measured(world, doubtful.map(({ question }) => question), patienceMs);
  return doubtful.map((each, at) => ({ ...each, measured: again[at] ?? each.measured })).filter((each) => disagreement(each.predicted, each.measured) !== undefined);
}

/** For whoever has to find out who is right: the world, the question, both answers, and the commands that build it. */
export function report({ question, predicted, measured }: Compared, world: World): string {
  const { from, protocol, port, address } = question;
  const by = port === undefined ? '' : ` port ${port}`;
  return [
    `${from} asks ${question.to} (${protocol} ${address}${by}): ${disagreement(predicted, measured) ?? 'they agree'}`,
    `predicted: ${JSON.stringify(predicted)}`,
    `measured:  ${JSON.stringify(measured)}`,
    `the world: ${JSON.stringify(world)}`,
    'to build it by hand, save what follows and run: unshare --net --mount --pid --fork --kill-child sh -e FILE',
    `${scriptOf(world)}exec sh`,
  ].join('\n');
}
