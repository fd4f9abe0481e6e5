/** What was seen, held against what was predicted: point by point, header by header; and what was seen beside that. */
import type { World, Protocol } from '../model/world.js';
import type { Packet } from '../predict/packet.js';
import type { Explanation } from '../predict/simulate.js';
import type { IpPacket } from './decode.js';
import type { Interfaces } from './interfaces.js';
import type { Point } from './points.js';
import type { Recorded, Recording } from './recording.js';
import { refuses, type Sighting } from './sightings.js';
import { secretsAt } from './secrets.js';

/** `unseen`: nothing could be captured there, for the reason in `about`. */
export type PointState = 'seen' | 'missing' | 'unseen';

export interface PointSeen extends Point {
  readonly number: number;
  readonly state: PointState;
  /** The interface's name on its node. */
  readonly realName: string | undefined;
  readonly sighting: Recorded | undefined;
  /** How often the same was seen there. */
  readonly times: number;
  /** Headers that are not as predicted, or why nothing could be captured. */
  readonly about: readonly string[];
  /** It is encrypted, and known by its length and its time alone. */
  readonly guessed: boolean;
}

export interface Beside {
  readonly sighting: Sighting;
  readonly interface: string;
  /** What it means; undefined: the prediction is wrong there. */
  readonly because: string | undefined;
}

export interface Comparison {
  readonly points: readonly PointSeen[];
  readonly beside: readonly Beside[];
  /** In what they differ, in words; empty where they agree. */
  readonly differences: readonly string[];
}

/** How plan/world.ts names what nodes of a network are plugged into. */
const NETWORK_WIRE = 'network ';
const PROTOCOLS: Readonly<Record<Protocol, readonly number[]>> = { icmp: [1, 58], tcp: [6], udp: [17], gre: [47], ipip: [4, 41], esp: [50] };

export function compare(world: World, explanation: Explanation, points: readonly Point[], recording: Recording, sightings: readonly Sighting[], interfaces: Interfaces): Comparison {
  const free = new Set(sightings.filter(({ part }) => part !== 'more'));
  const found: PointSeen[] = points.map((point, index) => {
    const own = interfaces.find(point.space, point.interface);
    const common = { ...point, number: index + 1, realName: own?.name, times: 0, guessed: false };
    const space = recording.spaces.find((each) => each.space === point.space);
    const reason = space === undefined ? 'nothing was captured there' : space.trouble ?? (own === undefined ? `${point.space} has no interface that could be ${point.interface}` : undefined);
    if (reason !== undefined || own === undefined) return { ...common, state: 'unseen', sighting: undefined, about: [reason ?? ''] };
    const port = world.spaces.find((each) => each.name === point.space)?.interfaces.find((each) => each.name === point.interface);
    // What comes to a port of a bridge is hardly ever for the port itself.
    const fitting = [...free].filter((each) => fits(each, point, own.index) && (!each.otherHost || port?.master !== undefined));
    const best = fitting.reduce<{ readonly sighting: Sighting; readonly wrong: readonly string[] } | undefined>((least, sighting) => {
      const wrong = wrongHeaders(point.stack, sighting.packets);
      return least === undefined || wrong.length < least.wrong.length ? { sighting, wrong } : least;
    }, undefined);
    if (!best) return { ...common, state: 'missing', sighting: undefined, about: [] };
    // What was sent again is the same.
    const again = fitting.filter((each) => wrongHeaders(point.stack, each.packets).join() === best.wrong.join() && sameHeaders(each.packets, best.sighting.packets));
    for (const each of again) free.delete(each);
    return { ...common, state: 'seen', sighting: best.sighting, times: again.length, about: best.wrong };
  });
  const whole = secretsAt(found, recording);
  const beside = besides([...free], world, explanation, whole, interfaces);
  return { points: whole, beside, differences: differencesOf(whole, beside, recording) };
}

function fits({ space, direction, interfaceIndex, part, packets }: Sighting, point: Point, index: number): boolean {
  return space === point.space && direction === point.direction && interfaceIndex === index && part === (point.way === 'there' ? 'question' : 'answer') && packets.length === point.stack.length;
}

/** Header by header; outermost first. */
export function wrongHeaders(predicted: readonly Packet[], seen: readonly IpPacket[]): readonly string[] {
  return predicted.flatMap((packet, layer) => {
    const real = seen[layer];
    if (!real) return [];
    const inside = layer === 0 ? '' : ' inside';
    const wrong: string[] = [];
    const differ = (what: string, wanted: string | number, is: string | number): void => void wrong.push(`${what}${inside}: predicted ${wanted}, seen ${is}`);
    if (packet.source.text !== real.source) differ('source', packet.source.text, real.source);
    if (packet.destination.text !== real.destination) differ('destination', packet.destination.text, real.destination);
    if (!PROTOCOLS[packet.protocol].includes(real.protocol)) differ('protocol', packet.protocol, real.protocol);
    if (real.ports && (packet.protocol === 'tcp' || packet.protocol === 'udp')) {
      // The asking end's port is any; a tunnel's source port says what it likes.
      if (packet.destinationPort !== real.ports.destination && (packet.kind === 'question' || layer < predicted.length - 1)) differ('destination port', packet.destinationPort, real.ports.destination);
      if (packet.kind === 'answer' && layer === predicted.length - 1 && packet.sourcePort !== real.ports.source) differ('source port', packet.sourcePort, real.ports.source);
    }
    return wrong;
  });
}

