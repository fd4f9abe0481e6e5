/** ovs: an Open vSwitch bridge has this port with this tag; or: none of its ports is a leftover. */
import type { CheckKind, CommandResult, Reading, Subject } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, notUnderstood, placeOf, word } from '../../model/probe.js';
import { interfaceName, object, reference } from '../../schema/patterns.js';

/** A line a port: name, tag, and what keeps Open vSwitch from using it. The bridge's own port is not listed. */
const ASK = [
  'ovs-vsctl --timeout=10 br-exists "$1" || exit',
  'ports=$(ovs-vsctl --timeout=10 list-ports "$1") || exit 1',
  'for port in $ports; do echo "$port|$(ovs-vsctl --timeout=10 get port "$port" tag)|$(ovs-vsctl --timeout=10 get interface "$port" error)"; done',
].join('\n');

const LINE = /^[^|]+\|(\[\]|\d+)\|/;

export const ovs: CheckKind = {
  name: 'ovs',
  schema: () => object(
    {
      node: reference('The node to look at.', 'net-1'),
      bridge: interfaceName('The Open vSwitch bridge.', 'ovs-br0'),
      port: interfaceName('A port it has, whose interface is there.', 'pw-c1'),
      tag: { type: 'integer', minimum: 0, maximum: 4094, description: 'The VLAN tag of the port; 0: none.', examples: [10] },
    },
    { title: 'Open vSwitch', required: ['node', 'bridge'], description: 'The bridge is there and has this port with this tag; without a port: no port of it is left over from something that is gone. Expect: a text (its ports in order, with commas between), absent.', examples: [{ node: 'net-1', bridge: 'ovs-br0', port: 'pw-c1', tag: 10 }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: ['string'], words: ['absent'], patterns: true },
  describe: (subject) => ['ovs', word(subject, 'node'), word(subject, 'bridge'), word(subject, 'port'), subject['tag'] === undefined ? '' : `tag ${word(subject, 'tag')}`].filter((each) => each !== '').join(' '),
  probe(subject, facts) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: ['sh', '-c', ASK, 'sh', word(subject, 'bridge')] }, read: (result) => read(result, subject) };
  },
  mutation(subject, _facts, expect) {
    const [node, bridge, port] = [word(subject, 'node'), word(subject, 'bridge'), word(subject, 'port')];
    const run = (...words: string[]) => ({ node, argv: ['ovs-vsctl', '--timeout=10', ...words] });
    if (expect.is === 'value' && expect.value === 'absent') return undefined;
    if (port === '') return { title: `add a port to ${bridge} whose interface does not exist`, break: run('add-port', bridge, 'labgen-mut'), mend: run('del-port', bridge, 'labgen-mut') };
    if (subject['tag'] === undefined) return undefined;
    const tag = Number(subject['tag']);
    return { title: `another tag on ${port}`, break: run('set', 'port', port, `tag=${tag === 4000 ? 4001 : 4000}`), mend: tag === 0 ? run('clear', 'port', port, 'tag') : run('set', 'port', port, `tag=${tag}`) };
  },
};

function read(result: CommandResult, subject: Subject): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const [bridge, wanted] = [word(subject, 'bridge'), word(subject, 'port')];
  if (result.code === 2) return { state: 'unreachable', value: 'absent', seen: `there is no Open vSwitch bridge ${bridge}` };
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  if (!result.stdout.split('\n').every((line) => line === '' || LINE.test(line))) return notUnderstood('Open vSwitch', result);
  const ports = result.stdout.split('\n').filter(Boolean).map((line) => {
    const [name = '', tag = '', error = ''] = line.split('|');
    return { name, tag: tag === '[]' ? 0 : Number(tag), error: error === '[]' ? '' : error.replaceAll('"', '') };
  });
  const seen = ports.map((each) => `${each.name}${each.tag === 0 ? '' : ` (tag ${each.tag})`}${each.error === '' ? '' : `: ${each.error}`}`).join(', ') || 'no ports';
  const port = ports.find((each) => each.name === wanted);
  if (wanted !== '' && !port) return { state: 'unreachable', value: 'absent', seen: `no port ${wanted}: ${seen}` };
  const right = port ? port.error === '' && (subject['tag'] === undefined || port.tag === subject['tag']) : ports.every((each) => each.error === '');
  return { state: right ? 'works' : 'differs', value: wanted === '' ? ports.map((each) => each.name).sort().join(',') : 'present', seen };
}
