/** mtu: an IP packet of exactly so many bytes passes unfragmented, and one byte more does not. */
import type { CheckKind, CommandResult, Doubt, Expectation, Reading, Subject } from '../../model/check.js';
import { familyOf } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import { isNotRun, lastLine, notAsked, ruleMutation, word } from '../../model/probe.js';
import { object } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';
import { narrowestHop, widestMtu } from './path-mtu.js';

/** IP header (20 bytes of IPv4, 40 of IPv6) and ICMP header. */
const HEADERS = { 4: 28, 6: 48 } as const;

/** Exit 0: exact; 1: the packet does not pass; 3: a larger one passes too. */
const MEASURE = 'df() { ping -n -M do -c 2 -i 0.2 -W 2 -s "$2" "$1"; }; df "$1" "$2" || exit 1; df "$1" "$3" && exit 3; exit 0';

export const mtu: CheckKind = {
  name: 'mtu',
  schema: () => object(
    { ...ENDS, bytes: { type: 'integer', minimum: 68, maximum: 65534, description: 'Size of the largest IP packet that passes, headers included.', examples: [1476] } },
    { title: 'MTU of a path', required: ['from', 'to', 'bytes'], description: 'A don\'t-fragment packet of exactly so many bytes passes, and one byte more does not. Expect: unreachable (it does not pass, though small ones do).', examples: [{ from: 'c1', to: 'c2', bytes: 1476 }] },
  ),
  references: END_REFERENCES,
  expects: { unreachable: true, values: [], patterns: false },
  describe: (subject) => arrow('mtu', subject, ` ${word(subject, 'bytes')}`),
  doubt,
  probe(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const bytes = bytesOf(subject);
    const headers = HEADERS[familyOf(path.address)];
    const argv = [...path.enter, 'sh', '-c', MEASURE, 'sh', path.address, String(bytes - headers), String(bytes + 1 - headers)];
    // Small packets must pass, or a dead path would be taken for a narrow one.
    const alive = expect.is === 'unreachable' ? { node: path.node, argv: [...path.enter, 'ping', '-n', '-c', '2', '-i', '0.2', '-W', '2', '-s', '40', path.address] } : undefined;
    return { command: { node: path.node, argv }, ...(alive && { alive }), read: (result) => read(result, bytes) };
  },
  mutation(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path) || expect.is === 'unreachable') return undefined;
    const bytes = bytesOf(subject);
    // By length, not by an interface's MTU: the kernel remembers a learned path MTU for ten minutes after the mend.
    return ruleMutation(path, `drop packets of ${bytes} bytes and more that ${path.name} sends to ${path.to}`, 'filter', 'OUTPUT', ['-d', path.address, '-m', 'length', '--length', `${bytes}:65535`, '-j', 'DROP'], familyOf(path.address));
  },
};

/** The way of the packet is known to the lab, so a wrong size is found before anything runs. */
function doubt(subject: Subject, expect: Expectation, lab: Lab): Doubt | undefined {
  const bytes = bytesOf(subject);
  const [from, to] = [word(subject, 'from'), word(subject, 'to')];
  const wrong = (severity: Doubt['severity'], message: string, hint: string): Doubt => ({ code: 'LG160', severity, key: 'bytes', message, hint });
  if (expect.is === 'unreachable' && bytes > widestMtu(lab)) return wrong('warning', `nothing in the lab passes more than ${widestMtu(lab)} bytes, so this can never fail`, `Give the first size that does not pass between ${from} and ${to}.`);
  // The way of IPv6 packets is not looked for.
  const narrow = subject['family'] === 6 ? undefined : narrowestHop(lab, from, to);
  if (narrow === undefined) return undefined;
  const limit = `${narrow.what} passes ${narrow.mtu}`;
  if (expect.is === 'unreachable') {
    // A rule may drop packets by their length.
    if (bytes > narrow.mtu || lab.rules.some((rule) => rule.action.kind === 'drop' || rule.action.kind === 'reject')) return undefined;
    return wrong('error', `a packet of ${bytes} bytes does pass from ${from} to ${to}: ${limit}, the least on the way`, `Give ${narrow.mtu + 1} or more, or take "expect" away.`);
  }
  if (bytes > narrow.mtu) return wrong('error', `a packet of ${bytes} bytes can never pass from ${from} to ${to}: ${limit}`, `The largest that passes is ${narrow.mtu}.`);
  if (bytes < narrow.mtu) return wrong('error', `one byte more than ${bytes} passes as well from ${from} to ${to}: ${limit}, the least on the way`, `The check asks for the largest that passes: ${narrow.mtu}.`);
  return undefined;
}

function bytesOf(subject: Subject): number {
  return Number(subject['bytes']);
}

function read(result: CommandResult, bytes: number): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const hint = /mtu ?= ?\d+/.exec(result.stderr + result.stdout)?.[0];
  if (result.code === 0) return { state: 'works', value: bytes, seen: `${bytes} passes, ${bytes + 1} does not${hint ? ` (${hint})` : ''}` };
  if (result.code === 3) return { state: 'differs', seen: `${bytes} passes, and ${bytes + 1} passes too` };
  if (result.code === 1) return { state: 'unreachable', seen: `a packet of ${bytes} bytes does not pass: ${hint ?? (lastLine(result.stderr) || 'no answer')}` };
  return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
}
