/** The whole matrix of a world: every question with its answer. */
import type { Family } from '../model/family.js';
import type { World } from '../model/world.js';
import type { Answer } from './question.js';
import { questionsOf, type Asked } from './questions.js';
import { simulator } from './simulate.js';

export interface Pair {
  readonly question: Asked;
  readonly answer: Answer;
}

export interface Matrix {
  /** Names of all endpoints, in the lab's order. */
  readonly endpoints: readonly string[];
  /** Every address a name stands for: a node has those of all its interfaces. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly pairs: readonly Pair[];
  /** What the prediction leaves out. */
  readonly gaps: readonly string[];
}

/** Whom to ask; left out: everybody. */
export interface Wanted {
  readonly from?: string;
  readonly to?: string;
}

export function matrixOf(world: World, families: readonly Family[], wanted: Wanted = {}): Matrix {
  const ready = simulator(world);
  const questions = questionsOf(world, families).filter((each) => (wanted.from === undefined || each.from === wanted.from) && (wanted.to === undefined || each.to === wanted.to));
  const spaces = new Map(world.spaces.map((space) => [space.name, space.interfaces.flatMap((each) => each.addresses.map((cidr) => cidr.split('/')[0] ?? ''))]));
  const addresses = new Map(world.endpoints.map((each) => [each.name, spaces.get(each.space) ?? []]));
  return { addresses, endpoints: world.endpoints.map((each) => each.name), gaps: world.gaps, pairs: questions.map((question) => ({ question, answer: ready.ask(question) })) };
}
