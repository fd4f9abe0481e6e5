/** A packet through network stacks: sent, routed, filtered, translated, passed on, taken in: as Linux does it. */
import { isOwn, isLoopback, lookUp, sourceFor, type Kernel, type Port, type Way } from './kernel.js';
import { same, type Address } from './address.js';
import { decide, type Decision, type HookName, type Passage } from './filter.js';
import { stopAt, type Arrival, type Cause, type Journey, type Outcome, type Packet } from './packet.js';
import { track, translated, translateTo, type Flow, type Tracker } from './track.js';
import { cross, pathTo, type Neighbours } from './ethernet.js';
import { remoteFor, wrapped } from './tunnel.js';

/** One question and its answer on their way. */
export interface Run {
  readonly kernels: ReadonlyMap<string, Kernel>;
  readonly tracker: Tracker;
  readonly journey: Journey;
  readonly neighbours: Neighbours;
}

/** Kernels count down from 64; a packet that passed so many namespaces goes in a circle. */
const MOST_HOPS = 64;
const LOOPBACK = 'lo';
/** An IP packet cannot be longer than this, though the interface's MTU is one more. */
const LOOPBACK_MTU = 65_535;

/** What `stopped` tells. */
type Why = readonly [reason: string, cause?: Cause];

/** A packet that this namespace makes itself. */
export function send(run: Run, kernel: Kernel, made: Packet): Outcome {
  const out = (way: Way | undefined): string => (way === undefined ? LOOPBACK : way.port.name);
  let way = isOwn(kernel, made.destination) ? undefined : lookUp(kernel, made.destination);
  if (way === undefined && !isOwn(kernel, made.destination)) return stopped(run, kernel, made, ...noRoute(made.destination));
  let packet = made;
  // It is made as long as the first way allows, wherever it is translated to.
  if (run.journey.fragment === undefined) fit(run, way?.port.mtu ?? LOOPBACK_MTU);
  note(run, kernel, packet, way);
  const raw = filtered(run, kernel, ['raw'], 'OUTPUT', packet, { in: undefined, out: out(way), state: undefined });
  if (raw) return raw;
  const flow = track(run.tracker, kernel, packet);
  // A new destination may be another way, but to the rest of this hook it is the old one (nf_hook_state.out).
  const at = passage(undefined, out(way), flow);
  const mangled = filtered(run, kernel, ['mangle'], 'OUTPUT', packet, at);
  if (mangled) return mangled;
  const after = translate(run, kernel, 'OUTPUT', packet, flow, undefined, way);
  if ('stop' in after) return after;
  if (!same(after.packet.destination, packet.destination)) {
    packet = after.packet;
    way = isOwn(kernel, packet.destination) ? undefined : lookUp(kernel, packet.destination);
    if (way === undefined && !isOwn(kernel, packet.destination)) return stopped(run, kernel, packet, ...noRoute(packet.destination));
    note(run, kernel, packet, way);
  } else packet = after.packet;
  return filtered(run, kernel, ['filter'], 'OUTPUT', packet, at) ?? leave(run, kernel, packet, way, flow, undefined);
}

/** What came in by an interface; `flow` is given where the bridge it crossed has taken it through PREROUTING already. */
export function receive(run: Run, kernel: Kernel, port: Port, came: Packet, crossed?: { readonly flow: Flow | undefined }): Outcome {
  if (++run.journey.hops > MOST_HOPS) return stopped(run, kernel, came, 'it goes in a circle: its time to live ends');
  run.journey.events?.push({ space: kernel.name, packet: came, kind: 'enter', interface: port.name });
  const before = crossed ? { packet: came, flow: crossed.flow } : prerouted(run, kernel, port.name, came);
  if ('stop' in before) return before;
  const { packet, flow } = before;
  const strange = strangerAt(kernel, port, packet.source);
  if (strange !== undefined) return stopped(run, kernel, packet, ...strange);
  if (isOwn(kernel, packet.destination)) {
    // 127.0.0.1 never comes from outside, whatever translated it.
    if (isLoopback(packet.destination) && packet.family === 4) return stopped(run, kernel, packet, `${packet.destination.text} is no address to be reached at from outside`);
    return takeIn(run, kernel, port, packet, flow);
  }
  if (!kernel.space.forwards[packet.family]) return stopped(run, kernel, packet, `${packet.destination.text} is not its own, and it forwards no IPv${packet.family}`, { missing: 'forwarding' });
  const way = lookUp(kernel, packet.destination);
  if (way === undefined) return stopped(run, kernel, packet, ...noRoute(packet.destination));
  note(run, kernel, packet, way);
  return filtered(run, kernel, ['mangle', 'filter'], 'FORWARD', packet, passage(port.name, way.port.name, flow)) ?? leave(run, kernel, packet, way, flow, port.name);
}

