/** The whole matrix of a world: every question with its answer. */
import { addressPart, type Family } from '../model/family.js';
import type { World } from '../model/world.js';
import { classesOf } from './classes.js';
import type { Answer } from './question.js';
import { roundsOf, type Asked, type Wanted } from './questions.js';
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

export function matrixOf(world: World, families: readonly Family[], wanted: Wanted = {}): Matrix {
  const spaces = new Map(world.spaces.map((space) => [space.name, space.interfaces.flatMap((each) => each.addresses.map((cidr) => addressPart(cidr)))]));
  const addresses = new Map(world.endpoints.map((each) => [each.name, spaces.get(each.space) ?? []]));
  return { addresses, endpoints: world.endpoints.map((each) => each.name), gaps: world.gaps, pairs: [...pairsOf(world, families, wanted)] };
}

/** One after the other. Of endpoints that no packet could tell apart one pair is simulated, and stands for all. */
export function* pairsOf(world: World, families: readonly Family[], wanted: Wanted = {}): Generator<Pair> {
  const ready = simulator(world);
  const [plain, serving] = [classesOf(world, 'any'), classesOf(world, 'serving')];
  const own = new Map(world.endpoints.map((each) => [each.name, each.addresses.map(({ address }) => address)]));
  const [pinged, served] = [new Map<number, readonly Pair[]>(), new Map<number, readonly Pair[]>()];
  const all = world.endpoints.length;
  for (const { from, to, pings, connections } of roundsOf(world, families, wanted)) {
    const asker = (plain.get(from) ?? 0) * all;
    yield* answersTo(pings, pinged, asker + (plain.get(to) ?? 0));
    if (connections.length > 0) yield* answersTo(connections, served, asker + (serving.get(to) ?? 0));
  }

  function answersTo(questions: readonly Asked[], known: Map<number, readonly Pair[]>, key: number): readonly Pair[] {
    const like = known.get(key);
    if (like) return questions.map((question, index) => ({ question, answer: inPlace(like[index] as Pair, question, own) }));
    const pairs = questions.map((question): Pair => ({ question, answer: ready.ask(question) }));
    known.set(key, pairs);
    return pairs;
  }
}

/** The answer of another pair with the names and addresses of this one. */
function inPlace({ question: known, answer }: Pair, question: Asked, own: ReadonlyMap<string, readonly string[]>): Answer {
  const { seenAs, stoppedAt } = answer;
  const [theirs, ours] = [own.get(known.from) ?? [], own.get(question.from) ?? []];
  const at = seenAs === undefined ? -1 : theirs.indexOf(seenAs);
  // Masqueraded, or reached from where it makes no difference: the very same.
  if (at === -1 && stoppedAt === undefined) return answer;
  return {
    ...answer,
    ...(at !== -1 && { seenAs: ours[at] ?? seenAs }),
    ...(stoppedAt && { stoppedAt: known.from === question.from && known.to === question.to ? stoppedAt : renamed(stoppedAt, known, question, theirs, ours) }),
  };
}

function renamed(stop: NonNullable<Answer['stoppedAt']>, known: Asked, question: Asked, theirs: readonly string[], ours: readonly string[]): NonNullable<Answer['stoppedAt']> {
  const node = stop.node === known.from ? question.from : stop.node === known.to ? question.to : stop.node;
  const replace = (text: string): string => {
    let result = text.includes(known.address) ? text.replaceAll(known.address, question.address) : text;
    for (const [index, address] of theirs.entries()) if (result.includes(address)) result = result.replaceAll(address, ours[index] ?? address);
    return result;
  };
  return { ...stop, node, reason: replace(stop.reason) };
}
