/** carried: that packets really travel inside the tunnel, counted where they arrive on the underlay. */
import type { CheckKind, CommandResult, Facts, NodeCommand, Reading } from '../../model/check.js';
import { canonicalText, familyOf } from '../../model/family.js';
import type { Wrapping } from '../../model/lab-links.js';
import { filterTool } from '../../model/rule.js';
import { isNotRun, lastLine, notAsked, notUnderstood, ownerOf, word } from '../../model/probe.js';
import { choice, object } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from '../reachability/path.js';
import { COUNT } from './count.js';
import { isKind, KINDS } from './kinds.js';

const SECONDS = '6';

/** Bytes a ping takes beside its IP header, and such that no other packet of a lab is as long by chance. */
const PING = 8 + 333;

export const carried: CheckKind = {
  name: 'carried',
  schema: () => object({ ...ENDS, kind: choice('What they are wrapped in. Left out: in any tunnel of the node they arrive at.', Object.fromEntries(Object.entries(KINDS).map(([kind, { title }]) => [kind, `${title}.`])), { examples: ['vxlan'] }) }, {
    title: 'Carried by a tunnel',
    required: ['from', 'to'],
    description: 'Packets from one end arrive at the node of the other inside a tunnel\'s packets, counted on the underlay. WireGuard hides what is inside: there it is told by its length.',
    examples: [{ from: 'c1', to: 'c2' }],
  }),
  references: END_REFERENCES,
  expects: { unreachable: false, values: [], patterns: false },
  describe: (subject) => arrow('carried', subject, ` in ${titleOf(subject['kind']) ?? 'a tunnel'}`),
  probe(subject, facts) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const owner = ownerOf(path.to, facts);
    if (owner === undefined) return { notRun: `${path.to} is not an address of the lab: nobody can watch there` };
    const address = canonicalText(path.address);
    const watches = arriving(facts.nodeOf(owner), subject['kind'], facts).map((wraps) => [wraps.kind, wraps.family, wraps.port ?? 0, sizeOf(address)]);
    return {
      command: { node: path.node, argv: [...path.enter, 'ping', '-n', '-c', '3', '-i', '0.3', '-W', '1', '-s', String(PING - 8), path.address] },
      observer: { node: facts.nodeOf(owner), argv: ['python3', '-c', COUNT, address, SECONDS, JSON.stringify(watches)] },
      read,
    };
  },
  mutation(subject, facts) {
    const owner = ownerOf(word(subject, 'to'), facts);
    if (owner === undefined) return undefined;
    const node = facts.nodeOf(owner);
    const watches = arriving(node, subject['kind'], facts);
    if (watches.length === 0) return undefined;
    return { title: `drop what arrives at ${node} in ${[...new Set(watches.map((wraps) => KINDS[wraps.kind].title))].join(' and ')}`, break: rules(node, watches, '-I'), mend: rules(node, watches, '-D') };
  },
};

function titleOf(kind: unknown): string | undefined {
  return isKind(kind) ? KINDS[kind].title : undefined;
}

/** How packets may be wrapped that arrive at a node, each way once. */
function arriving(node: string, kind: unknown, facts: Facts): readonly Wrapping[] {
  const all = facts.lab.links.flatMap((link) => (link.node === node && link.wraps && (kind === undefined || kind === link.wraps.kind) ? [link.wraps] : []));
  return [...new Map(all.map((wraps) => [`${wraps.kind} ${wraps.family} ${wraps.port ?? ''}`, wraps])).values()];
}

/** Bytes of UDP's payload around a ping in WireGuard: padded to a multiple of 16, with 16 before it and 16 behind. */
function sizeOf(address: string): number {
  return Math.ceil(((familyOf(address) === 6 ? 40 : 20) + PING) / 16) * 16 + 32;
}

/** Dropped in the table raw, which comes before sockets see a packet. */
function rules(node: string, watches: readonly Wrapping[], verb: '-I' | '-D'): NodeCommand {
  const each = watches.flatMap(({ kind, family, port }) => protocols(kind, port).map((match) => [filterTool(family), '-w', '5', '-t', 'raw', verb, 'PREROUTING', ...match, '-m', 'comment', '--comment', 'labgen-mutation', '-j', 'DROP']));
  return { node, argv: ['python3', '-c', 'import json, subprocess, sys; [subprocess.check_call(words) for words in json.loads(sys.argv[1])]', JSON.stringify(each)] };
}

function protocols(kind: Wrapping['kind'], port: number | undefined): readonly (readonly string[])[] {
  if (port !== undefined) return [['-p', 'udp', '--dport', String(port)]];
  return kind === 'ipip' ? [['-p', '4'], ['-p', '41']] : [['-p', 'gre']];
}

function read(result: CommandResult, observed: CommandResult | undefined): Reading {
  const asked = notAsked(result) ?? (observed && notAsked(observed));
  if (asked) return asked;
  const [count = '', kind = '', outer = ''] = lastLine(observed?.stdout ?? '').split(' ');
  if (observed?.code === 0 && !/^\d{1,9}$/.test(count)) return notUnderstood('the observer', observed);
  if (observed?.code === 0) return { state: 'works', value: Number(count), seen: `${count} packets in ${titleOf(kind) ?? kind} from ${outer}` };
  return { state: 'unreachable', seen: 'no tunnel\'s packet with that destination arrived' };
}
