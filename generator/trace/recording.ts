/** Captures in namespaces of running machines, all at once, while one question is asked: what was recorded, and the answer. */
import { inflateSync } from 'node:zlib';
import * as programs from '../generated/agents.js';
import { NodeUnreachable, type Connections, type Observation } from '../model/connections.js';
import { numberOf, parseJson, textOf, treesOf } from '../model/foreign.js';
import { isTree, type Tree } from '../model/merge.js';
import { lastLine } from '../model/probe.js';
import type { Question } from '../predict/question.js';
import type { Place } from '../verify/matrix.js';
import { decodeCooked, SLL2, type IpPacket } from './decode.js';
import { readPcap } from './pcap.js';

/** A packet on an interface of a namespace. */
export interface Recorded {
  readonly space: string;
  readonly node: string;
  readonly interfaceIndex: number;
  readonly direction: 'in' | 'out';
  readonly otherHost: boolean;
  /** Nanoseconds since 1970 by the clock of its machine. */
  readonly at: bigint;
  readonly packets: readonly IpPacket[];
  /** With the cooked header. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** An interface that is there, as its kernel calls it. */
export interface RealInterface {
  readonly name: string;
  readonly index: number;
  /** The other end of a cable, by its index in whatever namespace it is in. */
  readonly peer: number | undefined;
  readonly addresses: readonly string[];
}

export interface SpaceRecording {
  readonly space: string;
  readonly node: string;
  readonly interfaces: readonly RealInterface[];
  readonly packets: readonly Recorded[];
  /** What makes it less than all: packets that the kernel dropped, or that were too many. */
  readonly lacks: string | undefined;
  /** Why there is none. */
  readonly trouble: string | undefined;
}

export interface Recording {
  readonly spaces: readonly SpaceRecording[];
  readonly answered: boolean;
  /** What the asking machine says of it. */
  readonly why: string | undefined;
}

/** How the question is known again wherever it is seen. */
export interface Mark {
  /** Letters and digits in its payload. */
  readonly text: string;
  /** Its own port, or an echo's identifier. */
  readonly ownPort: number;
  /** Bytes of an echo's payload. */
  readonly bytes: number;
}

export interface RecordingOptions {
  /** Where a namespace is; in words, why it cannot be entered. */
  place(space: string): Place | { readonly notMeasured: string };
  readonly nonce: string;
  readonly mark: Mark;
  /** Ports besides its own that its packets may have: of those who pass it on. */
  readonly ports: readonly number[];
  /** How long an answer may take. Default 1500. */
  readonly waitMs?: number;
}

interface Machine {
  readonly node: string;
  readonly spaces: { readonly name: string; readonly place: Place }[];
}

/** Emulated machines take seconds to start a tcpdump. */
const PATIENCE_MS = 45_000;

/** Throws NodeUnreachable where the asking machine is not there; who else does not answer has a recording that says so. */
export async function record(question: Question, asker: string, spaces: readonly string[], connections: Connections, options: RecordingOptions): Promise<Recording> {
  const machines = new Map<string, Machine>();
  const absent: SpaceRecording[] = [];
  for (const name of spaces) {
    const place = options.place(name);
    if ('notMeasured' in place) {
      absent.push({ space: name, node: name, interfaces: [], packets: [], lacks: undefined, trouble: place.notMeasured });
      continue;
    }
    const machine = machines.get(place.node) ?? { node: place.node, spaces: [] };
    machines.set(place.node, machine);
    machine.spaces.push({ name, place });
  }
  const all = [...machines.values()];
  const say = (machine: Machine, word: string) => connections.run(machine.node, ['python3', '-c', programs.say, options.nonce, machine.node, word], { timeoutMs: PATIENCE_MS });
  const agents = await Promise.all(all.map((machine) => start(machine, question, asker, connections, options)));
  const asking = all.findIndex((machine) => machine.spaces.some(({ name }) => name === asker));
  const running = agents.map((agent) => typeof agent !== 'string');
  const machine = all[asking];
  const said = machine && running[asking] === true ? await say(machine, 'go') : undefined;
  const answer = parseJson(said?.stdout.trim() ?? '');
  const recordings = await Promise.all(all.map(async (each, at): Promise<readonly SpaceRecording[]> => {
    const agent = agents[at];
    if (agent === undefined || typeof agent === 'string') return each.spaces.map(({ name }) => withoutAny(each.node, name, agent ?? 'it was not asked'));
    const word = await say(each, 'end');
    if (word.code !== 0) agent.stop();
    return told(each, await agent.ended);
  }));
  const trouble = said === undefined ? agents[asking] : lastLine(said.stderr);
  return {
    spaces: [...recordings.flat(), ...absent],
    answered: isTree(answer) && answer['answered'] === true,
    why: isTree(answer) ? textOf(answer['why']) : typeof trouble === 'string' && trouble !== '' ? trouble : 'the asking machine said nothing',
  };
}

async function start(machine: Machine, question: Question, asker: string, connections: Connections, { nonce, mark, ports, waitMs = 1500 }: RecordingOptions): Promise<Observation | string> {
  const space = machine.spaces.findIndex(({ name }) => name === asker);
  const { protocol, family, address, port } = question;
  const input = JSON.stringify({
    nonce, machine: machine.node, wait: waitMs / 1000, limit: Math.ceil((2 * PATIENCE_MS + waitMs) / 1000), mark: mark.text,
    needles: (protocol === 'icmp' ? ports : [mark.ownPort, ...(port === undefined ? [] : [port]), ...ports]).map((each) => each.toString(16).padStart(4, '0')),
    spaces: machine.spaces.map(({ place }) => place.namespace ?? {}),
    ask: space < 0 ? null : { space, protocol, family, address, port: port ?? 0, ownPort: mark.ownPort, bytes: mark.bytes },
  });
  try {
    const agent = await connections.observe(machine.node, ['python3', '-c', programs.capture], { input, timeoutMs: 3 * PATIENCE_MS + waitMs });
    return agent.ready ? agent : `the capture on ${machine.node} did not start: ${lastLine((await agent.ended).stderr) || 'no output'}`;
  } catch (error) {
    if (error instanceof NodeUnreachable && space < 0) return error.message;
    throw error;
  }
}

function withoutAny(node: string, space: string, trouble: string): SpaceRecording {
  return { space, node, interfaces: [], packets: [], lacks: undefined, trouble };
}

/** What the agent of a machine said at its end, read without trust. */
function told(machine: Machine, { stdout, stderr }: { readonly stdout: string; readonly stderr: string }): readonly SpaceRecording[] {
  const said = parseJson(stdout.replace(/^ready$/m, '').trim());
  const all = isTree(said) ? (treesOf(said['spaces']) ?? []) : [];
  return machine.spaces.map(({ name }, at) => {
    const own = all[at];
    return own ? readSpace(machine.node, name, own) : withoutAny(machine.node, name, `the capture on ${machine.node} did not end well: ${lastLine(stderr) || 'no answer in time'}`);
  });
}

export function readSpace(node: string, space: string, said: Tree): SpaceRecording {
  const trouble = textOf(said['trouble']);
  if (trouble !== undefined) return withoutAny(node, space, /No such file|failed to execute|failed to run/i.test(trouble) ? `there is no tcpdump on ${node}` : trouble.trim() || `the capture in ${space} ended and did not say why`);
  const pcap = pcapIn(textOf(said['pcap']) ?? '');
  if (pcap === undefined || pcap.linkType !== SLL2) return withoutAny(node, space, `the capture in ${space} cannot be read`);
  const packets = pcap.records.flatMap(({ at, bytes, length }): Recorded[] => {
    const cooked = decodeCooked(bytes);
    return cooked ? [{ space, node, at, bytes, length, ...cooked }] : [];
  });
  const dropped = numberOf(said['dropped']) ?? 0;
  const lacks = said['cut'] === true ? 'there were more packets than a trace keeps' : dropped > 0 ? `its kernel dropped ${dropped} packets` : undefined;
  return { space, node, interfaces: interfacesIn(said['links']), packets, lacks, trouble: undefined };
}

/** What a node may send at most, unpacked. */
const MOST_BYTES = 64 * 1024 * 1024;

function pcapIn(text: string): ReturnType<typeof readPcap> {
  try {
    return readPcap(inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES }));
  } catch {
    return undefined;
  }
}

function interfacesIn(said: unknown): readonly RealInterface[] {
  return (treesOf(said) ?? []).flatMap((link) => {
    const [name, index] = [textOf(link['ifname']), numberOf(link['ifindex'])];
    if (name === undefined || index === undefined) return [];
    const addresses = (treesOf(link['addr_info']) ?? []).flatMap((each) => textOf(each['local']) ?? []);
    return [{ name, index, peer: numberOf(link['link_index']), addresses }];
  });
}
