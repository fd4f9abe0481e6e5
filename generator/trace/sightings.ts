/** Which of the recorded packets are the question, its answer, or an error about it: by what marks it, through tunnels and translations. */
import type { Question } from '../predict/question.js';
import { isError, type IpPacket } from './decode.js';
import type { Mark, Recorded } from './recording.js';

/** `more`: later packets of the same connection. */
export type Part = 'question' | 'answer' | 'error' | 'more';

export interface Sighting extends Recorded {
  readonly part: Part;
}

const [SYN, ACK, RST] = [0x02, 0x10, 0x04];
const TEXT = new TextDecoder('latin1');

/** In the order of time of each machine. */
export function sightingsOf(recorded: readonly Recorded[], { protocol }: Pick<Question, 'protocol'>, mark: Mark): readonly Sighting[] {
  const byTime = [...recorded].map((each) => withInner(each, mark)).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const parts = protocol === 'icmp' ? echoes(byTime, mark) : protocol === 'tcp' ? connections(byTime, mark) : datagrams(byTime, mark);
  return byTime.flatMap((each) => {
    const part = parts(each);
    return part === undefined ? [] : [{ ...each, part }];
  });
}

type PartOf = (each: Recorded) => Part | undefined;

function innermost({ packets }: Recorded): IpPacket | undefined {
  return packets.at(-1);
}

function holds(bytes: Uint8Array, mark: Mark): boolean {
  return TEXT.decode(bytes).includes(mark.text);
}

/** Who speaks to whom; of an echo there are no ports. */
function tupleOf({ source, destination, ports }: IpPacket): string {
  return `${source} ${ports?.source ?? 0} ${destination} ${ports?.destination ?? 0}`;
}

function turnedTuple({ source, destination, ports }: IpPacket): string {
  return `${destination} ${ports?.destination ?? 0} ${source} ${ports?.source ?? 0}`;
}

function echoes(_: readonly Recorded[], mark: Mark): PartOf {
  return (each) => {
    const packet = innermost(each);
    if (!packet?.icmp) return undefined;
    const { family, icmp, quotes, payload } = packet;
    if (isError(family, icmp.type)) return quotes && holds(quotes.payload, mark) ? 'error' : undefined;
    if (!holds(payload, mark)) return undefined;
    return icmp.type === (family === 4 ? 8 : 128) ? 'question' : icmp.type === (family === 4 ? 0 : 129) ? 'answer' : undefined;
  };
}

/** A server may send back what it was told: who spoke first has asked. */
function datagrams(byTime: readonly Recorded[], mark: Mark): PartOf {
  const asked = new Set<string>();
  for (const each of byTime) {
    const packet = innermost(each);
    if (packet?.protocol !== 17 || !packet.ports || asked.has(turnedTuple(packet))) continue;
    if (packet.ports.source === mark.ownPort ? holds(packet.payload, mark) : packet.ports.destination !== mark.ownPort && holds(packet.payload, mark)) asked.add(tupleOf(packet));
  }
  const askers = new Set(byTime.flatMap((each) => innermost(each) ?? []).filter((packet) => asked.has(tupleOf(packet))).map(({ source, ports }) => `${source} ${ports?.source ?? 0} ${ports?.destination ?? 0}`));
  return (each) => {
    const packet = innermost(each);
    if (!packet) return undefined;
    if (packet.quotes && asked.has(tupleOf(packet.quotes))) return 'error';
    if (packet.protocol !== 17) return undefined;
    if (asked.has(tupleOf(packet))) return 'question';
    // A server whose socket is bound to no address may answer from another one than was asked.
    return askers.has(`${packet.destination} ${packet.ports?.destination ?? 0} ${packet.ports?.source ?? 0}`) ? 'answer' : undefined;
  };
}

/**
 * By the number it begins with, which no translation changes: ports may. A proxy opens a connection of its own; what
 * comes through it says the mark, and that connection's first packet is known by it.
 */
function connections(byTime: readonly Recorded[], mark: Mark): PartOf {
  const first = new Set<number>();
  const spoken = new Set<string>();
  const isFirst = ({ tcp }: IpPacket): boolean => tcp !== undefined && (tcp.flags & (SYN | ACK)) === SYN;
  const all = byTime.flatMap((each) => innermost(each) ?? []).filter((packet) => packet.tcp !== undefined);
  for (const packet of all) if (holds(packet.payload, mark)) spoken.add(tupleOf(packet));
  for (const packet of all) if (isFirst(packet) && packet.tcp && (packet.ports?.source === mark.ownPort || spoken.has(tupleOf(packet)))) first.add(packet.tcp.sequence);
  const flows = new Set(all.filter((packet) => packet.tcp && isFirst(packet) && first.has(packet.tcp.sequence)).map(tupleOf));
  return (each) => {
    const packet = innermost(each);
    if (!packet) return undefined;
    if (packet.quotes) return packet.quotes.tcp && first.has(packet.quotes.tcp.sequence) ? 'error' : undefined;
    if (!packet.tcp) return undefined;
    const { flags, sequence, acknowledgement } = packet.tcp;
    if (isFirst(packet)) return first.has(sequence) ? 'question' : undefined;
    const answers = (flags & SYN) !== 0 || ((flags & RST) !== 0 && sequence === 0);
    if (answers && first.has((acknowledgement - 1) >>> 0)) return 'answer';
    return flows.has(tupleOf(packet)) || flows.has(turnedTuple(packet)) ? 'more' : undefined;
  };
}

/** An echo inside something whose format is not known: its mark tells where it begins. */
function withInner(each: Recorded, mark: Mark): Recorded {
  const outer = innermost(each);
  if (outer?.protocol !== 17 || !holds(outer.payload, mark)) return each;
  const { payload } = outer;
  const at = TEXT.decode(payload).indexOf(mark.text) - 8;
  const type = payload[at];
  if (at < 20 || (type !== 8 && type !== 0) || payload[at + 1] !== 0) return each;
  const view = new DataView(payload.buffer, payload.byteOffset + at - 20, 20);
  if (view.getUint8(0) !== 0x45 || view.getUint8(9) !== 1) return each;
  const address = (from: number): string => [0, 1, 2, 3].map((byte) => view.getUint8(from + byte)).join('.');
  const inner: IpPacket = { family: 4, source: address(12), destination: address(16), protocol: 1, ttl: view.getUint8(8), bytes: view.getUint16(2), fragment: false, icmp: { type, code: 0 }, payload: payload.subarray(at + 8) };
  return { ...each, packets: [...each.packets.slice(0, -1), { ...outer, wraps: { kind: 'unknown' } }, inner] };
}

/** A refusal, or an error: an answer of another kind than the one that was asked for. */
export function refuses(sighting: Sighting): boolean {
  const packet = innermost(sighting);
  return sighting.part === 'error' || (packet?.tcp !== undefined && (packet.tcp.flags & RST) !== 0);
}
