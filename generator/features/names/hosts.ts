/** hosts: what /etc/hosts of a node or container says of a name. */
import type { CheckKind, CommandResult, Reading } from '../../model/check.js';
import { isNotRun, lastLine, notAsked, placeOf, rootOf, targetOf, word } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';
import { ONE_OF_THEM, WHERE, WHERE_REFERENCES, whereOf } from '../system/where.js';
import { NAME } from './dns.js';
import { withName, withoutName } from './edit-hosts.js';

export const hosts: CheckKind = {
  name: 'hosts',
  schema: () => object(
    { ...WHERE, name: NAME, address: reference('Whose address the entry has: a node, a container or an address.') },
    { ...ONE_OF_THEM, title: 'Entry of /etc/hosts', required: ['name'], description: '/etc/hosts has an entry for the name. Expect: absent, its address, a pattern.', examples: [{ container: 'c1', name: 'db', address: 'c2' }] },
  ),
  references: { ...WHERE_REFERENCES, address: 'endpoint' },
  expects: { unreachable: false, values: ['string'], words: ['absent'], patterns: true },
  describe: (subject) => ['hosts', whereOf(subject), word(subject, 'name'), subject['address'] === undefined ? '' : `address ${word(subject, 'address')}`].filter((each) => each !== '').join(' '),
  probe(subject, facts) {
    const place = placeOf(whereOf(subject), facts);
    if (isNotRun(place)) return place;
    const wanted = subject['address'] === undefined ? undefined : targetOf(word(subject, 'address'), place.name, facts);
    if (wanted !== undefined && typeof wanted !== 'string') return wanted;
    return { command: { node: place.node, argv: ['cat', `${rootOf(place.name, facts)}/etc/hosts`] }, read: (result) => read(result, word(subject, 'name'), wanted) };
  },
  mutation(subject, facts, expect) {
    const place = placeOf(whereOf(subject), facts);
    if (isNotRun(place)) return undefined;
    const change = expect.is === 'value' && expect.value === 'absent' ? withName : withoutName;
    return change(place, rootOf(place.name, facts), word(subject, 'name'));
  },
};

function read(result: CommandResult, name: string, wanted: string | undefined): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const lines = result.stdout.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const found = lines.filter(([, ...names]) => names.some((each) => each.toLowerCase() === name.toLowerCase())).map(([address = '']) => address);
  if (found.length === 0) return { state: 'unreachable', value: 'absent', seen: `no entry for ${name}` };
  const right = wanted === undefined || found.includes(wanted);
  return { state: right ? 'works' : 'differs', value: right ? found[0] : undefined, seen: `${found.join(', ')}${right ? '' : `, not ${wanted}`}` };
}
