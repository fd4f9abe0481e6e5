/** A trace as people read it, hop by hop, and as programs do. */
import type { IpPacket } from '../trace/decode.js';
import type { PointSeen } from '../trace/compare.js';
import type { Trace } from '../trace/trace.js';
import { what } from '../predict/questions.js';
import { verdictOf } from './matrix.js';

export interface TraceTold {
  readonly lab: string;
  readonly stage: string | undefined;
  readonly trace: Trace;
  readonly gaps: readonly string[];
  /** Where captures were kept. */
  readonly files: readonly string[];
  /** Where a rule stands. */
  readonly placeOf: (rule: { readonly text: string; readonly by: string; readonly file?: string }) => string;
}

const NUMBERS: Readonly<Record<number, string>> = { 1: 'icmp', 4: 'ipip', 6: 'tcp', 17: 'udp', 41: 'ipv6', 47: 'gre', 50: 'esp', 58: 'icmpv6' };
const ECHOES: Readonly<Record<string, string>> = { '1 8': 'echo request', '1 0': 'echo reply', '58 128': 'echo request', '58 129': 'echo reply', '1 3': 'unreachable', '1 11': 'time exceeded', '58 1': 'unreachable', '58 3': 'time exceeded' };
const FLAGS = [[0x02, 'SYN'], [0x10, 'ACK'], [0x04, 'RST'], [0x01, 'FIN'], [0x08, 'PSH']] as const;

export function traceText(told: TraceTold): string {
  const { trace, lab, stage, gaps, files } = told;
  const { question, explanation, points, beside, recording } = trace;
  const starts = startsOf(trace);
  const rows = (way: PointSeen['way']): string => table(points.filter((point) => point.way === way), starts, told);
  const [there, back] = [rows('there'), rows('back')];
  const others = beside.map(({ sighting, interface: name, because }) => `  ${because === undefined ? '✗' : '·'} ${sighting.space} ${name} ${sighting.direction}: ${headersOf(sighting.packets)}${because === undefined ? '' : `  (${because})`}\n`).join('');
  const lacks = recording.spaces.flatMap(({ space, node, lacks: less, trouble }) => (trouble !== undefined ? [`  ${space}: ${trouble}${/no tcpdump/.test(trouble) ? `; "labgen exec ${node} apt-get install -y tcpdump" brings it where the node has a way out` : ''}\n`] : less === undefined ? [] : [`  ${space}: ${less}\n`])).join('');
  return [
    `${question.from} → ${question.to} (${question.address}), ${what(question)}; ${lab}${stage === undefined ? '' : `, stage ${stage}`}\n`,
    `${verdictOf({ question, answer: explanation.answer })} (predicted); ${recording.answered ? 'an answer came' : `no answer came${recording.why === undefined ? '' : ` (${recording.why})`}`}\n`,
    ...(there === '' ? [] : [`\nThere:\n${there}`]),
    ...(back === '' ? [] : [`\nAnd back:\n${back}`]),
    ...(others === '' ? [] : [`\nSeen besides:\n${others}`]),
    ...(lacks === '' ? [] : [`\nNot captured:\n${lacks}`]),
    ...(gaps.length === 0 ? [] : [`\nNot predicted: ${gaps.join('; ')}\n`]),
    '\n✓ seen as predicted, ≈ encrypted and known by its length, ✗ not as predicted, – not looked at. Times: since the packet was first seen on that node; clocks of nodes differ.\n',
    ...(files.length === 0 ? [] : [`Captures: ${files.join(', ')}\n`]),
    `\n${verdictLine(trace)}\n`,
  ].join('');
}

/** "the packet went as predicted: 9 of 9 points". */
export function verdictLine({ points, differences, explanation }: Pick<Trace, 'points' | 'differences' | 'explanation'>): string {
  const certain = points.filter((point) => !point.may || point.state === 'seen');
  const asPredicted = certain.filter((point) => point.state === 'seen' && point.about.length === 0).length;
  const unseen = certain.filter((point) => point.state === 'unseen').length;
  const ended = explanation.answer.verdict === 'stopped' ? ', and was stopped where it was predicted' : '';
  const figures = `${asPredicted} of ${certain.length} points${unseen === 0 ? '' : `, ${unseen} could not be captured`}`;
  if (differences.length === 0) return `the packet went as predicted: ${figures}${ended}`;
  return `the packet did not go as predicted: ${figures}\n${differences.map((each) => `  ✗ ${each}`).join('\n')}`;
}

/** When each node saw of the packet first. */
function startsOf({ points }: Trace): ReadonlyMap<string, bigint> {
  const starts = new Map<string, bigint>();
  for (const { sighting } of points) {
    if (!sighting) continue;
    const known = starts.get(sighting.node);
    if (known === undefined || sighting.at < known) starts.set(sighting.node, sighting.at);
  }
  return starts;
}

