/** tcp: a connection is accepted, refused, or never answered. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { aliveAt, connectionWord, dropMutation, hostPort, isNotRun, lastLine, notAsked, openMutation, word } from '../../model/probe.js';
import { object, port } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';

const connect = (address: string, to: string): readonly string[] => ['timeout', '2', 'bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', address, to];

/** A service may listen on the loopback address only: that is alive as well. */
const ALIVE = 'for address in "$1" 127.0.0.1 ::1; do timeout 2 bash -c \'exec 3<>"/dev/tcp/$1/$2"\' bash "$address" "$2" && exit 0; done; exit 1';

export const tcp: CheckKind = {
  name: 'tcp',
  schema: () => object({ ...ENDS, port: port('The TCP port.') }, { title: 'TCP', required: ['from', 'to', 'port'], description: 'A TCP connection is accepted. Expect: unreachable (in whatever way), refused, timeout.', examples: [{ from: 'net-1', to: 'c1', port: 80 }] }),
  references: END_REFERENCES,
  expects: { unreachable: true, values: [], words: ['open', 'refused', 'timeout'], patterns: false },
  describe: (subject) => arrow('tcp', subject, `:${word(subject, 'port')}`),
  probe(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const to = word(subject, 'port');
    // A port that must refuse has nobody behind it: there is nothing to be alive.
    const closed = expect.is === 'unreachable' || (expect.is === 'value' && expect.value === 'timeout');
    const alive = closed ? aliveAt(path.to, path.address, facts, (own) => ['bash', '-c', ALIVE, 'bash', own, to]) : undefined;
    return { command: { node: path.node, argv: [...path.enter, ...connect(path.address, to)] }, ...(alive && { alive }), read: (result) => read(result, hostPort(path.address, to)) };
  },
  mutation(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return undefined;
    const match = ['-p', 'tcp', '--dport', word(subject, 'port')];
    if (expect.is === 'works' || (expect.is === 'value' && expect.value !== 'timeout')) return dropMutation(path, path.to, path.address, match);
    return openMutation(path.name, path.to, path.address, facts);
  },
};

function read(result: CommandResult, target: string): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code === 0) return { state: 'works', value: 'open', seen: `${target} accepted the connection` };
  if (result.code === 124) return { state: 'unreachable', value: 'timeout', seen: `${target} did not answer within 2 s` };
  const how = connectionWord(result.stderr);
  if (how === undefined) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  return { state: 'unreachable', value: how, seen: `${target}: ${/: ([^:]+)$/.exec(lastLine(result.stderr))?.[1] ?? how}` };
}
