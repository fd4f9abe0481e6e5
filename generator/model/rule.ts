/** A packet filter rule as a value, and its one rendering as iptables words. */
import type { Family } from './family.js';

export type Table = 'filter' | 'nat' | 'raw' | 'mangle';
export type Hook = 'input' | 'output' | 'forward' | 'prerouting' | 'postrouting';

export interface Match {
  readonly in?: string;
  readonly out?: string;
  /** CIDR or address. */
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | 'gre' | 'esp';
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly state?: readonly ('NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID')[];
}

export type Action =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'masquerade' }
  | { readonly kind: 'dnat' | 'snat'; readonly to: string };

export interface Rule {
  readonly node: string;
  readonly table: Table;
  readonly hook: Hook;
  readonly match: Match;
  readonly action: Action;
  /** `direct-routing-filter`: only where dockerd drops packets that arrive routed (Docker 28.2 and later). */
  readonly condition: 'direct-routing-filter' | undefined;
  readonly why: string;
  /** Left out: IPv4. */
  readonly family?: Family;
}

/** labgen's own chain for a hook: LABGEN-FORWARD and so on; at most 28 characters (a limit of iptables). */
export function chainOf(hook: Hook): string {
  return `LABGEN-${hook.toUpperCase()}`;
}

/** The program that rules of a family are given to. */
export function filterTool(family: Family | undefined): 'iptables' | 'ip6tables' {
  return family === 6 ? 'ip6tables' : 'iptables';
}

/** The rule as the words after `iptables -t TABLE -A CHAIN`; ICMP is another protocol in each family. */
export function ruleWords(rule: Pick<Rule, 'match' | 'action' | 'family'>): readonly string[] {
  const { match, action } = rule;
  const words: string[] = [];
  const add = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(flag, String(value));
  };
  add('-s', match.source);
  add('-d', match.destination);
  add('-i', match.in);
  add('-o', match.out);
  add('-p', rule.family === 6 && match.protocol === 'icmp' ? 'ipv6-icmp' : match.protocol);
  add('--sport', match.sourcePort);
  add('--dport', match.destinationPort);
  if (match.state) words.push('-m', 'conntrack', '--ctstate', match.state.join(','));
  words.push('-j', action.kind.toUpperCase());
  if (action.kind === 'dnat') words.push('--to-destination', action.to);
  if (action.kind === 'snat') words.push('--to-source', action.to);
  return words;
}
