/** replicas: how many tasks of a service run, in the whole swarm or on one node. */
import type { CheckKind, CommandResult, Facts, Mutation, Reading, Subject } from '../../model/check.js';
import { matches } from '../../model/expectation.js';
import { notUnderstood, word } from '../../model/probe.js';
import { containerName, object, reference } from '../../schema/patterns.js';
import { managerOf, order, silence } from './ask.js';

/** The number that is wanted, then a line for each task that is to run: its node and its state. */
const TASKS = `docker service inspect --format '{{with .Spec.Mode.Replicated}}{{.Replicas}}{{end}}' "$1" && docker service ps --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' "$1"`;

/** Awake again, a node is given tasks only when some are made anew. */
const WAKE = 'docker node update --availability active "$1" && docker service scale --detach "$2=0" && sleep 2 && docker service scale "$2=$3"';

export const replicas: CheckKind = {
  name: 'replicas',
  schema: () => object(
    { service: containerName('The service.', 'my-nginx'), node: reference('The node whose tasks alone count. Left out: those of the whole swarm.', 'worker-1') },
    { title: 'Replicas', required: ['service'], description: 'As many tasks run as the service wants; on a node, at least one. Expect: a number of running tasks, or a range, absent.', examples: [{ service: 'my-nginx' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: ['number'], words: ['absent'], patterns: false },
  describe: (subject) => `replicas ${word(subject, 'service')}${subject['node'] === undefined ? '' : ` on ${word(subject, 'node')}`}`,
  probe(subject, facts) {
    const manager = managerOf(facts);
    if (manager === undefined) return { notRun: 'the lab has no swarm here' };
    return { command: { node: manager, argv: ['sh', '-c', TASKS, 'sh', word(subject, 'service')] }, read: (result) => read(result, subject) };
  },
  mutation(subject, facts, expect) {
    const manager = managerOf(facts);
    const service = facts.lab.swarms[0]?.services.find((each) => each.name === word(subject, 'service'));
    if (manager === undefined || service === undefined) return undefined;
    const { name } = service;
    const wanted = String(service.replicas);
    if (expect.is === 'value' && expect.value === 0) return onDrained(word(subject, 'node'), name, wanted, manager, facts);
    if ((expect.is === 'value' && expect.value === 'absent') || matches(expect, 0)) return undefined;
    const scale = (to: string) => order(manager, 'docker', 'service', 'scale', '--detach', `${name}=${to}`);
    return { title: `scale ${name} to none`, break: scale('0'), mend: scale(wanted) };
  },
};

function onDrained(node: string, service: string, wanted: string, manager: string, facts: Facts): Mutation | undefined {
  if (!facts.lab.swarms[0]?.members.some((member) => member.node === node && member.availability === 'drain')) return undefined;
  return {
    title: `let ${node} have tasks of ${service} again`,
    break: { node: manager, argv: ['sh', '-c', WAKE, 'sh', node, service, wanted] },
    mend: order(manager, 'docker', 'node', 'update', '--availability', 'drain', node),
  };
}

function read(result: CommandResult, subject: Subject): Reading {
  if (/no such service/i.test(result.stderr)) return { state: 'unreachable', value: 'absent', seen: 'there is no such service' };
  const silent = silence(result);
  if (silent) return silent;
  const [first = '', ...lines] = result.stdout.trim().split('\n');
  if (!/^\d+$/.test(first)) return notUnderstood('docker', result);
  const node = subject['node'] === undefined ? undefined : word(subject, 'node');
  const running = lines.map((line) => line.split(' ')).filter(([where, state]) => state === 'Running' && (node === undefined || where === node));
  const where = new Map<string, number>();
  for (const [name = ''] of running) where.set(name, (where.get(name) ?? 0) + 1);
  const spread = [...where].map(([name, count]) => `${count} on ${name}`).sort().join(', ');
  const seen = `${running.length}${node === undefined ? ` of ${first}` : ''} running${node === undefined && spread !== '' ? `: ${spread}` : ''}`;
  return { state: (node === undefined ? running.length === Number(first) && running.length > 0 : running.length > 0) ? 'works' : 'differs', value: running.length, seen };
}
