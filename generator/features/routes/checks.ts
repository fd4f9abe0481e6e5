/** route: where a node or a container would send a packet, as its kernel says. */
import type { CheckKind, CommandResult, Facts, Reading, Subject } from '../../model/check.js';
import { textOf, treesOf, parseJson } from '../../model/foreign.js';
import { familyOf, firstHost, hostPrefix, networkOf } from '../../model/family.js';
import { familyIn, isNotRun, lastLine, notAsked, notUnderstood, placeOf, targetOf, word, type NotRun, type Place } from '../../model/probe.js';
import { ONE_OF_THEM, WHERE, WHERE_REFERENCES, whereOf } from '../system/where.js';
import { family, FAMILY, interfaceName, object, reference } from '../../schema/patterns.js';

export const route: CheckKind = {
  name: 'route',
  schema: () => object(
    {
      ...WHERE,
      to: { ...reference('Whereto: a node, a container, an address or a subnet.'), pattern: '^[A-Za-z0-9:][A-Za-z0-9_.:-]*(/[0-9]{1,3})?$', form: 'a name of the lab, an address or a subnet', examples: ['172.17.128.0/17'] },
      family: family(FAMILY),
      dev: interfaceName('The interface it leaves by.', 'foo'),
      via: reference('The next hop: a node or an address.', 'net-1', '192.168.56.1'),
      source: reference('The source address the node itself would use: a node or an address.', 'net-1', '192.168.56.11'),
    },
    { ...ONE_OF_THEM, title: 'Way of a packet', required: ['to'], description: 'The node or container has a route there, and it is as the keys say. Expect: unreachable (no route).', examples: [{ node: 'net-1', to: '172.17.128.1', dev: 'foo' }] },
  ),
  references: { ...WHERE_REFERENCES, to: 'endpoint', via: 'endpoint', source: 'endpoint' },
  expects: { unreachable: true, values: [], patterns: false },
  describe: (subject) => ['route', whereOf(subject), '→', word(subject, 'to'), ...(subject['family'] === 6 ? ['by IPv6'] : []), ...['dev', 'via', 'source'].filter((key) => subject[key] !== undefined).map((key) => `${key} ${word(subject, key)}`)].join(' '),
  probe(subject, facts) {
    const asked = askedOf(subject, facts);
    if (isNotRun(asked)) return asked;
    const wanted: Record<string, string> = {};
    for (const key of ['dev', 'via', 'source'] as const) {
      const value = subject[key];
      if (value === undefined) continue;
      const resolved = key === 'dev' ? String(value) : facts.address(String(value), asked.name, familyOf(asked.address));
      if (resolved === undefined) return { notRun: `${String(value)} has no address` };
      wanted[key] = resolved;
    }
    return { command: { node: asked.node, argv: [...asked.enter, 'ip', '-j', 'route', 'get', asked.address] }, read: (result) => read(result, wanted) };
  },
  mutation(subject, facts, expect) {
    const asked = askedOf(subject, facts);
    if (isNotRun(asked)) return undefined;
    const ip = (...words: string[]) => ({ node: asked.node, argv: [...asked.enter, 'ip', ...(familyOf(asked.address) === 6 ? ['-6'] : []), ...words] });
    const host = `${asked.address}/${hostPrefix(asked.address)}`;
    if (expect.is === 'unreachable') return { title: `route ${host} to nowhere`, break: ip('route', 'add', host, 'dev', 'lo'), mend: ip('route', 'del', host, 'dev', 'lo') };
    // A policy rule stands before every route, and leaves them all as they are.
    return { title: `prohibit ${host}`, break: ip('rule', 'add', 'pref', '1', 'to', host, 'prohibit'), mend: ip('rule', 'del', 'pref', '1', 'to', host, 'prohibit') };
  },
};

/** `ip route get` takes an address: for a subnet its first host stands. */
function askedOf(subject: Subject, facts: Facts): (Place & { readonly address: string }) | NotRun {
  const place = placeOf(whereOf(subject), facts);
  if (isNotRun(place)) return place;
  const to = word(subject, 'to');
  if (to.includes('/')) {
    const address = firstHost(networkOf(to)?.network ?? '');
    return address === undefined ? { notRun: `"${to}" is not a subnet` } : { ...place, address };
  }
  const address = targetOf(to, place.name, facts, familyIn(subject));
  return typeof address === 'string' ? { ...place, address } : address;
}

function read(result: CommandResult, wanted: Readonly<Record<string, string>>): Reading {
  const asked = notAsked(result);
  if (asked) return asked;
  if (result.code !== 0) {
    const said = lastLine(result.stderr);
    return /RTNETLINK answers/.test(said) ? { state: 'unreachable', seen: said.replace('RTNETLINK answers: ', '') } : { state: 'not-run', seen: said || `exit ${result.code}` };
  }
  const [found, ...others] = treesOf(parseJson(result.stdout)) ?? [{}];
  if (found === undefined) return { state: 'unreachable', seen: 'no route' };
  if (textOf(found['dst']) === undefined || others.length > 0) return notUnderstood('ip', result);
  const type = textOf(found['type']) ?? '';
  if (/^(unreachable|prohibit|blackhole)$/.test(type)) return { state: 'unreachable', seen: type };
  const has: Readonly<Record<string, string | undefined>> = { dev: textOf(found['dev']), via: textOf(found['gateway']), source: textOf(found['prefsrc']) };
  const right = Object.entries(wanted).every(([key, value]) => has[key] === value);
  const seen = Object.entries(has).filter(([, value]) => value !== undefined).map(([key, value]) => `${key} ${value}`).join(' ');
  return { state: right ? 'works' : 'differs', seen };
}
