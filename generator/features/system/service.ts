/** service: a systemd unit is active, or is not. */
import type { CheckKind, CommandResult, NodeCommand, Reading } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';

/** Stopping these would cut the node off or take everything down. */
const VITAL = /^(ssh|sshd|dbus|systemd-.*|networking|network-online|NetworkManager)(\.\w+)?$/;

/** What hangs on the unit stops with it: whatever was active before is started again. */
const STOP = 'mkdir -p /run/labgen && systemctl list-units --type=service --state=active --plain --no-legend | cut -d" " -f1 > "/run/labgen/mutation-$1" && systemctl stop "$@"';
const START = 'systemctl start "$@" && xargs -r systemctl start < "/run/labgen/mutation-$1" && rm "/run/labgen/mutation-$1"';

export const service: CheckKind = {
  name: 'service',
  schema: () => object(
    { node: reference('The node to look at.', 'net-1'), name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_.@:-]*$', form: 'the name of a systemd unit', maxLength: 200, description: 'The unit; .service may be left out.', examples: ['docker'] } },
    { title: 'systemd unit', required: ['node', 'name'], description: 'A systemd unit is active. Expect: active, inactive, failed, absent.', examples: [{ node: 'net-1', name: 'docker' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: [], words: ['active', 'inactive', 'failed', 'activating', 'absent'], patterns: false },
  describe: (subject) => `service ${word(subject, 'node')} ${word(subject, 'name')}`,
  probe(subject, facts) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: ['systemctl', 'show', '-p', 'LoadState', '-p', 'ActiveState', '-p', 'SubState', '-p', 'Result', '--', word(subject, 'name')] }, read };
  },
  mutation(subject, _facts, expect) {
    const [node, name] = [word(subject, 'node'), word(subject, 'name')];
    if (VITAL.test(name)) return undefined;
    const plain = (verb: string): NodeCommand => ({ node, argv: ['systemctl', verb, '--', name] });
    if (expect.is === 'value' && expect.value === 'inactive') return { title: `start ${name}`, break: plain('start'), mend: plain('stop') };
    if (expect.is === 'value' && expect.value !== 'active') return undefined;
    // docker.socket would start docker again by itself.
    const units = /^docker(\.service)?$/.test(name) ? ['docker.service', 'docker.socket'] : [name];
    const script = (text: string): NodeCommand => ({ node, argv: ['sh', '-c', text, 'sh', ...units] });
    return { title: `stop ${name}`, break: script(STOP), mend: script(START) };
  },
};

function read(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(result.stdout)?.[1] ?? '';
  const active = field('ActiveState');
  if (result.code !== 0 || active === '') return { state: 'not-run', seen: lastLine(result.stderr) || lastLine(result.stdout) || `exit ${result.code}` };
  if (field('LoadState') === 'not-found') return { state: 'unreachable', value: 'absent', seen: 'there is no such unit' };
  const outcome = field('Result');
  const seen = `${active} (${field('SubState')})${active !== 'active' && outcome !== '' && outcome !== 'success' ? `: ${outcome}` : ''}`;
  return { state: active === 'active' ? 'works' : 'differs', value: active, seen };
}
