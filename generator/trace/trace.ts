/** A packet on a running lab: captures along its predicted way, the packet itself, and what was seen against what was predicted. */
import type { Connections } from '../model/connections.js';
import type { World } from '../model/world.js';
import type { Question } from '../predict/question.js';
import { simulator, type Explanation } from '../predict/simulate.js';
import { compare, type Comparison } from './compare.js';
import { Interfaces } from './interfaces.js';
import { pointsOf, type Point } from './points.js';
import { record, type Mark, type Recording, type RecordingOptions } from './recording.js';
import { sightingsOf, type Sighting } from './sightings.js';

export interface Trace extends Comparison {
  readonly question: Question;
  readonly explanation: Explanation;
  readonly sightings: readonly Sighting[];
  readonly recording: Recording;
  readonly interfaces: Interfaces;
}

export interface TraceOptions extends Pick<RecordingOptions, 'place' | 'waitMs'> {
  /** 16 hex digits no other trace on these machines has. */
  readonly nonce: string;
  /** For tests: what is held against what is seen, in place of what is predicted of the world. */
  readonly explanation?: Explanation;
}

/** Own ports are below those that kernels choose. */
const [FIRST_PORT, PORTS] = [12_000, 20_000];

/** Throws NodeUnreachable where the asking machine is not there. */
export async function trace(question: Question, world: World, connections: Connections, options: TraceOptions): Promise<Trace> {
  const explanation = options.explanation ?? simulator(world).explain(question);
  const points = pointsOf(world, explanation);
  const asker = world.endpoints.find((each) => each.name === question.from)?.space ?? question.from;
  const mark = markOf(options.nonce);
  const recording = await record(question, asker, spacesFor(world, [asker, ...world.endpoints.filter((each) => each.name === question.to).map((each) => each.space)], points, explanation), connections, { ...options, mark, ports: portsIn(points) });
  const interfaces = new Interfaces(world, recording.spaces);
  const sightings = sightingsOf(recording.spaces.flatMap((each) => each.packets), question, mark);
  const compared = compare(world, explanation, points, recording, sightings, interfaces);
  return { question, explanation, sightings, recording, interfaces, ...compared, differences: [...compared.differences, ...verdictDiffers(explanation, recording, compared)] };
}

export function markOf(nonce: string): Mark {
  const number = Number.parseInt(nonce.slice(-8), 16);
  // Echoes of different length are told apart even where only the length is to be seen.
  return { text: `labgen${nonce}`, ownPort: FIRST_PORT + (number % PORTS), bytes: 64 + (number % 16) * 16 };
}

/** Namespaces on the way, those of both ends, and those of the nodes they are on. */
function spacesFor(world: World, ends: readonly string[], points: readonly Point[], { there, back }: Explanation): readonly string[] {
  const passed = [...ends, ...points.map((point) => point.space), ...[...there, ...back].map((event) => event.space)];
  const nodes = passed.flatMap((name) => world.spaces.find((space) => space.name === name)?.node ?? []);
  return [...new Set([...passed, ...nodes])].filter((name) => world.spaces.some((space) => space.name === name));
}

/** Ports that may be all that is to be seen of it: of a proxy's own connections, and of tunnels that keep secrets. */
function portsIn(points: readonly Point[]): readonly number[] {
  const ports = points.flatMap(({ stack, tunnels, way }) => stack.flatMap((packet, layer) => {
    const secret = tunnels[layer] === 'wireguard';
    const isInner = layer === stack.length - 1 && (packet.protocol === 'tcp' || packet.protocol === 'udp');
    return secret || isInner ? [way === 'there' || secret ? packet.destinationPort : packet.sourcePort] : [];
  }));
  return [...new Set(ports)].filter((port) => port > 0 && port < 65_536);
}

/** Where all points agree, and the asker says otherwise. */
function verdictDiffers({ answer, back }: Explanation, { answered, why }: Recording, { differences }: Comparison): readonly string[] {
  if (differences.length > 0 || (answer.verdict === 'reached') === answered) return [];
  // Somebody else who has the address answers in place of whom it was for.
  if (answered && back.at(-1)?.kind === 'arrive') return [];
  return [answered ? `predicted stopped${answer.stoppedAt === undefined ? '' : ` at ${answer.stoppedAt.node}`}, and an answer came` : `predicted reached, and no answer came${why === undefined ? '' : ` (${why})`}`];
}