/** The hooks before routing. A drop ends it. */
export function prerouted(run: Run, kernel: Kernel, name: string, came: Packet): { readonly packet: Packet; readonly flow: Flow | undefined } | Extract<Outcome, { stop: unknown }> {
  const raw = filtered(run, kernel, ['raw'], 'PREROUTING', came, { in: name, out: undefined, state: undefined });
  if (raw) return raw;
  const flow = track(run.tracker, kernel, came);
  const mangled = filtered(run, kernel, ['mangle'], 'PREROUTING', came, passage(name, undefined, flow));
  if (mangled) return mangled;
  const after = translate(run, kernel, 'PREROUTING', came, flow, name, undefined);
  return 'stop' in after ? after : { packet: after.packet, flow };
}

/** The hooks after routing. `way` is undefined for the loopback. */
export function postrouted(run: Run, kernel: Kernel, packet: Packet, way: Way | undefined, flow: Flow | undefined, name: string | undefined): { readonly packet: Packet } | Extract<Outcome, { stop: unknown }> {
  const mangled = filtered(run, kernel, ['mangle'], 'POSTROUTING', packet, passage(name, way?.port.name ?? LOOPBACK, flow));
  return mangled ?? translate(run, kernel, 'POSTROUTING', packet, flow, name, way);
}

export function passage(from: string | undefined, to: string | undefined, flow: Flow | undefined): Passage {
  return { in: from, out: to, state: flow?.state };
}

/** Undefined: all tables let it pass. */
export function filtered(run: Run, kernel: Kernel, tables: readonly ('raw' | 'mangle' | 'filter')[], hook: HookName, packet: Packet, at: Passage): Extract<Outcome, { stop: unknown }> | undefined {
  for (const table of tables) {
    const decision = decide(kernel, table, hook, packet, at, run.journey.events);
    if (decision.kind === 'drop' || decision.kind === 'reject') return stopped(run, kernel, packet, decision.reason, { rule: decision.text });
  }
  return undefined;
}

export function stopped(run: Run, kernel: Kernel, packet: Packet, reason: string, cause?: Cause): Extract<Outcome, { stop: unknown }> {
  const ended = stopAt(kernel, reason, cause);
  run.journey.events?.push({ space: kernel.name, packet, kind: 'stop', stop: ended.stop });
  return ended;
}

function leave(run: Run, kernel: Kernel, packet: Packet, way: Way | undefined, flow: Flow | undefined, from: string | undefined): Outcome {
  const after = postrouted(run, kernel, packet, way, flow, from);
  if ('stop' in after) return after;
  return way === undefined ? loop(run, kernel, after.packet, flow) : transmit(run, kernel, way, after.packet);
}

/** To itself: through the loopback and in again, in the same connection. */
function loop(run: Run, kernel: Kernel, packet: Packet, flow: Flow | undefined): Outcome {
  const dropped = filtered(run, kernel, ['raw', 'mangle'], 'PREROUTING', packet, passage(LOOPBACK, undefined, flow));
  return dropped ?? takeIn(run, kernel, undefined, packet, flow);
}

function takeIn(run: Run, kernel: Kernel, port: Port | undefined, came: Packet, flow: Flow | undefined): Outcome {
  const name = port?.name ?? LOOPBACK;
  const dropped = filtered(run, kernel, ['mangle', 'filter'], 'INPUT', came, passage(name, undefined, flow));
  if (dropped) return dropped;
  const after = translate(run, kernel, 'INPUT', came, flow, name, undefined);
  if ('stop' in after) return after;
  run.journey.events?.push({ space: kernel.name, packet: after.packet, kind: 'arrive', interface: port?.name });
  const arrival: Arrival = { kernel, port, packet: after.packet };
  return { arrival };
}

