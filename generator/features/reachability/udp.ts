/** udp: a datagram is sent, and any datagram comes back. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { aliveAt, dropMutation, hostPort, isNotRun, lastLine, notAsked, openMutation, word } from '../../model/probe.js';
import { object, port, text } from '../../schema/patterns.js';
import { arrow, END_REFERENCES, ENDS, pathOf } from './path.js';

/** dd reads one datagram and ends; anything that reads a stream would wait for more. */
const ASK = 'exec 3<>"/dev/udp/$1/$2" && printf \'%s\\n\' "$3" >&3 && exec timeout 2 dd bs=65535 count=1 status=none <&3';
const DEFAULT_SEND = 'labgen';

const ask = (address: string, to: string, send: string): readonly string[] => ['bash', '-c', ASK, 'bash', address, to, send];

export const udp: CheckKind = {
  name: 'udp',
  schema: () => object(
    { ...ENDS, port: port('The UDP port.', 7), send: text(`What is sent, with a line end after it. Left out: "${DEFAULT_SEND}".`, 'hello', { minLength: 1, maxLength: 1000 }) },
    { title: 'UDP', required: ['from', 'to', 'port'], description: 'A datagram is answered. Expect: unreachable (no answer), or what the answer says.', examples: [{ from: 'c1', to: 'c2', port: 7, send: 'hello' }] },
  ),
  references: END_REFERENCES,
  expects: { unreachable: true, values: ['string', 'number'], patterns: true },
  describe: (subject) => arrow('udp', subject, `:${word(subject, 'port')}`),
  probe(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return path;
    const [to, send] = [word(subject, 'port'), word(subject, 'send') || DEFAULT_SEND];
    const alive = expect.is === 'unreachable' ? aliveAt(path.to, path.address, facts, (own) => ask(own, to, send)) : undefined;
    return { command: { node: path.node, argv: [...path.enter, ...ask(path.address, to, send)] }, ...(alive && { alive }), read: (result) => read(result, hostPort(path.address, to)) };
  },
  mutation(subject, facts, expect) {
    const path = pathOf(subject, facts);
    if (isNotRun(path)) return undefined;
    return expect.is === 'unreachable' ? openMutation(path.name, path.to, path.address, facts) : dropMutation(path, path.to, path.address, ['-p', 'udp', '--dport', word(subject, 'port')]);
  },
};

function read(result: CommandResult, target: string): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const answer = result.stdout.replace(/\r?\n$/, '');
  if (result.code === 0) return { state: 'works', value: answer, seen: `${target} answered ${JSON.stringify(answer.slice(0, 200))}` };
  if (result.code === 124) return { state: 'unreachable', seen: `${target} sent no answer within 2 s` };
  return { state: 'unreachable', seen: `${target}: ${lastLine(result.stderr).split(': ').at(-1) || `exit ${result.code}`}` };
}
