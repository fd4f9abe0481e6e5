/** Rules of the lab as values. */
import type { Ground } from '../../model/ground.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Action, Hook, Match, Rule, Table } from '../../model/rule.js';
import type { Contributions } from '../feature.js';

export function firewallSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['firewall']) ? (source['firewall'] as unknown[]) : []).filter(isTree);
}

export function resolveFirewall(ground: Ground): Contributions {
  const rules = firewallSources(ground.source).flatMap((source) =>
    (ground.members(String(source['node'])) ?? []).map((node): Rule => ({
      node: node.name,
      table: String(source['table'] ?? 'filter') as Table,
      hook: String(source['hook']) as Hook,
      match: matchOf(ground, source),
      action: actionOf(source),
      condition: undefined,
      why: 'a rule of the lab',
    })),
  );
  return { rules };
}

function matchOf(ground: Ground, source: Tree): Match {
  const side = (value: unknown): string | undefined => (value === undefined ? undefined : ground.node(String(value))?.attachments[0]?.address ?? String(value));
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

function actionOf(source: Tree): Action {
  const kind = source['action'] as Action['kind'];
  return kind === 'dnat' || kind === 'snat' ? { kind, to: String(source['to']) } : { kind };
}
