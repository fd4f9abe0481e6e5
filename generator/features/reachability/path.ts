/** From and to: what every reachability check begins with. */
import type { CheckKind, Facts, Subject } from '../../model/check.js';
import { familyIn, isNotRun, placeOf, targetOf, word, type NotRun, type Place } from '../../model/probe.js';
import { family, FAMILY, reference } from '../../schema/patterns.js';

export const ENDS = {
  from: reference('The node or container that asks.', 'c1', 'net-1'),
  to: reference('The node, container or address that is asked.', 'c2', '192.168.56.11'),
  family: family(FAMILY),
};

export const END_REFERENCES: CheckKind['references'] = { from: 'endpoint', to: 'endpoint' };

export interface Path extends Place {
  readonly to: string;
  readonly address: string;
}

export function pathOf(subject: Subject, facts: Facts): Path | NotRun {
  const [from, to] = [word(subject, 'from'), word(subject, 'to')];
  const place = placeOf(from, facts);
  if (isNotRun(place)) return place;
  const address = targetOf(to, from, facts, familyIn(subject));
  return typeof address === 'string' ? { ...place, to, address } : address;
}

export function arrow(kind: string, subject: Subject, rest = ''): string {
  return `${kind} ${word(subject, 'from')} → ${word(subject, 'to')}${rest}${subject['family'] === 6 ? ' by IPv6' : ''}`;
}
