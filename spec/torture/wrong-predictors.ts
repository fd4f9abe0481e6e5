/** Predictors with one thing wrong: what was measured has to tell them from the right one. */
import type { Chain, Space, World } from '../../generator/model/world.js';
import { simulator } from '../../generator/predict/simulate.js';
import { difference, type Compared } from './compare.js';
import { Dice } from './dice.js';

export type Mistake = 'a rule it does not know' | 'two rules the wrong way round' | 'a route it does not know' | 'an MTU off by one' | 'a policy it does not know';

export interface WrongPredictor {
  readonly mistake: Mistake;
  readonly seed: number;
  /** Whether it says of any question what the right one does not; where it never does, nobody could tell. */
  readonly differs: boolean;
  readonly caught: boolean;
}

interface Asked {
  readonly seed: number;
  readonly world: World;
  readonly all: readonly Compared[];
}

/** How many of a world are tried. Which of two rules comes first seldom matters. */
const TRIED: Readonly<Record<Mistake, number>> = { 'a rule it does not know': 2, 'two rules the wrong way round': 6, 'a route it does not know': 2, 'an MTU off by one': 2, 'a policy it does not know': 2 };

export const MISTAKES = Object.keys(TRIED) as readonly Mistake[];

/** Of each world some predictors, each with one thing of it wrong. */
export function wrongPredictors(asked: readonly Asked[]): readonly WrongPredictor[] {
  return asked.flatMap(({ seed, world, all }) => {
    const possible = new Dice(seed).shuffled([...mistaken(world)]);
    return MISTAKES.flatMap((each) => possible.filter(({ mistake }) => mistake === each).slice(0, TRIED[each])).map(({ mistake, wrong }): WrongPredictor => {
      const predictor = simulator(wrong);
      const answers = all.map((each): Compared => ({ ...each, predicted: predictor.ask(each.question) }));
      const told = (each: Compared): string => JSON.stringify([each.predicted.verdict, each.predicted.seenAs, each.predicted.maxBytes]);
      return { mistake, seed, differs: answers.some((each, at) => told(each) !== told(all[at] ?? each)), caught: answers.some((each) => difference(each) !== undefined) };
    });
  });
}

function* mistaken(world: World): Generator<{ readonly mistake: Mistake; readonly wrong: World }> {
  for (const space of world.spaces) {
    const put = (change: Partial<Space>): World => ({ ...world, spaces: world.spaces.map((each) => (each === space ? { ...space, ...change } : each)) });
    for (const chain of space.chains) {
      const change = (more: Partial<Chain>): World => put({ chains: space.chains.map((each) => (each === chain ? { ...chain, ...more } : each)) });
      for (const [at, rule] of chain.rules.entries()) {
        yield { mistake: 'a rule it does not know', wrong: change({ rules: chain.rules.filter((each) => each !== rule) }) };
        const next = chain.rules[at + 1];
        if (next) yield { mistake: 'two rules the wrong way round', wrong: change({ rules: chain.rules.with(at, next).with(at + 1, rule) }) };
      }
      if (chain.policy === 'DROP') yield { mistake: 'a policy it does not know', wrong: change({ policy: 'ACCEPT' }) };
    }
    for (const route of space.routes) yield { mistake: 'a route it does not know', wrong: put({ routes: space.routes.filter((each) => each !== route) }) };
    for (const each of space.interfaces) yield { mistake: 'an MTU off by one', wrong: put({ interfaces: space.interfaces.map((other) => (other === each ? { ...each, mtu: each.mtu + 1 } : other)) }) };
  }
}