/** Onto a wire, or into a tunnel. */
function transmit(run: Run, kernel: Kernel, way: Way, packet: Packet): Outcome {
  const { port } = way;
  const next = way.via ?? packet.destination;
  fit(run, port.mtu);
  run.journey.events?.push({ space: kernel.name, packet, kind: 'leave', interface: port.name, next: next.text, bytesLeft: run.journey.limit });
  if (port.interface.kind === 'uplink') return stopped(run, kernel, packet, `it leaves the lab by ${port.name}, the way to everything else, and nobody there is asked`, { missing: 'route' });
  if (port.tunnel && !carriesFrames(port)) {
    const remote = remoteFor(port, packet);
    if (!remote) return stopped(run, kernel, packet, `no far end of ${port.name} has ${packet.destination.text}`);
    const through = wrapped(run, port, packet, remote);
    return 'stop' in through ? through : receive(run, through.far.kernel, through.far, packet);
  }
  const path = pathTo(run, port, next, isOwn(kernel, packet.source) ? packet.source : sourceFor(kernel, way, next));
  if ('stop' in path) return stopped(run, kernel, packet, path.stop.reason, path.stop);
  return cross(run, packet, port, path.steps);
}

/** What a packet may be large at most to leave by an interface, where it is not broken into fragments there. */
export function fit({ journey }: Run, mtu: number): void {
  if (journey.fragment === undefined) journey.limit = Math.min(journey.limit, mtu - journey.overhead);
  else journey.fragment = Math.min(journey.fragment, mtu);
}

/** Whether a tunnel takes whole Ethernet frames, so that neighbours are asked for by ARP. */
export function carriesFrames(port: Port): boolean {
  return port.tunnel?.kind === 'vxlan' || port.tunnel?.kind === 'gretap';
}

/** Why the kernel would not believe that the source is there (fib_validate_source); undefined: it does. */
export function strangerAt(kernel: Kernel, port: Port, source: Address): Why | undefined {
  if (source.family === 6) return undefined;
  if (isOwn(kernel, source)) return [`it comes from outside with the source ${source.text}, which is its own`];
  const { reversePathFilter } = kernel.space;
  if (reversePathFilter === 0) return undefined;
  const way = lookUp(kernel, source);
  if (way === undefined) return [`its reverse path filter has no route back to ${source.text}`, { missing: 'route back' }];
  return reversePathFilter === 1 && way.port !== port ? [`its reverse path filter is strict: it came in by ${port.name}, and the way back to ${source.text} is ${way.port.name}`, { missing: 'loose filter' }] : undefined;
}

function translate(run: Run, kernel: Kernel, hook: HookName, packet: Packet, flow: Flow | undefined, from: string | undefined, way: Way | undefined): { readonly packet: Packet } | Extract<Outcome, { stop: unknown }> {
  if (!flow?.connection) return { packet };
  const what = hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
  const { connection } = flow;
  let decision: Decision | undefined;
  if (flow.direction === 'original' && flow.state === 'NEW' && !connection.asked[what]) {
    connection.asked[what] = true;
    const out = hook === 'PREROUTING' || hook === 'INPUT' ? undefined : way?.port.name ?? LOOPBACK;
    decision = decide(kernel, 'nat', hook, packet, passage(hook === 'OUTPUT' ? undefined : from, out, flow), run.journey.events);
    if (decision.kind === 'drop' || decision.kind === 'reject') return stopped(run, kernel, packet, decision.reason, { rule: decision.text });
    if (decision.kind === 'translate' && decision.what === what) {
      const to = decision.to === 'masquerade' ? way === undefined ? ownSource(kernel, packet) : sourceFor(kernel, { ...way, source: undefined }, packet.destination) : decision.to;
      if (to === undefined) return stopped(run, kernel, packet, `it is to be masqueraded, and ${way?.port.name ?? LOOPBACK} has no address`, { rule: decision.rule.text });
      translateTo(connection, what, to, decision.port);
    }
  }
  const after = translated(packet, flow, what);
  if (after !== packet) run.journey.events?.push({ space: kernel.name, packet: after, kind: 'translate', what, before: packet, rule: decision?.kind === 'translate' ? decision.rule : undefined });
  return { packet: after };
}

/** Out of the loopback: IPv6 takes the very address it goes to (RFC 6724, rule 1), IPv4 the first of any interface, as 127.0.0.1 is for the host alone (inet_select_addr). */
function ownSource(kernel: Kernel, packet: Packet): Address {
  if (packet.family === 6) return packet.destination;
  return [...kernel.ports.values()].flatMap((port) => port.addresses).find(({ address }) => address.family === 4)?.address ?? packet.source;
}

function note(run: Run, kernel: Kernel, packet: Packet, way: Way | undefined): void {
  run.journey.events?.push(way === undefined ? { space: kernel.name, packet, kind: 'local' } : { space: kernel.name, packet, kind: 'route', way });
}

function noRoute(to: Address): Why {
  return [`it has no route to ${to.text}`, { missing: 'route' }];
}