function table(points: readonly PointSeen[], starts: ReadonlyMap<string, bigint>, told: TraceTold): string {
  const { trace } = told;
  const stop = (way: PointSeen['way']): string => {
    const { stoppedAt } = trace.explanation.answer;
    return stoppedAt === undefined || (stoppedAt.onTheWayBack === true) !== (way === 'back') ? '' : `         ${stoppedAt.node}: predicted to stop here: ${stoppedAt.reason}${stoppedAt.rule === undefined ? '' : `  (${stoppedAt.rule})`}\n`;
  };
  const names = points.map((point) => `${point.interface}${point.realName === undefined || point.realName === point.interface ? '' : ` (${point.realName})`}`);
  const [spaceWidth, nameWidth] = [Math.max(0, ...points.map((point) => point.space.length)), Math.max(0, ...names.map((name) => name.length))];
  let [before, lost] = ['', false];
  const lines = points.map((point, index) => {
    const { sighting, space, direction } = point;
    const mark = point.state === 'unseen' ? '–' : point.state === 'missing' ? (point.may ? '·' : '✗') : point.about.length > 0 ? '✗' : point.guessed ? '≈' : '✓';
    const start = sighting && starts.get(sighting.node);
    const time = sighting && start !== undefined ? timeText(sighting.at - start) : '';
    const said = sighting ? `${headersOf(sighting.packets)}${point.times > 1 ? `  (${point.times} times)` : ''}` : point.state === 'unseen' ? point.about.join('; ') : point.may ? 'it may be seen here or not' : 'not seen';
    const name = space === before ? '' : space;
    before = space;
    const rules = point.state === 'missing' && !point.may && !lost ? rulesBefore(point, told) : '';
    lost ||= point.state === 'missing' && !point.may;
    const wrong = point.state === 'seen' ? point.about.map((each) => `           ${each}\n`).join('') : '';
    return `  ${String(point.number).padStart(3)} ${mark} ${name.padEnd(spaceWidth)}  ${(names[index] ?? '').padEnd(nameWidth)}  ${direction.padEnd(3)}  ${time.padStart(9)}  ${said}\n${wrong}${rules}`;
  });
  return points.length === 0 ? '' : `${lines.join('')}${stop(points[0]?.way ?? 'there')}`;
}

/** Where a packet is lost: what would have let it pass. */
function rulesBefore({ since }: PointSeen, { placeOf }: TraceTold): string {
  return since.flatMap((event) => (event.kind === 'rule' && event.rule.target.kind !== 'jump' ? [`           predicted by: ${event.table} ${event.chain}: ${event.rule.text}  (${placeOf(event.rule)})\n`] : event.kind === 'route' ? [`           predicted by: route ${event.way.prefix.length === 0 ? 'default' : event.way.prefix.text} dev ${event.way.port.name}\n`] : [])).join('');
}

function timeText(nanoseconds: bigint): string {
  const microseconds = Number(nanoseconds) / 1000;
  return microseconds < 10_000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}

/** `192.168.56.11 > 192.168.56.12 gre ttl 64, 116 bytes [172.17.0.2 > 172.17.128.2 icmp echo request ttl 63, 92 bytes]`. */
export function headersOf(packets: readonly IpPacket[]): string {
  const [first, ...inner] = packets;
  return first === undefined ? 'no IP packet' : `${headerOf(first)}${inner.length === 0 ? '' : ` [${headersOf(inner)}]`}`;
}

function headerOf(packet: IpPacket): string {
  const { source, destination, protocol, ports, icmp, tcp, wraps, ttl, bytes, family } = packet;
  const end = (address: string, port: number | undefined): string => (port === undefined ? address : `${family === 6 ? `[${address}]` : address}:${port}`);
  const kind = icmp ? (ECHOES[`${protocol} ${icmp.type}`] ?? `type ${icmp.type} code ${icmp.code}`) : tcp ? FLAGS.flatMap(([bit, name]) => ((tcp.flags & bit) === 0 ? [] : [name])).join(',') : undefined;
  const wrapping = wraps && wraps.kind !== NUMBERS[protocol] ? `${wraps.kind}${wraps.id === undefined ? '' : ` ${wraps.id}`}` : undefined;
  return [`${end(source, ports?.source)} > ${end(destination, ports?.destination)}`, NUMBERS[protocol] ?? `protocol ${protocol}`, ...[wrapping, kind].filter((each) => each !== undefined), `ttl ${ttl}, ${bytes} bytes`].join(' ');
}

export function traceJson({ lab, stage, trace, gaps, files }: TraceTold): string {
  const { question, explanation, points, beside, differences, recording } = trace;
  const starts = startsOf(trace);
  const headers = (packets: readonly IpPacket[]) => packets.map(({ source, destination, protocol, ports, icmp, tcp, wraps, ttl, bytes }) => ({ source, destination, protocol: NUMBERS[protocol] ?? protocol, ...(ports && { sourcePort: ports.source, destinationPort: ports.destination }), ...(icmp && { type: icmp.type, code: icmp.code }), ...(tcp && { flags: tcp.flags, sequence: tcp.sequence }), ttl, bytes, ...(wraps && { wraps: wraps.kind, ...(wraps.id !== undefined && { id: wraps.id }) }) }));
  return `${JSON.stringify({
    lab, stage: stage ?? null, question, predicted: explanation.answer, answered: recording.answered, why: recording.why ?? null,
    agrees: differences.length === 0, verdict: verdictLine(trace).split('\n')[0], differences,
    points: points.map(({ number, way, node, space, interface: name, realName, direction, stack, tunnels, state, about, times, guessed, may, sighting }) => ({
      number, way, node, space, interface: name, realName: realName ?? null, direction, state, ...(guessed && { encrypted: true }), ...(may && { mayBeUnseen: true }), times,
      predicted: stack.map(({ source, destination, protocol, sourcePort, destinationPort }) => ({ source: source.text, destination: destination.text, protocol, ...((protocol === 'tcp' || protocol === 'udp') && { sourcePort, destinationPort }) })), tunnels,
      seen: sighting ? { nanoseconds: Number(sighting.at - (starts.get(sighting.node) ?? sighting.at)), headers: headers(sighting.packets) } : null,
      about,
    })),
    beside: beside.map(({ sighting, interface: name, because }) => ({ node: sighting.node, space: sighting.space, interface: name, direction: sighting.direction, part: sighting.part, headers: headers(sighting.packets), because: because ?? null })),
    notCaptured: recording.spaces.flatMap(({ space, trouble, lacks }) => (trouble === undefined && lacks === undefined ? [] : [{ space, why: trouble ?? lacks }])),
    gaps, files,
  }, null, 2)}\n`;
}
