/** A packet at a hook of the packet filter: chains in order, jumps and returns, as iptables walks them. */
import type { Table } from '../model/rule.js';
import type { TrackState, WorldRule } from '../model/world.js';
import { within, type Address } from './address.js';
import { isOwn, rulesBetween, type Kernel, type ReadyRule } from './kernel.js';
import type { Event, Packet } from './packet.js';

export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** What a hook is told beside the packet. */
export interface Passage {
  readonly in: string | undefined;
  readonly out: string | undefined;
  /** Undefined where nothing tracks connections. */
  readonly state: TrackState | undefined;
}

export type Decision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'drop' | 'reject'; readonly text: string; readonly reason: string }
  | { readonly kind: 'translate'; readonly what: 'source' | 'destination'; readonly to: Address | 'masquerade'; readonly port: number | undefined; readonly rule: WorldRule };

const ACCEPT: Decision = { kind: 'accept' };

/** iptables refuses chains that lead in a circle; a world made by hand may have them. */
const DEPTH = 32;

export function decide(kernel: Kernel, table: Table, hook: HookName, packet: Packet, passage: Passage, events: Event[] | undefined): Decision {
  const ready = kernel.chains[packet.family][table]?.get(hook);
  if (!ready) return ACCEPT;
  const decision = walk(kernel, table, hook, packet, passage, events, 0);
  if (decision) return decision;
  if (ready.chain.policy !== 'DROP') return ACCEPT;
  const { policyBy } = ready.chain;
  events?.push({ space: kernel.name, packet, kind: 'policy', chain: hook, policy: 'DROP', by: policyBy });
  return { kind: 'drop', text: `-P ${hook} DROP`, reason: `no rule of ${hook} lets it pass, and the chain's policy${policyBy === undefined ? '' : `, set by ${policyBy},`} is to drop` };
}

/** Undefined: the chain ended, or a rule returned. */
function walk(kernel: Kernel, table: Table, name: string, packet: Packet, passage: Passage, events: Event[] | undefined, depth: number): Decision | undefined {
  const ready = kernel.chains[packet.family][table]?.get(name);
  if (!ready || depth > DEPTH) return undefined;
  for (const each of rulesBetween(ready, passage.in, passage.out)) {
    if (!matches(kernel, each, packet, passage.state)) continue;
    const { rule } = each;
    events?.push({ space: kernel.name, packet, kind: 'rule', table, chain: name, rule });
    const { target } = rule;
    if (target.kind === 'return') return undefined;
    if (target.kind === 'jump') {
      const decision = walk(kernel, table, target.chain, packet, passage, events, depth + 1);
      if (decision) return decision;
    } else if (target.kind === 'accept') return ACCEPT;
    else if (target.kind === 'masquerade') return { kind: 'translate', what: 'source', to: 'masquerade', port: undefined, rule };
    else if (target.kind === 'snat' || target.kind === 'dnat') return { kind: 'translate', what: target.kind === 'snat' ? 'source' : 'destination', to: each.to ?? packet.destination, port: target.port, rule };
    else return { kind: target.kind, text: `-t ${table} -A ${name} ${rule.text}`, reason: `a rule of ${rule.by} ${target.kind === 'drop' ? 'drops' : 'rejects'} it in ${name}` };
  }
  return undefined;
}

/** The interfaces fit already. */
function matches(kernel: Kernel, { match, source, destination }: ReadyRule, packet: Packet, state: TrackState | undefined): boolean {
  return (
    (source === undefined || within(source, packet.source) !== (match.source?.not === true)) &&
    (destination === undefined || within(destination, packet.destination) !== (match.destination?.not === true)) &&
    (match.protocol === undefined || (match.protocol.is === packet.protocol) !== (match.protocol.not === true)) &&
    (match.sourcePort === undefined || match.sourcePort === packet.sourcePort) &&
    (match.destinationPort === undefined || match.destinationPort === packet.destinationPort) &&
    (match.states === undefined || (state !== undefined && match.states.includes(state))) &&
    (match.destinationIsLocal === undefined || isOwn(kernel, packet.destination) !== (match.destinationIsLocal.not === true)) &&
    (match.sourceIsLocal === undefined || isOwn(kernel, packet.source) !== (match.sourceIsLocal.not === true))
  );
}
