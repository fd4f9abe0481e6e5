/** Ethernet: who answers for an address behind an interface, and a packet's way there over wires, bridges and frame tunnels. */
import { same, type Address } from './address.js';
import { isOwn, lookUp, type Port } from './kernel.js';
import { stopAt, type Outcome, type Packet } from './packet.js';
import type { Stop } from './question.js';
import { filtered, passage, postrouted, prerouted, receive, stopped, strangerAt, type Run } from './travel.js';
import type { Flow } from './track.js';
import { farEnd, wrapped } from './tunnel.js';

/** One wire or frame tunnel: out of one port, into another. */
export interface Step {
  readonly out: Port;
  readonly in: Port;
}

export type Path = { readonly steps: readonly Step[] } | { readonly stop: Stop };

/** What was asked by ARP already. */
export type Neighbours = Map<Port, Map<string, Path>>;

/** A frame may be longer than an interface's MTU by a VLAN tag before the far end of a wire or a bridge drops it (is_skb_forwardable). */
const VLAN_TAG = 4;

/** The way to whoever answers for `next`; `asker` is the source address of the ARP question, which not everybody would answer. */
export function pathTo(run: Run, port: Port, next: Address, asker: Address | undefined): Path {
  const key = `${next.text} ${asker?.text ?? ''}`;
  const known = run.neighbours.get(port) ?? new Map<string, Path>();
  run.neighbours.set(port, known);
  const path = known.get(key) ?? search(run, port, next, asker);
  known.set(key, path);
  return path;
}

function search(run: Run, port: Port, next: Address, asker: Address | undefined): Path {
  const visited = new Set<Port>([port]);
  let blocked: Stop | undefined;
  const answers = (at: Port): boolean => {
    // IPv4 answers for any address of the namespace, IPv6 for those of the interface alone.
    const owns = next.family === 4 ? at.kernel.own.has(next.text) : at.addresses.some(({ address }) => same(address, next));
    return owns && (asker === undefined || strangerAt(at.kernel, at, asker) === undefined);
  };
  const outOf = (out: Port, vlan: number | undefined): readonly Step[] | undefined => {
    if (out.interface.kind === 'bridge' || out.interface.kind === 'openvswitch') return throughBridge(out, out, vlan);
    if (out.tunnel) {
      for (const remote of out.tunnel.to) {
        const far = farEnd(run, out, remote);
        if ('stop' in far) {
          blocked ??= far.stop;
          continue;
        }
        const rest = into(far.far);
        if (rest) return [{ out, in: far.far }, ...rest];
      }
      return undefined;
    }
    for (const other of out.wired) {
      const rest = into(other);
      if (rest) return [{ out, in: other }, ...rest];
    }
    return undefined;
  };
  const into = (port: Port): readonly Step[] | undefined => {
    if (visited.has(port)) return undefined;
    visited.add(port);
    const { master } = port;
    if (master === undefined) return answers(port) ? [] : undefined;
    // An Open vSwitch port with a tag does not reach the bridge's own interface, which has none.
    if ((master.interface.kind === 'bridge' || port.interface.vlan === undefined) && answers(master)) return [];
    return throughBridge(master, port, port.interface.vlan);
  };
  const throughBridge = (bridge: Port, from: Port, vlan: number | undefined): readonly Step[] | undefined => {
    for (const member of bridge.members) {
      if (member === from || visited.has(member) || (bridge.interface.kind === 'openvswitch' && member.interface.vlan !== vlan)) continue;
      visited.add(member);
      const rest = outOf(member, vlan);
      if (rest) return rest;
    }
    return undefined;
  };
  const steps = outOf(port, undefined);
  if (steps) return { steps };
  return { stop: blocked ?? { node: port.kernel.name, reason: `nobody behind ${port.name} answers for ${next.text}` } };
}

/**
 * Takes a packet over the steps, through the filters of Linux bridges on the way where their kernels have them; `byBridge`: such a
 * bridge sends it out of the first.
 */
export function cross(run: Run, packet: Packet, first: Port, steps: readonly Step[], byBridge = false): Outcome {
  let current = packet;
  let filteredByBridge = byBridge;
  for (const [index, step] of steps.entries()) {
    if (step.out !== first) hard(run, step.out, filteredByBridge);
    if (step.out.tunnel) {
      const through = wrapped(run, step.out, current, undefined, step.in);
      if ('stop' in through) return through;
    }
    hard(run, step.in);
    const bridge = step.in.master;
    const following = steps[index + 1];
    if (bridge === undefined) return receive(run, step.in.kernel, step.in, current);
    if (following === undefined) return fromBridge(run, bridge, step.in, current);
    const passed = bridged(run, bridge, step.in, following.out, current);
    if ('ended' in passed) return passed.ended;
    current = passed.packet;
    filteredByBridge = bridge.kernel.space.filtersBridges[packet.family] && bridge.interface.kind === 'bridge';
  }
  return stopAt(first.kernel, `nobody is behind ${first.name}`);
}

