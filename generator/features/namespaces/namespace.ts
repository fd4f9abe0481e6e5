/** namespace: whether two containers, or a container and its node, share a namespace of the kernel. */
import type { CheckKind, CommandResult, Expectation, Facts, Reading, Subject } from '../../model/check.js';
import { isContainer, isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { choice, object, reference } from '../../schema/patterns.js';
import { standIn } from '../system/stand-in.js';

export const namespace: CheckKind = {
  name: 'namespace',
  schema: () => object(
    {
      kind: choice('Which namespace.', { net: 'Interfaces, addresses, routes, packet filter, ports.', uts: 'The host name.', pid: 'Processes.', mnt: 'Files.', ipc: 'Shared memory, semaphores and queues.', user: 'Users and what they may.', cgroup: 'Limits.' }, { default: 'net', examples: ['uts'] }),
      a: reference('A container or a node.', 'c1', 'net-1'),
      b: reference('Another one, on the same node.', 'c2', 'net-1'),
    },
    { title: 'Namespace', required: ['a', 'b'], description: 'The two are in the same namespace: the kernel shows the same inode. Expect: same, different.', examples: [{ kind: 'net', a: 'c1', b: 'net-1' }] },
  ),
  references: { a: 'endpoint', b: 'endpoint' },
  expects: { unreachable: false, values: [], words: ['same', 'different'], patterns: false },
  describe: (subject) => `namespace ${kindOf(subject)} ${word(subject, 'a')} ${word(subject, 'b')}`,
  probe(subject, facts) {
    const [a, b] = [placeOf(word(subject, 'a'), facts), placeOf(word(subject, 'b'), facts)];
    if (isNotRun(a)) return a;
    if (isNotRun(b)) return b;
    if (a.node !== b.node) return { notRun: `${a.name} is on ${a.node} and ${b.name} on ${b.node}: inodes of two kernels say nothing` };
    return { command: { node: a.node, argv: ['readlink', pathOf(a.name, subject, facts), pathOf(b.name, subject, facts)] }, read };
  },
  mutation(subject, facts, expect) {
    const names = [word(subject, 'a'), word(subject, 'b')];
    // A namespace cannot be changed under a process; another container can stand where one was.
    const container = names.find((name) => isContainer(name, facts));
    const other = names.find((name) => name !== container);
    if (container === undefined || other === undefined || kindOf(subject) !== 'net') return undefined;
    if (!isDifferent(expect)) return standIn(container, `put a container with a network of its own in the place of ${container}`, ['--network', 'none'], facts);
    const network = isContainer(other, facts) ? `container:${other}` : 'host';
    return standIn(container, `put a container in the network of ${other} in the place of ${container}`, ['--network', network], facts);
  },
};

function isDifferent(expect: Expectation): boolean {
  return expect.is === 'value' && expect.value === 'different';
}

function kindOf(subject: Subject): string {
  return word(subject, 'kind') || 'net';
}

function pathOf(name: string, subject: Subject, facts: Facts): string {
  return `/proc/${isContainer(name, facts) ? facts.pid(name) : 1}/ns/${kindOf(subject)}`;
}

const INODE = /^\w+:\[\d+\]$/;

function read(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const [a, b, ...more] = result.stdout.trim().split('\n');
  if (result.code !== 0 || !INODE.test(a ?? '') || !INODE.test(b ?? '') || more.length > 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  return { state: a === b ? 'works' : 'differs', value: a === b ? 'same' : 'different', seen: a === b ? `both ${a}` : `${a} and ${b}` };
}
