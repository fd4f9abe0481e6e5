/** dns: a name resolves, to whom it should. */
import type { CheckKind, CommandResult, Expectation, Facts, Reading, Subject } from '../../model/check.js';
import { matches } from '../../model/expectation.js';
import { bothOf, isAddress, isNotRun, lastLine, notAsked, notUnderstood, placeOf, rootOf, ruleMutation, targetOf, word, type NotRun } from '../../model/probe.js';
import { object, reference } from '../../schema/patterns.js';
import { RESOLVE } from './ask-dns.js';
import { withName, withoutName } from './edit-hosts.js';

export const NAME = { type: 'string', pattern: '^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*$', form: 'a host name', maxLength: 253, description: 'The name that is looked up.', examples: ['db'] };

export const dns: CheckKind = {
  name: 'dns',
  schema: () => object(
    {
      from: reference('The node or container that asks.'),
      name: NAME,
      address: reference('Whose address is among the answers: a node, a container or an address.'),
      server: reference('The name server asked: a node, a container or an address. Left out: /etc/hosts and the servers the asker has.'),
    },
    { title: 'Name', required: ['from', 'name'], description: 'A name resolves. Expect: absent, one of its addresses, a pattern.', examples: [{ from: 'c1', name: 'db', address: 'c2' }] },
  ),
  references: { from: 'endpoint', address: 'endpoint', server: 'endpoint' },
  expects: { unreachable: false, values: ['string'], words: ['absent'], patterns: true },
  describe: (subject) => ['dns', word(subject, 'from'), word(subject, 'name'), ...['address', 'server'].filter((key) => subject[key] !== undefined).map((key) => `${key} ${word(subject, key)}`)].join(' '),
  probe(subject, facts, expect) {
    const asked = askedOf(subject, facts);
    if (isNotRun(asked)) return asked;
    const { place, root, server, wanted } = asked;
    return { command: { node: place.node, argv: [...place.enter, 'python3', '-c', RESOLVE, root, word(subject, 'name'), server] }, read: (result) => read(result, wanted, expect) };
  },
  mutation(subject, facts, expect) {
    const asked = askedOf(subject, facts);
    if (isNotRun(asked)) return undefined;
    const { place, root, server } = asked;
    const name = word(subject, 'name');
    if (expect.is === 'value' && expect.value === 'absent') return server === '' ? withName(place, root, name) : undefined;
    // raw stands before the translation that leads to Docker's own server.
    const drop = ruleMutation(place, `drop what ${place.name} asks name servers`, 'raw', 'OUTPUT', ['-p', 'udp', '--dport', '53', '-j', 'DROP']);
    if (server !== '') return drop;
    const hosts = withoutName(place, root, name);
    return { title: `${hosts.title}, and ${drop.title}`, break: bothOf(hosts.break, drop.break), mend: bothOf(drop.mend, hosts.mend) };
  },
};

interface Asked {
  readonly place: Exclude<ReturnType<typeof placeOf>, NotRun>;
  /** Where the place's files are seen from its node; empty for the node itself. */
  readonly root: string;
  /** Empty: the asker's own. */
  readonly server: string;
  readonly wanted: string | undefined;
}

function askedOf(subject: Subject, facts: Facts): Asked | NotRun {
  const place = placeOf(word(subject, 'from'), facts);
  if (isNotRun(place)) return place;
  const server = subject['server'] === undefined ? '' : targetOf(word(subject, 'server'), place.name, facts);
  if (typeof server !== 'string') return server;
  const wanted = subject['address'] === undefined ? undefined : targetOf(word(subject, 'address'), place.name, facts);
  if (wanted !== undefined && typeof wanted !== 'string') return wanted;
  return { place, root: rootOf(place.name, facts), server, wanted };
}

function read(result: CommandResult, wanted: string | undefined, expect: Expectation): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  const said = lastLine(result.stdout);
  if (result.code === 1 || result.code === 2) return result.stderr.trim() === '' && said !== '' ? { state: 'unreachable', value: 'absent', seen: said } : { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  const [who = '', ...addresses] = said.split(' ');
  if (result.code !== 0 || addresses.length === 0) return { state: 'not-run', seen: lastLine(result.stderr) || `exit ${result.code}` };
  if (!addresses.every(isAddress)) return notUnderstood('the node', result);
  const right = wanted === undefined || addresses.includes(wanted);
  const value = addresses.find((each) => matches(expect, each)) ?? addresses.join(' ');
  return { state: right ? 'works' : 'differs', value: right ? value : undefined, seen: `${addresses.join(', ')}, says ${who === 'hosts' ? '/etc/hosts' : who}${right ? '' : `; ${wanted} is not among them`}` };
}