/** What a bridge hands to its own kernel. Where it filters, the hooks before routing have it first. */
function fromBridge(run: Run, bridge: Port, from: Port, came: Packet): Outcome {
  const { kernel } = bridge;
  if (bridge.interface.kind !== 'bridge' || !kernel.space.filtersBridges[came.family]) return receive(run, kernel, bridge, came);
  const mark = run.journey.events?.length ?? 0;
  const before = prerouted(run, kernel, bridge.name, came);
  if ('stop' in before) return before;
  const anew = same(before.packet.destination, came.destination) ? undefined : bridgedAnew(run, bridge, from, came, before, [mark, 0]);
  return anew ?? receive(run, kernel, bridge, before.packet, before);
}

/**
 * A new destination behind the same bridge gets the frame bridged, not routed (br_nf_pre_routing_finish), and only a hairpin port gives back
 * what it took. Where nothing is forwarded, Linux 6.18 drops it, and older ones bridge it. Undefined: it is for the kernel. `crossing`: where
 * among the events that stands, in place of how many.
 */
function bridgedAnew(run: Run, bridge: Port, from: Port, came: Packet, { packet, flow }: { readonly packet: Packet; readonly flow: Flow | undefined }, crossing: readonly [number, 0 | 1]): Outcome | undefined {
  const { kernel } = bridge;
  const way = isOwn(kernel, packet.destination) ? undefined : lookUp(kernel, packet.destination);
  if (way?.port !== bridge || !kernel.space.forwards[packet.family]) return undefined;
  const path = pathTo(run, bridge, way.via ?? packet.destination, undefined);
  const first = 'steps' in path ? path.steps[0] : undefined;
  if (!('steps' in path) || first === undefined) return undefined;
  const strange = strangerAt(kernel, bridge, packet.source);
  run.journey.events?.splice(...crossing, { space: kernel.name, packet: came, kind: 'cross', bridge: bridge.name, from: from.name, to: first.out.name, ...(strange === undefined && { anew: packet }) });
  if (strange !== undefined) return stopped(run, kernel, packet, ...strange);
  if (first.out === from && from.interface.hairpin !== true) return stopped(run, kernel, packet, `${bridge.name} does not send it back out of ${from.name}, by which it came`);
  const after = filteredAcross(run, bridge, packet, flow);
  return 'stop' in after ? after : cross(run, after.packet, bridge, path.steps, true);
}

/** The hooks of what a bridge that filters sends on. */
function filteredAcross(run: Run, bridge: Port, packet: Packet, flow: Flow | undefined): ReturnType<typeof postrouted> {
  const dropped = filtered(run, bridge.kernel, ['mangle', 'filter'], 'FORWARD', packet, passage(bridge.name, bridge.name, flow));
  if (dropped) return dropped;
  const way = { prefix: { family: packet.family, first: 0, last: 0, length: 0, text: '' }, port: bridge, via: undefined, source: undefined, metric: 0 };
  return postrouted(run, bridge.kernel, packet, way, flow, bridge.name);
}

/** From one port of a bridge to another one. */
function bridged(run: Run, bridge: Port, from: Port, to: Port, came: Packet): { readonly packet: Packet } | { readonly ended: Outcome } {
  const { kernel } = bridge;
  const mark = run.journey.events?.length ?? 0;
  run.journey.events?.push({ space: kernel.name, packet: came, kind: 'cross', bridge: bridge.name, from: from.name, to: to.name });
  if (bridge.interface.kind !== 'bridge' || !kernel.space.filtersBridges[came.family]) return { packet: came };
  const before = prerouted(run, kernel, bridge.name, came);
  if ('stop' in before) return { ended: before };
  if (!same(before.packet.destination, came.destination)) {
    return { ended: bridgedAnew(run, bridge, from, came, before, [mark, 1]) ?? receive(run, kernel, bridge, before.packet, before) };
  }
  const after = filteredAcross(run, bridge, before.packet, before.flow);
  return 'stop' in after ? { ended: after } : { packet: after.packet };
}

/**
 * Too long here is lost, without a word to whoever sent it; an answer in fragments is as long as these. Where the bridge's
 * frames pass the packet filter, no VLAN tag is allowed for (br_nf_dev_queue_xmit).
 */
function hard({ journey }: Run, port: Port, exact = false): void {
  const most = port.mtu + (port.tunnel || exact ? 0 : VLAN_TAG);
  if (journey.fragment === undefined || most < journey.fragment) journey.limit = Math.min(journey.limit, most - journey.overhead);
}