function sameHeaders(one: readonly IpPacket[], other: readonly IpPacket[]): boolean {
  const key = (packets: readonly IpPacket[]): string => packets.map(({ source, destination, protocol, ports }) => `${source} ${destination} ${protocol} ${ports?.destination ?? ''}`).join(' ');
  return key(one) === key(other);
}

/** What is left over: first of all whatever has a harmless reason. */
function besides(left: readonly Sighting[], world: World, explanation: Explanation, points: readonly PointSeen[], interfaces: Interfaces): readonly Beside[] {
  const expectsAnswer = explanation.back.length > 0;
  const opaque = world.gaps.length > 0 || crossesUnknown(world, points);
  const wraps = [...explanation.there, ...explanation.back].some((event) => event.kind === 'wrap');
  const handedOn = explanation.answer.answeredBy;
  const receiver = explanation.there.at(-1)?.space;
  const shown = new Set<string>();
  return left.flatMap((sighting): readonly Beside[] => {
    const { space, interfaceIndex, direction, part, packets } = sighting;
    const name = interfaces.worldName(space, interfaceIndex);
    const port = world.spaces.find((each) => each.name === space)?.interfaces.find((each) => each.name === name);
    const wrapped = packets.length > 1;
    const passed = points.some((point) => point.space === space && point.state === 'seen');
    const because = part === 'error' ? 'an error about it'
      : part === 'answer' && !expectsAnswer && refuses(sighting) ? 'a refusal'
      : sighting.otherHost && port?.master === undefined ? 'a bridge did not know yet who it is for'
      : name === undefined ? 'an interface that the lab does not speak of'
      : handedOn !== undefined && space === receiver ? `handed on by ${handedOn}`
      : wrapped && !wraps && opaque ? 'wrapped by what is not simulated'
      : port?.master !== undefined && direction === 'out' && passed ? 'a bridge sends to all ports what it does not know the place of'
      : undefined;
    const key = `${space} ${interfaceIndex} ${direction} ${part} ${packets.map((each) => `${each.source} ${each.destination}`).join(' ')}`;
    if (shown.has(key)) return [];
    shown.add(key);
    return [{ sighting, interface: interfaces.realName(space, interfaceIndex), because }];
  });
}

/** From one node to another over what is no network of the lab: a program carries it there, and how is not simulated. */
function crossesUnknown(world: World, points: readonly PointSeen[]): boolean {
  return points.some(({ space, interface: name, node, direction }, at) => {
    const next = points[at + 1];
    if (direction !== 'out' || next?.direction !== 'in' || next.node === node) return false;
    const wire = world.spaces.find((each) => each.name === space)?.interfaces.find((each) => each.name === name)?.wire;
    return wire !== undefined && !wire.startsWith(NETWORK_WIRE);
  });
}

function differencesOf(points: readonly PointSeen[], beside: readonly Beside[], recording: Recording): readonly string[] {
  const lost = (['there', 'back'] as const).flatMap((way) => {
    const own = points.filter((point) => point.way === way);
    const first = own.find(({ state, may }) => state === 'missing' && !may);
    if (!first) return [];
    const later = own.find(({ number, state }) => number > first.number && state === 'seen');
    if (later) return [`${placeOf(first)} was predicted and did not show it, but ${placeOf(later)} did`];
    const last = own.filter(({ number, state }) => number < first.number && state === 'seen').at(-1);
    return [`lost ${way === 'there' ? '' : 'on the way back '}${last ? `after ${placeOf(last)}` : 'at the very beginning'}: ${placeOf(first)} was predicted, and it was not seen there`];
  });
  const wrong = points.flatMap((point) => (point.state === 'seen' ? point.about.map((each) => `${placeOf(point)}: ${each}`) : []));
  const other = beside.flatMap(({ sighting, interface: name, because }) => (because === undefined ? [`${sighting.space} ${name} ${sighting.direction}: the ${sighting.part} was seen there, which was not predicted`] : []));
  const lacking = lost.length === 0 ? [] : recording.spaces.flatMap(({ space, lacks }) => (lacks === undefined ? [] : [`the capture in ${space} is not whole: ${lacks}`]));
  return [...lost, ...wrong, ...other, ...lacking];
}

/** `4, net-1 eth1 out`. */
function placeOf({ number, space, interface: name, direction }: PointSeen): string {
  return `point ${number} (${space} ${name} ${direction})`;
}
