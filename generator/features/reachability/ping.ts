/** ping: one of two echo requests comes back. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { aliveAt, dropMutation, isNotRun, lastLine, notAsked, openMutation } from '../../model/probe.js';
import { object } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';

const words = (address: string): readonly string[] => ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '2', address];

export const ping: CheckKind = {
  name: 'ping',
  schema: () => object(ENDS, { title: 'Ping', required: ['from', 'to'], description: 'An echo request from one end is answered by the other. Expect: unreachable.', examples: [{ from: 'c1', to: 'c2' }] }),
  references: END_REFERENCES,
  expects: { unreachable: true, values: [], patterns: false },
  describe: (subject) => arrow('ping', subject),
  probe(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const alive = expect.is === 'unreachable' ? aliveAt(path.to, path.address, facts, words) : undefined;
    return { command: { node: path.node, argv: [...path.enter, ...words(path.address)] }, ...(alive && { alive }), read };
  },
  mutation(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return undefined;
    return expect.is === 'unreachable' ? openMutation(path.name, path.to, path.address, facts) : dropMutation(path, path.to, path.address, ['-p', path.address.includes(':') ? 'ipv6-icmp' : 'icmp']);
  },
};

function read(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const count = /^\d+ packets transmitted.*/m.exec(result.stdout)?.[0];
  if (result.code === 0) return { state: 'works', seen: /^\d+ bytes from .*$/m.exec(result.stdout)?.[0] ?? count ?? 'answered' };
  // 2 with "Network is unreachable": iputils could not even send.
  const complaint = /^From .*$/m.exec(result.stdout)?.[0] ?? lastLine(result.stderr);
  if (result.code === 1 || /unreachable|permission denied|not permitted|no route|invalid argument/i.test(complaint)) {
    return { state: 'unreachable', seen: complaint || `no answer: ${count ?? ''}` };
  }
  return { state: 'not-run', seen: complaint || `ping ended with ${result.code}` };
}
