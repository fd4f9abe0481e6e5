/** Random worlds with random rules: what is predicted of them, and what packets in network namespaces do, is the same. */
import type { Answer, Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { difference, differing, measured, questionsOf, report, type Compared } from './compare.js';
import type { Figures } from './figures.js';
import { randomWorld } from './random-world.js';
import { smallest } from './smaller.js';
import type { World } from '../../generator/model/world.js';
import { wrongPredictors } from './wrong-predictors.js';

export const title = 'Random topologies: predicted and measured';

/** Of these, so many are in `npm test`. */
export const WORLDS = 30;
export const SEED = 6_000;
const AT_ONCE = 3;
const WAIT_MS = 150;
const PATIENCE_MS = 700;

export interface Asked {
  readonly seed: number;
  readonly world: World;
  readonly all: readonly Compared[];
}

export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const worlds = Math.round(WORLDS * scale);
  const figures = { worlds: 0, questions: 0, reached: 0, 'wrong predictors caught': 0 };
  for (let at = 0; at < worlds; at += WORLDS) {
    const asked = await askWorlds(SEED + at, Math.min(WORLDS, worlds - at));
    for (const { all } of asked) {
      figures.worlds++;
      figures.questions += all.length;
      figures.reached += all.filter((each) => each.measured.verdict === 'reached').length;
    }
    const wrong = wrongPredictors(asked);
    figures['wrong predictors caught'] += wrong.filter(({ caught }) => caught).length;
    say(`${figures.worlds} worlds, ${figures.questions} questions, ${figures.reached} reached`);
  }
  return figures;
}

/** Throws at the first world whose prediction is wrong, made as small as it goes. */
export async function askWorlds(seed: number, count: number): Promise<readonly Asked[]> {
  const done: Asked[] = [];
  let next = seed;
  const worker = async (): Promise<void> => {
    while (next < seed + count) {
      const mine = next++;
      done.push(await askWorld(mine));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return done.sort((a, b) => a.seed - b.seed);
}

async function askWorld(seed: number): Promise<Asked> {
  const world = randomWorld(seed);
  const questions = questionsOf(world, seed);
  const predictor = simulator(world);
  const answers = await measured(world, questions, WAIT_MS);
  const all = questions.map((question, at): Compared => ({ question, predicted: predictor.ask(question), measured: answers[at] ?? { verdict: 'stopped' } }));
  const [wrong] = await differing(world, all, PATIENCE_MS);
  if (wrong) throw new Error(`world ${seed}: ${await shown(world, wrong)}`);
  // What was asked again and then agreed was late, not wrong.
  return { seed, world, all: all.map((each) => (difference(each) === undefined ? each : { ...each, measured: each.predicted })) };
}

/** The smallest world in which the same question has two different answers. */
export async function shown(world: World, wrong: Compared, tries?: number, predict: (world: World, question: Question) => Answer = (of, question) => simulator(of).ask(question)): Promise<string> {
  const { question } = wrong;
  const compare = async (candidate: World): Promise<Compared> => {
    const [answer] = await measured(candidate, [question], 300);
    return { question, predicted: predict(candidate, question), measured: answer ?? { verdict: 'stopped' } };
  };
  const differs = async (candidate: World): Promise<boolean> => {
    return difference(await compare(candidate)) !== undefined;
  };
  const keep = world.endpoints.filter(({ name }) => name === question.from || name === question.to).map(({ space }) => space);
  const small = await smallest(world, keep, differs, tries);
  return report(small === world ? wrong : await compare(small), small);
}
