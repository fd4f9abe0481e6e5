/** A packet filter rule of a world as the words after `iptables -A CHAIN`, in the order iptables -S prints them. */
import type { Is, Target, WorldMatch, WorldRule } from './world.js';

export function worldRule(match: WorldMatch, target: Target, by: string, why?: string): WorldRule {
  return { match, target, text: ruleText(match, target), by, ...(why !== undefined && { why }) };
}

export function ruleText(match: WorldMatch, target: Target): string {
  const words: string[] = [];
  const add = (flag: string, value: Is<string> | undefined): void => {
    if (value !== undefined) words.push(...(value.not === true ? ['!'] : []), flag, value.is);
  };
  add('-s', match.source);
  add('-d', match.destination);
  add('-i', match.in);
  add('-o', match.out);
  add('-p', match.protocol);
  if (match.sourcePort !== undefined) words.push('--sport', String(match.sourcePort));
  if (match.destinationPort !== undefined) words.push('--dport', String(match.destinationPort));
  for (const [value, flag] of [[match.sourceIsLocal, '--src-type'], [match.destinationIsLocal, '--dst-type']] as const) if (value) words.push('-m', 'addrtype', ...(value.not === true ? ['!'] : []), flag, 'LOCAL');
  if (match.states) words.push('-m', 'conntrack', '--ctstate', match.states.join(','));
  return [...words, '-j', ...targetWords(target)].join(' ');
}

function targetWords(target: Target): readonly string[] {
  if (target.kind === 'jump') return [target.chain];
  if (target.kind !== 'dnat' && target.kind !== 'snat') return [target.kind.toUpperCase()];
  const address = target.port === undefined ? target.address : `${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`;
  return [target.kind.toUpperCase(), target.kind === 'dnat' ? '--to-destination' : '--to-source', address];
}
