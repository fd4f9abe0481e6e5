/** A question put to a world: does it arrive, as whose, how large at most; and if not, where it ends and why. */
import type { Listener, World } from '../model/world.js';
import { addressOf, same, type Address } from './address.js';
import { isLoopback, isOwn, kernelsOf, lookUp, sourceFor, type Kernel } from './kernel.js';
import type { Arrival, Event, Packet } from './packet.js';
import { reversed } from './packet.js';
import type { Answer, Question, Stop } from './question.js';
import { send, type Run } from './travel.js';
import type { Neighbours } from './ethernet.js';

/** A port that programs take for the near end of a connection; any would do. */
const OWN_PORT = 40_000;
/** docker-proxy asking docker-proxy: more is a circle. */
const MOST_PROXIES = 4;

export interface Simulator {
  ask(question: Question): Answer;
  /** The same with all that happened to the packet and to its answer. */
  explain(question: Question): Explanation;
}

export interface Explanation {
  readonly answer: Answer;
  readonly there: readonly Event[];
  readonly back: readonly Event[];
}

export function simulator(world: World): Simulator {
  const kernels = kernelsOf(world);
  const spaces = new Map(world.endpoints.map((endpoint) => [endpoint.name, endpoint.space]));
  const neighbours: Neighbours = new Map();
  const from = (question: Question): Kernel => {
    const kernel = kernels.get(spaces.get(question.from) ?? question.from);
    if (!kernel) throw new TypeError(`no namespace of "${question.from}"`);
    return kernel;
  };
  return {
    ask: (question) => put({ kernels, neighbours, spaces }, from(question), question, undefined, 0).answer,
    explain: (question) => put({ kernels, neighbours, spaces }, from(question), question, { there: [], back: [] }, 0),
  };
}

interface Ground extends Pick<Run, 'kernels' | 'neighbours'> {
  /** The namespace of each endpoint. */
  readonly spaces: ReadonlyMap<string, string>;
}

interface Ways {
  readonly there: Event[];
  readonly back: Event[];
}

/** `depth`: how many programs have passed it on. A datagram that one sends anew may be broken into fragments. */
function put(ground: Ground, kernel: Kernel, question: Question, ways: Ways | undefined, depth: number): Explanation {
  const { spaces } = ground;
  const tracker: Run['tracker'] = new Map();
  const journey = (events: Event[] | undefined): Run['journey'] => ({ overhead: 0, limit: Number.MAX_SAFE_INTEGER, hops: 0, events });
  const done = (answer: Answer): Explanation => ({ answer, there: ways?.there ?? [], back: ways?.back ?? [] });
  const asked = firstPacket(kernel, question);
  if (!asked) return done(stopped({ node: kernel.name, reason: `it has no route to ${question.address}`, missing: 'route' }));
  const there: Run = { ...ground, tracker, journey: { ...journey(ways?.there), ...(depth > 0 && question.protocol === 'udp' && { fragment: Number.MAX_SAFE_INTEGER }) } };
  const sent = send(there, kernel, asked);
  if ('stop' in sent) return done(stopped(sent.stop));
  const { arrival } = sent;
  const other = impostor(arrival, question, spaces.get(question.to));
  if (other) {
    // Whoever it is answers for itself, and the answer may well come back.
    const listener = listenerAt(arrival);
    if (ways && (question.protocol === 'icmp' || (listener && !listener.forwardsTo))) answered(ground, tracker, arrival, kernel, asked, ways, journey, listener);
    return done(stopped(other));
  }
  const seenAs = arrival.packet.source.text;
  const proxy = question.protocol === 'icmp' ? undefined : listenerAt(arrival);
  if (question.protocol !== 'icmp' && !proxy) return done({ ...stopped({ node: arrival.kernel.name, reason: `nobody listens on ${question.protocol.toUpperCase()} port ${arrival.packet.destinationPort}` }), seenAs });
  if (proxy?.spreads === true) {
    const back = answered(ground, tracker, arrival, kernel, asked, ways, journey, proxy);
    return done(back ? stopped(back) : { verdict: 'reached', answeredBy: proxy.what });
  }
  if (proxy?.forwardsTo) {
    if (depth >= MOST_PROXIES) return done(stopped({ node: arrival.kernel.name, reason: `${proxy.what} asks itself` }));
    const { address, port } = proxy.forwardsTo;
    const onward = put(ground, arrival.kernel, { ...question, from: arrival.kernel.name, to: address, address, port }, ways, depth + 1);
    if (onward.answer.verdict === 'stopped') return done({ ...onward.answer, seenAs });
    const back = answered(ground, tracker, arrival, kernel, asked, ways, journey, proxy);
    const most = question.protocol === 'udp' ? Math.min(there.journey.limit, onward.answer.maxBytes ?? there.journey.limit) : there.journey.limit;
    return done(back ? { ...stopped(back), seenAs } : { ...onward.answer, maxBytes: most });
  }
  const back = answered(ground, tracker, arrival, kernel, asked, ways, journey, proxy, there.journey);
  return done(back ? { ...stopped(back), seenAs } : { verdict: 'reached', seenAs, maxBytes: there.journey.limit });
}

