/** swarm: a node is in the swarm and ready, with its role and availability. */
import type { CheckKind, CommandResult, Expectation, Reading, Subject } from '../../model/check.js';
import { lastLine, notAsked, notUnderstood, word } from '../../model/probe.js';
import { choice, object, reference } from '../../schema/patterns.js';
import { managerOf, order, silence } from './ask.js';

const LIST = ['docker', 'node', 'ls', '--format', '{{.Hostname}}|{{.Status}}|{{.Availability}}|{{.ManagerStatus}}'];

export const swarm: CheckKind = {
  name: 'swarm',
  schema: () => object(
    {
      node: reference('The node.', 'net-1'),
      role: choice('Its role.', { manager: 'It rules the swarm.', worker: 'It only runs tasks.' }, { examples: ['manager'] }),
      availability: choice('Whether it gets tasks.', { active: 'It gets tasks.', pause: 'It gets no new ones.', drain: 'It has none, and gets none.' }, { default: 'active', examples: ['drain'] }),
    },
    { title: 'Swarm node', required: ['node'], description: 'The swarm knows the node as ready, with this role and availability, as its first manager says. Expect: ready, down, unknown, absent.', examples: [{ node: 'net-1', role: 'manager' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: [], words: ['ready', 'down', 'unknown', 'absent'], patterns: false },
  describe: (subject) => ['swarm', word(subject, 'node'), ...['role', 'availability'].filter((key) => subject[key] !== undefined).map((key) => word(subject, key))].join(' '),
  probe(subject, facts, expect) {
    const node = word(subject, 'node');
    // Whether it is in none, the node itself knows best.
    if (isAbsent(expect)) return { command: { node, argv: ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'] }, read: readOwn };
    const manager = managerOf(facts);
    if (manager === undefined) return { notRun: 'the lab has no swarm here' };
    return { command: { node: manager, argv: LIST }, read: (result) => read(result, subject) };
  },
  mutation(subject, facts, expect) {
    const manager = managerOf(facts);
    const node = word(subject, 'node');
    if (manager === undefined || isAbsent(expect)) return undefined;
    // A paused node keeps its tasks, so that nothing else turns red.
    const update = (availability: string) => order(manager, 'docker', 'node', 'update', '--availability', availability, node);
    return { title: `let ${node} get no tasks, and keep those it has`, break: update('pause'), mend: update(availabilityOf(subject)) };
  },
};

function isAbsent(expect: Expectation): boolean {
  return expect.is === 'value' && expect.value === 'absent';
}

function availabilityOf(subject: Subject): string {
  return word(subject, 'availability') || 'active';
}

/** Of a node, as Docker's API has them: LocalNodeState. */
const STATES: ReadonlySet<string> = new Set(['inactive', 'pending', 'active', 'error', 'locked']);

function readOwn(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const state = result.stdout.trim();
  if (result.code !== 0 || state === '') return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  if (!STATES.has(state)) return notUnderstood('docker', result);
  return state === 'inactive' ? { state: 'unreachable', value: 'absent', seen: 'the node is in no swarm' } : { state: 'works', value: state, seen: `the node is in a swarm: ${state}` };
}

function read(result: CommandResult, subject: Subject): Reading {
  const silent = silence(result);
  if (silent) return silent;
  const all = result.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('|'));
  if (all.length === 0 || all.some((row) => row.length !== 4)) return notUnderstood('docker', result);
  const rows = all.filter(([name]) => name === word(subject, 'node'));
  // Of two entries one is the node's that left and came back.
  const [, status = '', availability = '', manager = ''] = rows.find((row) => row[1] === 'Ready') ?? rows[0] ?? [];
  if (rows.length === 0) return { state: 'unreachable', value: 'absent', seen: 'the swarm does not know it' };
  const role = manager === '' ? 'worker' : 'manager';
  const right = availability.toLowerCase() === availabilityOf(subject) && role === (word(subject, 'role') || role);
  const seen = `${status.toLowerCase()}, ${availability.toLowerCase()}, ${role}${manager === '' ? '' : ` (${manager.toLowerCase()})`}`;
  return { state: status === 'Ready' && right ? 'works' : 'differs', value: right ? status.toLowerCase() : undefined, seen };
}
