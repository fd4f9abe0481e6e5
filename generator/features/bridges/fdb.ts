/** fdb: a bridge has learned that a container's MAC is behind its port. */
import type { CheckKind, CommandResult, Facts, Reading, Subject } from '../../model/check.js';
import { formatAddress, parseCidr } from '../../model/ipv4.js';
import type { Pipework } from '../../model/lab.js';
import { isNotRun, lastLine, notAsked, placeOf, word, type NotRun } from '../../model/probe.js';
import { interfaceName, object, reference } from '../../schema/patterns.js';

/** A bridge learns from frames and forgets after five minutes, so the container first says something: any ARP request will do. */
const ASK = 'pid=$1 asks=$2 kind=$3 bridge=$4; nsenter -t "$pid" -n ping -n -c 1 -W 1 "$asks" >/dev/null 2>&1; if [ "$kind" = ovs ]; then ovs-vsctl --timeout=10 --columns=name,ofport --format=csv --no-headings list interface && ovs-appctl --timeout=10 fdb/show "$bridge"; else bridge fdb show br "$bridge"; fi';

export const fdb: CheckKind = {
  name: 'fdb',
  schema: () => object(
    { container: reference('The container.', 'c1'), interface: interfaceName('Its interface. Left out: its first one by pipework.') },
    { title: 'Forwarding table', required: ['container'], description: "The bridge a container is plugged into by pipework has its MAC in the forwarding table, at the container's own port and VLAN.", examples: [{ container: 'c1' }] },
  ),
  references: { container: 'container' },
  expects: { unreachable: false, values: [], patterns: false },
  describe: (subject) => ['fdb', word(subject, 'container'), word(subject, 'interface')].filter((each) => each !== '').join(' '),
  probe(subject, facts) {
    const cable = cableOf(subject, facts);
    if (isNotRun(cable)) return cable;
    const place = placeOf(cable.container, facts);
    if (isNotRun(place)) return place;
    const argv = ['sh', '-c', ASK, 'sh', String(facts.pid(cable.container)), neighbour(cable.address), cable.bridgeKind, cable.bridge];
    return { command: { node: cable.node, argv }, read: (result) => read(result, cable) };
  },
  mutation(subject, facts) {
    const cable = cableOf(subject, facts);
    if (isNotRun(cable)) return undefined;
    const act = (script: string) => ({ node: cable.node, argv: ['sh', '-c', script, 'sh', cable.port, cable.bridge] });
    const flush = cable.bridgeKind === 'ovs' ? ' && ovs-appctl fdb/flush "$2"' : '';
    return { title: `set the port ${cable.port} down`, break: act(`ip link set dev "$1" down${flush}`), mend: act('ip link set dev "$1" up') };
  },
};

function cableOf(subject: Subject, facts: Facts): Pipework | NotRun {
  const [container, name] = [word(subject, 'container'), word(subject, 'interface')];
  const cable = facts.lab.pipework.find((each) => each.container === container && (name === '' || each.interface === name));
  return cable ?? { notRun: `${container} has no interface${name === '' ? '' : ` ${name}`} by pipework` };
}

/** Some other address of the network, whether anybody has it or not. */
function neighbour(cidr: string): string {
  const parsed = parseCidr(cidr);
  if (!parsed) return '';
  const first = parsed.subnet.base + 1;
  return formatAddress(first === parsed.address ? first + 1 : first);
}

function read(result: CommandResult, cable: Pipework): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const line = cable.bridgeKind === 'ovs' ? ovsLine(result.stdout, cable) : linuxLine(result.stdout, cable);
  if (line === undefined) return { state: 'unreachable', seen: `${cable.bridge} does not know ${cable.mac}` };
  const where = line.port === cable.port ? `${cable.mac} at ${line.port}${line.vlan === 0 ? '' : `, VLAN ${line.vlan}`}` : `${cable.mac} at ${line.port}, not at ${cable.port}`;
  return { state: line.port === cable.port && line.vlan === (cable.vlan ?? 0) ? 'works' : 'differs', value: line.port, seen: where };
}

interface Learned {
  readonly port: string;
  readonly vlan: number;
}

/** `MAC dev PORT master BRIDGE`; lines with `permanent` are the port's own. */
function linuxLine(text: string, cable: Pipework): Learned | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${cable.mac} dev `) && !each.includes('permanent'));
  const port = line?.split(' ')[2];
  return port === undefined ? undefined : { port, vlan: 0 };
}

/** Lines `name,number` of the interfaces, then ` port  VLAN  MAC  Age`. */
function ovsLine(text: string, cable: Pipework): Learned | undefined {
  const line = text.split('\n').map((each) => each.trim().split(/\s+/)).find((words) => words[2]?.toLowerCase() === cable.mac);
  if (!line) return undefined;
  const name = text.split('\n').map((each) => each.trim().replaceAll('"', '').split(',')).find((words) => words.length === 2 && words[1] === line[0])?.[0];
  return { port: name ?? `port ${line[0] ?? '?'}`, vlan: Number(line[1]) };
}