/** Undefined where the answer comes back as one; else what stops it. */
function answered(ground: Pick<Run, 'kernels' | 'neighbours'>, tracker: Run['tracker'], arrival: Arrival, kernel: Kernel, asked: Packet, ways: Ways | undefined, journey: (events: Event[] | undefined) => Run['journey'], listener: Listener | undefined, there?: Run['journey']): Stop | undefined {
  const run: Run = { ...ground, tracker, journey: { ...journey(ways?.back), fragment: Number.MAX_SAFE_INTEGER } };
  const answer = reversed(arrival.packet);
  const source = listener?.answersByRoute === true && listener.address === undefined ? sourceTo(arrival.kernel, answer.destination) : undefined;
  const back = send(run, arrival.kernel, source === undefined ? answer : { ...answer, source });
  if ('stop' in back) return { ...back.stop, onTheWayBack: true };
  // An echo is as long as its question, and comes in fragments; other answers are short.
  if (there && asked.protocol === 'icmp') there.limit = Math.min(there.limit, run.journey.limit);
  const { packet } = back.arrival;
  if (back.arrival.kernel !== kernel) return { node: back.arrival.kernel.name, reason: `the answer comes to it instead of ${kernel.name}`, onTheWayBack: true };
  const expected = reversed(asked);
  if (!same(packet.source, expected.source) || packet.sourcePort !== expected.sourcePort) return { node: kernel.name, reason: `the answer comes from ${packet.source.text}, and ${expected.source.text} was asked`, onTheWayBack: true };
  // ping takes an answer at whichever address of its own it comes in; a connection does not.
  if (asked.protocol === 'icmp') return undefined;
  return same(packet.destination, expected.destination) && packet.destinationPort === expected.destinationPort ? undefined : { node: kernel.name, reason: `the answer is for ${packet.destination.text}, and ${expected.destination.text} asked`, onTheWayBack: true };
}

/** Somebody else who has the address as well, and was nearer. Where a destination was translated, it is meant to be another. */
function impostor({ kernel, packet }: Arrival, question: Question, wanted: string | undefined): Stop | undefined {
  if (wanted === undefined || kernel.name === wanted || packet.destination.text !== addressOf(question.address).text) return undefined;
  return { node: kernel.name, reason: `it has the address ${packet.destination.text} as well, and answers in place of ${question.to}` };
}

function stopped(stoppedAt: Stop): Answer {
  return { verdict: 'stopped', stoppedAt };
}

/** The address a socket that is bound to none sends from. */
function sourceTo(kernel: Kernel, destination: Address): Address | undefined {
  if (isOwn(kernel, destination)) return destination;
  const way = lookUp(kernel, destination);
  return way && sourceFor(kernel, way, destination);
}

function firstPacket(kernel: Kernel, question: Question): Packet | undefined {
  const destination = addressOf(question.address);
  const source = sourceTo(kernel, destination);
  if (!source) return undefined;
  const ports = question.protocol === 'icmp' ? { sourcePort: 0, destinationPort: 0 } : { sourcePort: OWN_PORT, destinationPort: question.port ?? 0 };
  return { family: destination.family, source: isLoopback(destination) ? destination : source, destination, protocol: question.protocol, ...ports, kind: 'question' };
}

/** Who listens where the packet came to; a socket of one address goes before one of all. */
function listenerAt({ kernel, packet }: Arrival): Kernel['listeners'][number] | undefined {
  const fitting = kernel.listeners.filter((each) => each.protocol === packet.protocol && each.port === packet.destinationPort && (each.family ?? packet.family) === packet.family);
  return fitting.find((each) => each.at && same(each.at, packet.destination)) ?? fitting.find((each) => each.at === undefined);
}
