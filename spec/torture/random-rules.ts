/** Packet filters by chance: all tables and hooks, chains of one's own, and everything a rule may look at. */
import type { Family } from '../../generator/model/family.js';
import type { Table } from '../../generator/model/rule.js';
import type { Chain, Is, Target, TrackState, WorldMatch, WorldRule } from '../../generator/model/world.js';
import { ruleText } from '../support/realise-script.js';
import type { Dice } from './dice.js';

/** What rules of a namespace may name. */
export interface Names {
  readonly family: Family;
  readonly interfaces: readonly string[];
  /** CIDRs, whole networks and single addresses. */
  readonly networks: readonly string[];
  /** Of this world's namespaces. */
  readonly addresses: readonly string[];
  /** Of this namespace. */
  readonly own: readonly string[];
  readonly ports: readonly number[];
}

type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
const HOOKS: Readonly<Record<Table, readonly Hook[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'INPUT'],
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
};
const HAS_IN: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD'];
const HAS_OUT: readonly Hook[] = ['FORWARD', 'OUTPUT', 'POSTROUTING'];

/** What a host has of it by chance: mostly a filter, often nat, seldom the others. */
export function randomChains(dice: Dice, names: Names, chance: Readonly<Record<Table, number>>): readonly Chain[] {
  return names.family === 4 ? anyChains(dice, names, chance) : anyChains(dice, names, chance).map(findsNeighbours);
}

/**
 * IPv6 finds its neighbours by ICMPv6, which passes the same chains: who drops it is heard or not by what others happened to
 * ask before. So only what is surely no such packet is dropped, but for what is routed and translated.
 */
function findsNeighbours(chain: Chain): Chain {
  if (chain.table === 'nat') return chain;
  const isSafe = ({ match, target }: WorldRule): boolean => target.kind === 'jump' || target.kind === 'accept' || target.kind === 'return' || (match.protocol !== undefined && match.protocol.not !== true && match.protocol.is !== 'icmp') || (match.states !== undefined);
  return { ...chain, policy: chain.policy && 'ACCEPT', rules: chain.rules.filter(isSafe) };
}

function anyChains(dice: Dice, names: Names, chance: Readonly<Record<Table, number>>): readonly Chain[] {
  const chains: Chain[] = [];
  for (const table of ['raw', 'mangle', 'nat', 'filter'] as const) {
    if (!dice.maybe(chance[table])) continue;
    const own = dice.maybe(0.4) ? [`OWN-${table.toUpperCase()}`, ...(dice.maybe(0.3) ? [`DEEP-${table.toUpperCase()}`] : [])] : [];
    // A chain of one's own knows neither which hook it is called from nor, so, whether there is an interface to look at.
    own.forEach((name, at) => chains.push({ family: names.family, table, name, rules: rules(dice, names, table, undefined, own.slice(at + 1), dice.between(1, 3)) }));
    for (const hook of HOOKS[table]) {
      if (!dice.maybe(table === 'filter' ? 0.6 : 0.5)) continue;
      const policy = table !== 'nat' && dice.maybe(table === 'filter' ? 0.2 : 0.04) ? 'DROP' : 'ACCEPT';
      const calls = own.length > 0 && table !== 'nat' ? own.slice(0, 1) : [];
      chains.push({ family: names.family, table, name: hook, policy, rules: rules(dice, names, table, hook, calls, dice.between(policy === 'DROP' ? 1 : 0, 4)) });
    }
  }
  // No chain may be jumped to that is not there, and nat's own ones hold nothing: their targets depend on the hook.
  return chains;
}

function rules(dice: Dice, names: Names, table: Table, hook: Hook | undefined, calls: readonly string[], count: number): readonly WorldRule[] {
  return Array.from({ length: count }, (): WorldRule => {
    const target = randomTarget(dice, names, table, hook, calls);
    const port = (target.kind === 'dnat' || target.kind === 'snat') && target.port !== undefined;
    const match = randomMatch(dice, names, table, hook, port);
    return withText({ match, target }, names.family);
  });
}

export function withText({ match, target }: Pick<WorldRule, 'match' | 'target'>, family: Family): WorldRule {
  return { match, target, text: ruleText({ match, target }, family), by: 'chance' };
}

function randomMatch(dice: Dice, names: Names, table: Table, hook: Hook | undefined, needsPort: boolean): WorldMatch {
  const is = <Value>(value: Value): Is<Value> => (dice.maybe(0.2) ? { is: value, not: true } : { is: value });
  const protocol = needsPort ? dice.one(['tcp', 'udp'] as const) : dice.one(['icmp', 'icmp', 'tcp', 'udp'] as const);
  const ported = needsPort || dice.maybe(0.35);
  const withPorts = ported && protocol !== 'icmp';
  const negated = !withPorts && dice.maybe(0.25);
  const states: readonly (readonly TrackState[])[] = [['ESTABLISHED', 'RELATED'], ['ESTABLISHED'], ['NEW'], ['NEW', 'ESTABLISHED'], ['INVALID'], ['RELATED']];
  return {
    ...(hook !== undefined && HAS_IN.includes(hook) && dice.maybe(0.3) && { in: is(dice.one(names.interfaces)) }),
    ...(hook !== undefined && HAS_OUT.includes(hook) && dice.maybe(0.3) && { out: is(dice.one(names.interfaces)) }),
    ...(dice.maybe(0.3) && { source: is(dice.one(names.networks)) }),
    ...(dice.maybe(0.35) && { destination: is(dice.one(names.networks)) }),
    ...((withPorts || dice.maybe(0.4)) && { protocol: negated ? { is: protocol, not: true } : { is: protocol } }),
    ...(withPorts && (dice.maybe(0.8) ? { destinationPort: dice.one(names.ports) } : { sourcePort: dice.one(names.ports) })),
    // In raw nothing is tracked yet.
    ...(table !== 'raw' && table !== 'nat' && dice.maybe(0.3) && { states: dice.one(states) }),
    ...(dice.maybe(0.12) && { destinationIsLocal: dice.maybe(0.3) ? { is: true as const, not: true } : { is: true as const } }),
  };
}

function randomTarget(dice: Dice, names: Names, table: Table, hook: Hook | undefined, calls: readonly string[]): Target {
  if (calls.length > 0 && dice.maybe(0.5)) return { kind: 'jump', chain: dice.one(calls) };
  if (table === 'nat') return natTarget(dice, names, hook);
  const kind = dice.one(['accept', 'accept', 'drop', 'drop', 'return', ...(table === 'filter' ? (['reject'] as const) : [])] as const);
  return { kind };
}

function natTarget(dice: Dice, names: Names, hook: Hook | undefined): Target {
  if (hook === undefined || dice.maybe(0.15)) return { kind: dice.one(['accept', 'return'] as const) };
  if (hook === 'POSTROUTING' && dice.maybe(0.7)) return { kind: 'masquerade' };
  const port = dice.maybe(0.5) ? { port: dice.one(names.ports) } : {};
  if (hook === 'PREROUTING' || hook === 'OUTPUT') return { kind: 'dnat', address: dice.one(names.addresses), ...port };
  return { kind: 'snat', address: dice.maybe(0.85) ? dice.one(names.own) : dice.one(names.addresses) };
}
