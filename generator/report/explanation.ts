/** A packet's way in words, hop by hop, and what would open it where it is closed. */
import type { Event, Packet } from '../predict/packet.js';
import type { Asked } from '../predict/questions.js';
import { what } from '../predict/questions.js';
import type { Cure } from '../predict/remedies.js';
import type { Explanation } from '../predict/simulate.js';
import { verdictOf } from './matrix.js';

/** Where a rule stands: a rendered file with the line, or whoever wrote it. */
export type PlaceOf = (rule: Extract<Event, { kind: 'rule' }>['rule']) => string;

export interface Told {
  readonly lab: string;
  readonly stage: string | undefined;
  readonly question: Asked;
  readonly explanation: Explanation;
  readonly cure: Cure;
  readonly placeOf: PlaceOf;
  /** What of the lab is not simulated. */
  readonly gaps: readonly string[];
}

const BUILT_IN = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

export function explanationText({ lab, stage, question, explanation, cure, placeOf, gaps }: Told): string {
  const { answer, there, back } = explanation;
  return [
    `${question.from} → ${question.to} (${question.address}), ${what(question)}; ${lab}${stage === undefined ? '' : `, stage ${stage}`}\n${verdictOf({ question, answer })}\n`,
    ...(there.length === 0 ? [] : [`There:\n${story(there, placeOf)}`]),
    ...(back.length === 0 ? [] : [`And back:\n${story(back, placeOf)}`]),
    ...(answer.verdict === 'stopped' ? [cureText(cure)] : []),
    ...(question.presumed ? [`${question.address} is what Docker most likely gives ${question.to}; the running lab may have another.\n`] : []),
    ...gaps.map((gap) => `Not predicted: ${gap}.\n`),
  ].join('\n');
}

function cureText({ remedy, obstacle }: Cure): string {
  if (!remedy) return `labgen knows no commands that would open it${obstacle === undefined ? '' : `: ${obstacle.behind ? 'once others are out of the way, at' : 'at'} ${obstacle.stop.node} ${obstacle.stop.reason}`}.\n`;
  const steps = remedy.steps.map(({ node, command }) => `  on ${node}: ${command}\n`).join('');
  return `This would open it (tried on the simulated lab: ${remedy.answer.verdict}${remedy.answer.seenAs === undefined ? '' : `, seen as ${remedy.answer.seenAs}`}):\n${steps}`;
}

/** One paragraph for each namespace that the packet passes. */
function story(events: readonly Event[], placeOf: PlaceOf): string {
  const width = Math.max(...events.map((event) => event.space.length));
  let before = '';
  return linesOf(events, placeOf).map(({ event, line }) => {
    const name = event.space === before ? '' : event.space;
    before = event.space;
    return `  ${name.padEnd(width)}  ${line}\n`;
  }).join('');
}

/** The events that are told, each in a line. */
export function linesOf(events: readonly Event[], placeOf: PlaceOf): readonly { readonly event: Event; readonly line: string }[] {
  let chains: string[] = [];
  return events.flatMap((event) => {
    if (event.kind === 'rule') {
      if (BUILT_IN.has(event.chain)) chains = [event.chain];
      else if (chains.includes(event.chain)) chains = chains.slice(0, chains.indexOf(event.chain) + 1);
      else chains = [...chains, event.chain];
      // Jumps show in the path of the rule they lead to; a return leads back.
      if (event.rule.target.kind === 'jump' || event.rule.target.kind === 'return') return [];
    }
    return event.kind === 'policy' ? [] : [{ event, line: lineOf(event, chains, placeOf) }];
  });
}

function lineOf(event: Event, chains: readonly string[], placeOf: PlaceOf): string {
  switch (event.kind) {
    case 'enter': return `comes in by ${event.interface}: ${endsOf(event.packet)}`;
    case 'route': {
      const { prefix, via, port } = event.way;
      return `route ${prefix.length === 0 ? 'default' : prefix.text}${via === undefined ? '' : ` via ${via.text}`} dev ${port.name}, the longest prefix for ${event.packet.destination.text}`;
    }
    case 'local': return `${event.packet.destination.text} is its own`;
    case 'rule': return `${event.table} ${chains.join(' → ')}: ${event.rule.text}  (${placeOf(event.rule)}${event.rule.why === undefined ? '' : `: ${event.rule.why}`})`;
    case 'policy': return `the policy of ${event.chain} is ${event.policy}`;
    case 'translate': return `the ${event.what} becomes ${event.what === 'source' ? placed(event.packet.source.text, event.packet.sourcePort, event.packet) : placed(event.packet.destination.text, event.packet.destinationPort, event.packet)}${event.rule === undefined ? ', as the connection remembers' : ''}`;
    case 'leave': return `leaves by ${event.interface} for ${event.next}${event.packet.kind === 'answer' ? '' : `; ${event.bytesLeft} bytes fit`}`;
    case 'cross': return `crosses the bridge ${event.bridge}, from ${event.from} to ${event.to}`;
    case 'wrap': return `is wrapped by ${event.interface} (${event.tunnel}): ${endsOf(event.outer)} outside`;
    case 'unwrap': return `comes out of the tunnel at ${event.interface}`;
    case 'arrive': return `is taken in${event.interface === undefined ? '' : `, from ${event.interface}`}: ${endsOf(event.packet)}`;
    case 'stop': return `stops here: ${event.stop.reason}${event.stop.rule === undefined ? '' : `  (${event.stop.rule})`}`;
  }
}

function endsOf(packet: Packet): string {
  return `${placed(packet.source.text, packet.sourcePort, packet)} → ${placed(packet.destination.text, packet.destinationPort, packet)}`;
}

/** Ports of a question's own end are any; only the asked one says something. */
function placed(address: string, port: number, { protocol }: Packet): string {
  return protocol === 'tcp' || protocol === 'udp' ? `${address.includes(':') ? `[${address}]` : address}:${port >= 32_768 ? 'any' : port}` : address;
}
