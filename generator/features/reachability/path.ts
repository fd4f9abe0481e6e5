/** From and to: what every reachability check begins with. */
import type { CheckKind, Facts, Subject } from '../../model/check.js';
import { familyOf } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import { familyIn, isAddress, isNotRun, placeOf, targetOf, word, type NotRun, type Place } from '../../model/probe.js';
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
  if (typeof address !== 'string') return address;
  // On two hosts Docker gives its containers the same addresses: whoever asked would answer itself.
  if (!isAddress(to) && stackOf(from, facts.lab) !== stackOf(to, facts.lab) && facts.address(from, to, familyOf(address)) === address) {
    return { notRun: `${from} and ${to} have the same address, ${address}: ${from} would ask itself` };
  }
  return { ...place, to, address };
}

/** Whose addresses a node or container has: a container may share those of its node or of another one. */
function stackOf(name: string, lab: Lab, depth = 4): string {
  const container = lab.containers.find((each) => each.name === name);
  if (container?.network === 'host') return container.node;
  const shares = /^container:(.+)$/.exec(container?.network ?? '')?.[1];
  return shares === undefined || depth === 0 ? name : stackOf(shares, lab, depth - 1);
}

export function arrow(kind: string, subject: Subject, rest = ''): string {
  return `${kind} ${word(subject, 'from')} → ${word(subject, 'to')}${rest}${subject['family'] === 6 ? ' by IPv6' : ''}`;
}
