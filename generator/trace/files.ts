/** What was recorded of a trace as files: one pcapng a node, with its interfaces and a word on each packet. */
import { SLL2 } from './decode.js';
import { pcapngOf, type CapturedInterface } from './pcapng.js';
import type { Trace } from './trace.js';

export interface TraceFile {
  /** `net-1.pcapng` */
  readonly name: string;
  readonly content: Uint8Array;
}

export function filesOf(trace: Trace): readonly TraceFile[] {
  const { points, sightings, interfaces, recording } = trace;
  const guessed = points.flatMap(({ sighting, guessed: hidden }) => (hidden && sighting ? [sighting] : []));
  const all = [...sightings, ...guessed].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return [...new Set(recording.spaces.map(({ node }) => node))].flatMap((node): readonly TraceFile[] => {
    const own = all.filter((each) => each.node === node);
    const described: CapturedInterface[] = [];
    const numbers = new Map<string, number>();
    for (const { space, interfaceIndex } of own) {
      const key = `${space} ${interfaceIndex}`;
      if (numbers.has(key)) continue;
      const real = interfaces.realName(space, interfaceIndex);
      const name = interfaces.worldName(space, interfaceIndex) ?? real;
      numbers.set(key, described.push({ name: `${space}/${real}`, about: `${real} in the network namespace of ${space}${name === real ? '' : `, which is ${name}`}`, linkType: SLL2 }) - 1);
    }
    const packets = own.map((each) => {
      const point = points.find(({ sighting }) => sighting?.bytes === each.bytes);
      const part = 'part' in each ? String(each.part) : 'encrypted';
      const comment = point ? `labgen: point ${point.number} of ${points.length}, ${point.way}: ${point.about.length === 0 ? 'as predicted' : point.about.join('; ')}` : `labgen: ${part}, no point of the prediction`;
      return { interface: numbers.get(`${each.space} ${each.interfaceIndex}`) ?? 0, at: each.at, bytes: each.bytes, length: each.length, direction: each.direction, comment };
    });
    return own.length === 0 ? [] : [{ name: `${node}.pcapng`, content: pcapngOf(described, packets, 'labgen trace') }];
  });
}
