/** sysctl: a kernel setting has this value. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { expectedValue } from '../../model/expectation.js';
import { isNotRun, lastLine, notAsked, placeOf, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';

export const sysctl: CheckKind = {
  name: 'sysctl',
  schema: () => object(
    { node: reference('The node to look at.', 'net-1'), key: { type: 'string', pattern: '^[a-z][A-Za-z0-9_/-]*(\\.[A-Za-z0-9_/-]+)+$', form: 'a sysctl key such as net.ipv4.ip_forward', maxLength: 200, description: 'The setting.', examples: ['net.ipv4.ip_forward'] } },
    { title: 'Value of a kernel setting', required: ['node', 'key'], description: 'A kernel setting has the expected value. Expect (required): a value, a pattern, absent.', examples: [{ node: 'net-1', key: 'net.ipv4.ip_forward' }] },
  ),
  references: { node: 'node' },
  expects: { unreachable: false, values: ['string', 'number', 'boolean'], words: ['absent'], patterns: true, required: true },
  describe: (subject) => `sysctl ${word(subject, 'node')} ${word(subject, 'key')}`,
  probe(subject, facts) {
    const place = placeOf(word(subject, 'node'), facts);
    if (isNotRun(place)) return place;
    return { command: { node: place.node, argv: ['sysctl', '-n', word(subject, 'key')] }, read };
  },
  mutation(subject, _facts, expect) {
    const [node, key, value] = [word(subject, 'node'), word(subject, 'key'), expectedValue(expect)];
    if (value === undefined || !/^\d+$/.test(value)) return undefined;
    // Switches are 0 and 1 (rp_filter also 2); a limit is legal one lower.
    const other = value === '0' ? '1' : String(Number(value) - 1);
    const write = (to: string) => ({ node, argv: ['sysctl', '-q', '-w', `${key}=${to}`] });
    return { title: `${key}=${other}`, break: write(other), mend: write(value) };
  },
};

function read(result: CommandResult): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const value = result.stdout.trim();
  if (result.code === 0) return { state: 'works', value, seen: value };
  return /cannot stat|no such file|unknown key/i.test(result.stderr) ? { state: 'unreachable', value: 'absent', seen: 'there is no such key' } : { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
}
