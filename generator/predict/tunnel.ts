/** Tunnels: a packet inside another one, which has to find its own way. */
import { addressOf, prefixOf, same, within, type Address } from './address.js';
import type { Kernel, Port } from './kernel.js';
import type { Outcome, Packet } from './packet.js';
import type { Stop } from './question.js';
import { send, stopped, type Run } from './travel.js';
import type { Protocol } from '../model/world.js';

const PROTOCOLS: Readonly<Record<string, Protocol>> = { gre: 'gre', gretap: 'gre', ipip: 'ipip', vxlan: 'udp', wireguard: 'udp', udp: 'udp' };

/** VXLAN takes a source port from what is inside (RFC 7348, section 5): answers come back from another one. */
const ENTROPY = { question: 49_152, answer: 49_153 } as const;

/** The far end a packet is for, where there are several. */
export function remoteFor({ tunnel }: Port, packet: Packet): Address | undefined {
  const behind = tunnel?.behind?.find((each) => within(prefixOf(each.network), packet.destination));
  return behind ? addressOf(behind.remote) : tunnel?.behind ? undefined : tunnel?.to[0];
}

export type FarEnd = { readonly far: Port } | { readonly stop: Stop };

/** Wraps a packet and sends it; comes back with the interface it came out of. */
export function wrapped(run: Run, port: Port, packet: Packet, remote: Address | undefined, wanted?: Port): FarEnd {
  const { tunnel, kernel } = port;
  const to = remote ?? tunnel?.to.find((each) => wanted?.kernel.own.has(each.text)) ?? tunnel?.to[0];
  if (!tunnel || !to) return stopped(run, kernel, packet, `${port.name} has nobody at its far end`);
  const outer = outerOf(port, to, packet.kind);
  const { journey } = run;
  journey.events?.push({ space: kernel.name, packet, kind: 'wrap', interface: port.name, tunnel: tunnel.kind, outer, bytesLeft: journey.limit });
  const sent = sendOuter(run, port, outer);
  if ('stop' in sent) return sent;
  const far = takerOf(sent.arrival.kernel, port, sent.arrival.packet);
  if (!far) return stopped(run, sent.arrival.kernel, sent.arrival.packet, `no tunnel of it takes ${tunnel.kind} from ${sent.arrival.packet.source.text}`);
  journey.events?.push({ space: far.kernel.name, packet, kind: 'unwrap', interface: far.name });
  return { far };
}

/** VXLAN's outer packets may be broken into fragments (iptunnel_xmit without DF); those of the others may not (pmtudisc, their default). */
function sendOuter(run: Run, { tunnel, kernel }: Port, outer: Packet): Outcome {
  const { journey } = run;
  const overhead = tunnel?.overhead ?? 0;
  if (tunnel?.kind !== 'vxlan') {
    journey.overhead += overhead;
    const sent = send(run, kernel, outer);
    journey.overhead -= overhead;
    return sent;
  }
  const outside: Run = { ...run, journey: { ...journey, overhead: 0, limit: Number.MAX_SAFE_INTEGER, fragment: Number.MAX_SAFE_INTEGER } };
  const sent = send(outside, kernel, outer);
  journey.hops = outside.journey.hops;
  const most = outside.journey.limit - overhead;
  // An answer in fragments is no longer than these.
  if (journey.fragment === undefined || most < journey.fragment) journey.limit = Math.min(journey.limit, most);
  return sent;
}

/** Where frames of a tunnel would come out, both ways being open: ARP needs its answer. */
export function farEnd(run: Run, port: Port, remote: Address): FarEnd {
  const inner: Packet = { ...outerOf(port, remote, 'question') };
  const dry = (): Run => ({ ...run, tracker: new Map(), journey: { overhead: 0, limit: Number.MAX_SAFE_INTEGER, hops: run.journey.hops, events: undefined } });
  if (run.journey.hops > 64) return { stop: { node: port.kernel.name, reason: 'tunnels are inside one another in a circle' } };
  const there = dry();
  there.journey.hops += 8;
  const out = wrapped(there, port, inner, remote);
  if ('stop' in out) return out;
  const back = out.far.tunnel?.to.find((each) => port.kernel.own.has(each.text));
  if (!back) return { stop: { node: out.far.kernel.name, reason: `its ${out.far.name} does not lead back to ${port.kernel.name}` } };
  const answer = wrapped({ ...there, journey: { ...there.journey } }, out.far, { ...inner, kind: 'answer' }, back);
  return 'stop' in answer ? answer : out;
}

function outerOf(port: Port, to: Address, kind: Packet['kind']): Packet {
  const { tunnel } = port;
  const protocol = PROTOCOLS[tunnel?.kind ?? ''] ?? 'gre';
  const number = tunnel?.port ?? 0;
  return { family: to.family, source: tunnel?.from ?? addressOf(to.text), destination: to, protocol, sourcePort: tunnel?.kind === 'vxlan' ? ENTROPY[kind] : number, destinationPort: number, kind };
}

/** The interface of a kernel that unwraps it. VXLAN and WireGuard look at no source address; the others are bound to both. */
function takerOf(kernel: Kernel, sender: Port, outer: Packet): Port | undefined {
  const sent = sender.tunnel;
  if (!sent) return undefined;
  return kernel.tunnels.get(sent.like)?.find(({ tunnel }) => {
    if (!tunnel) return false;
    if (tunnel.kind === 'vxlan') return tunnel.port === outer.destinationPort;
    if (tunnel.kind === 'wireguard' || tunnel.kind === 'udp') return tunnel.port === outer.destinationPort && tunnel.to.some((each) => same(each, sent.from));
    return same(tunnel.from, outer.destination) && tunnel.to.some((each) => same(each, outer.source));
  });
}
