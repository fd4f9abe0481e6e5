/** Which packets of a lab are worth following: few that are like no other, rather than all of a kind. */
import type { Endpoint, World } from '../../generator/model/world.js';
import type { Asked } from '../../generator/predict/questions.js';
import { simulator } from '../../generator/predict/simulate.js';
import { pointsOf } from '../../generator/trace/points.js';

export interface ChosenQuestions {
  readonly chosen: readonly Asked[];
  /** Of so many. */
  readonly all: number;
}

/** Of a large lab no more; the first ones are the most telling. */
const MOST = 60;

/** Of pairs of containers on different nodes all; of the others one for each way that is like no other. */
export function chosenQuestions(world: World, questions: readonly Asked[]): ChosenQuestions {
  const predictor = simulator(world);
  const endpoints = new Map(world.endpoints.map((each) => [each.name, each]));
  const nodeOf = (endpoint: Endpoint | undefined): string | undefined => world.spaces.find((space) => space.name === endpoint?.space)?.node;
  const far = ({ from, to }: Asked): boolean => {
    const [one, other] = [endpoints.get(from), endpoints.get(to)];
    return one?.kind === 'container' && other?.kind === 'container' && nodeOf(one) !== nodeOf(other);
  };
  const ways = new Set<string>();
  const signature = (question: Asked): string => {
    const explanation = predictor.explain(question);
    const kindOf = (space: string, name: string): string => world.spaces.find((each) => each.name === space)?.interfaces.find((each) => each.name === name)?.kind ?? 'lo';
    return JSON.stringify([question.protocol, question.family, explanation.answer.verdict, explanation.answer.stoppedAt?.reason.replaceAll(/[\d.:a-f]+/g, ''), pointsOf(world, explanation).map((point) => [kindOf(point.space, point.interface), point.direction, point.tunnels, point.since.map(({ kind }) => kind).filter((kind) => kind === 'translate')])]);
  };
  const first = [...questions].sort((a, b) => Number(far(b)) - Number(far(a)));
  const chosen = first.filter((question) => {
    const key = signature(question);
    const known = ways.has(key);
    ways.add(key);
    return !known || (far(question) && question.protocol === 'icmp');
  });
  return { chosen: chosen.slice(0, MOST), all: questions.length };
}
