/** Rules of the lab as values. */
import { canonicalText, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Action, Hook, Match, Rule, Table } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { addressIn, familiesOf } from './families.js';
import { formatTarget, parseTarget } from './target.js';

export function firewallSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['firewall']) ? (source['firewall'] as unknown[]) : []).filter(isTree);
}

export function resolveFirewall(ground: Ground): Contributions {
  const rules = firewallSources(ground.source).flatMap((source) =>
    (ground.members(String(source['node'])) ?? []).flatMap((node) => familiesOf(ground, source, node.name).map((family): Rule => ({
      node: node.name,
      table: String(source['table'] ?? 'filter') as Table,
      hook: String(source['hook']) as Hook,
      match: matchOf(ground, source, family),
      action: actionOf(ground, source, family),
      condition: undefined,
      why: 'a rule of the lab',
      ...(family === 6 && { family }),
    }))),
  );
  return { rules };
}

function matchOf(ground: Ground, source: Tree, family: Family): Match {
  const side = (value: unknown): string | undefined => (value === undefined ? undefined : addressIn(ground, String(value), family) ?? canonicalText(String(value)));
  return {
    in: source['in'] as string | undefined,
    out: source['out'] as string | undefined,
    source: side(source['source']),
    destination: side(source['destination']),
    protocol: source['protocol'] as Match['protocol'],
    sourcePort: source['sourcePort'] as number | undefined,
    destinationPort: source['port'] as number | undefined,
    state: source['state'] as Match['state'],
  };
}

function actionOf(ground: Ground, source: Tree, family: Family): Action {
  const kind = source['action'] as Action['kind'];
  if (kind !== 'dnat' && kind !== 'snat') return { kind };
  const { host, port } = parseTarget(String(source['to']));
  return { kind, to: formatTarget({ host: addressIn(ground, host, family) ?? host, port }) };
}
