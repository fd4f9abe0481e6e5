/**
 * Headers of captured packets, outermost first, down to the innermost one that is no secret. Bytes come from others: what is
 * too short or says nonsense ends the reading, and what was read so far stands.
 */
import { formatAddress } from '../model/ipv4.js';
import { formatAddress6 } from '../model/ipv6.js';

export interface IpPacket {
  readonly family: 4 | 6;
  readonly source: string;
  readonly destination: string;
  /** IANA's number: 1 ICMP, 4 IPIP, 6 TCP, 17 UDP, 47 GRE, 58 ICMPv6. */
  readonly protocol: number;
  /** Time to live, or hop limit. */
  readonly ttl: number;
  /** Of the whole packet, as its header says. */
  readonly bytes: number;
  /** A fragment but the first has no header of what it carries. */
  readonly fragment: boolean;
  readonly ports?: { readonly source: number; readonly destination: number };
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly tcp?: { readonly flags: number; readonly sequence: number; readonly acknowledgement: number };
  /** What follows the last header that was read; cut where the capture cut it. */
  readonly payload: Uint8Array;
  /** How the next packet of the list is inside this one. */
  readonly wraps?: Wrapping;
  /** What an ICMP error quotes. */
  readonly quotes?: IpPacket;
}

export interface Wrapping {
  readonly kind: 'gre' | 'gretap' | 'vxlan' | 'ipip' | 'udp' | 'unknown';
  /** GRE key or VXLAN network identifier. */
  readonly id?: number;
}

/** Linux's cooked header, version 2 (LINKTYPE_LINUX_SLL2, 276). */
export interface Cooked {
  readonly interfaceIndex: number;
  readonly direction: 'in' | 'out';
  /** A frame that is for somebody else, and came by because a bridge did not know better. */
  readonly otherHost: boolean;
  readonly packets: readonly IpPacket[];
}

export const SLL2 = 276;
const SLL2_BYTES = 20;
const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, qinq: 0x88a8, ethernet: 0x6558 } as const;
const PROTOCOL = { icmp: 1, ipip: 4, tcp: 6, udp: 17, six: 41, gre: 47, icmp6: 58 } as const;
/** IANA's, flannel's and Linux's old one, weave's fast datapath. */
const VXLAN_PORTS: readonly number[] = [4789, 8472, 6784];
/** flanneld's own backend sends packets in UDP as they are. */
const BARE_PORT = 8285;
/** Nobody has so many tunnels inside one another. */
const MOST_LAYERS = 8;
const EXTENSIONS: readonly number[] = [0, 43, 60];
const FRAGMENT = 44;

/** Undefined: too short for a cooked header. */
export function decodeCooked(bytes: Uint8Array): Cooked | undefined {
  if (bytes.length < SLL2_BYTES) return undefined;
  const view = viewOf(bytes);
  const type = view.getUint8(10);
  const packets: IpPacket[] = [];
  decodeAs(view.getUint16(0), bytes.subarray(SLL2_BYTES), packets);
  return { interfaceIndex: view.getUint32(4), direction: type === 4 ? 'out' : 'in', otherHost: type === 3, packets };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decodeAs(ethertype: number, bytes: Uint8Array, found: IpPacket[]): void {
  if (found.length >= MOST_LAYERS) return;
  if (ethertype === ETHERTYPE.ipv4) decodeIp4(bytes, found);
  else if (ethertype === ETHERTYPE.ipv6) decodeIp6(bytes, found);
  else if (ethertype === ETHERTYPE.ethernet) decodeEthernet(bytes, found);
  else if ((ethertype === ETHERTYPE.vlan || ethertype === ETHERTYPE.qinq) && bytes.length >= 4) decodeAs(viewOf(bytes).getUint16(2), bytes.subarray(4), found);
}

function decodeEthernet(bytes: Uint8Array, found: IpPacket[]): void {
  if (bytes.length >= 14) decodeAs(viewOf(bytes).getUint16(12), bytes.subarray(14), found);
}

function decodeIp4(bytes: Uint8Array, found: IpPacket[]): void {
  const packet = ip4(bytes);
  if (packet) inside(packet, found);
}

function ip4(bytes: Uint8Array): IpPacket | undefined {
  if (bytes.length < 20) return undefined;
  const view = viewOf(bytes);
  const header = (view.getUint8(0) & 15) * 4;
  if (view.getUint8(0) >> 4 !== 4 || header < 20 || bytes.length < header) return undefined;
  const length = view.getUint16(2);
  return {
    family: 4, source: formatAddress(view.getUint32(12)), destination: formatAddress(view.getUint32(16)),
    protocol: view.getUint8(9), ttl: view.getUint8(8), bytes: length, fragment: (view.getUint16(6) & 0x1fff) !== 0,
    // Short frames are padded; what is longer than its header says is no part of it.
    payload: bytes.subarray(header, Math.max(header, length === 0 ? bytes.length : Math.min(length, bytes.length))),
  };
}

function decodeIp6(bytes: Uint8Array, found: IpPacket[]): void {
  const packet = ip6(bytes);
  if (packet) inside(packet, found);
}

function ip6(bytes: Uint8Array): IpPacket | undefined {
  if (bytes.length < 40 || (bytes[0] ?? 0) >> 4 !== 6) return undefined;
  const view = viewOf(bytes);
  const address = (at: number): string => formatAddress6((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8));
  let [protocol, at, fragment] = [view.getUint8(6), 40, false];
  while ((EXTENSIONS.includes(protocol) || protocol === FRAGMENT) && bytes.length >= at + 8) {
    const length = protocol === FRAGMENT ? 8 : (view.getUint8(at + 1) + 1) * 8;
    if (protocol === FRAGMENT) fragment ||= (view.getUint16(at + 2) & 0xfff8) !== 0;
    protocol = view.getUint8(at);
    at += length;
  }
  const length = 40 + view.getUint16(4);
  return { family: 6, source: address(8), destination: address(24), protocol, ttl: view.getUint8(7), bytes: length, fragment, payload: bytes.subarray(Math.min(at, bytes.length), Math.max(Math.min(at, bytes.length), Math.min(length, bytes.length))) };
}

/** Adds a packet with what its payload says of it, and what is wrapped in it. */
function inside(packet: IpPacket, found: IpPacket[]): void {
  const own = found.length;
  const read = transport(packet);
  found.push(read);
  const wraps = read.fragment ? undefined : unwrapped(read, found);
  if (wraps && found.length > own + 1) found[own] = { ...read, wraps };
}

/** Ports, types and numbers of what an IP packet carries. */
function transport(packet: IpPacket): IpPacket {
  const { protocol, payload } = packet;
  const view = viewOf(payload);
  if (packet.fragment) return packet;
  if (protocol === PROTOCOL.tcp && payload.length >= 14) {
    const header = (view.getUint8(12) >> 4) * 4;
    return { ...packet, ports: portsAt(view), tcp: { sequence: view.getUint32(4), acknowledgement: view.getUint32(8), flags: view.getUint8(13) }, payload: payload.subarray(Math.min(Math.max(header, 14), payload.length)) };
  }
  if (protocol === PROTOCOL.udp && payload.length >= 8) return { ...packet, ports: portsAt(view), payload: payload.subarray(8) };
  if ((protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) && payload.length >= 8) {
    const icmp = { type: view.getUint8(0), code: view.getUint8(1) };
    const rest = payload.subarray(8);
    const quoted = isError(packet.family, icmp.type) ? (packet.family === 4 ? ip4(rest) : ip6(rest)) : undefined;
    return { ...packet, icmp, payload: rest, ...(quoted && { quotes: quotedTransport(quoted) }) };
  }
  return packet;
}

/** An error quotes the beginning of what it is about: of TCP eight bytes are enough. */
function quotedTransport(packet: IpPacket): IpPacket {
  const { protocol, payload } = packet;
  if (protocol !== PROTOCOL.tcp || payload.length < 8 || payload.length >= 14) return transport(packet);
  const view = viewOf(payload);
  return { ...packet, ports: portsAt(view), tcp: { sequence: view.getUint32(4), acknowledgement: 0, flags: 0 } };
}

export function isError(family: 4 | 6, type: number): boolean {
  return family === 4 ? [3, 4, 5, 11, 12].includes(type) : type < 128;
}

function portsAt(view: DataView): NonNullable<IpPacket['ports']> {
  return { source: view.getUint16(0), destination: view.getUint16(2) };
}

function unwrapped(packet: IpPacket, found: IpPacket[]): Wrapping | undefined {
  const { protocol, payload, ports } = packet;
  if (protocol === PROTOCOL.ipip || protocol === PROTOCOL.six) {
    decodeAs(protocol === PROTOCOL.ipip ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6, payload, found);
    return { kind: 'ipip' };
  }
  if (protocol === PROTOCOL.gre) return gre(payload, found);
  if (protocol !== PROTOCOL.udp || !ports) return undefined;
  if (VXLAN_PORTS.includes(ports.destination) && payload.length >= 8 && ((payload[0] ?? 0) & 0x08) !== 0) {
    decodeEthernet(payload.subarray(8), found);
    return { kind: 'vxlan', id: viewOf(payload).getUint32(4) >>> 8 };
  }
  if (ports.destination === BARE_PORT) {
    decodeAs((payload[0] ?? 0) >> 4 === 6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4, payload, found);
    return { kind: 'udp' };
  }
  return undefined;
}

/** RFC 2784 and 2890: a checksum, a key and a sequence number may be there. */
function gre(payload: Uint8Array, found: IpPacket[]): Wrapping | undefined {
  if (payload.length < 4) return undefined;
  const view = viewOf(payload);
  const flags = view.getUint16(0);
  const type = view.getUint16(2);
  const keyAt = 4 + ((flags & 0x8000) === 0 ? 0 : 4);
  const end = keyAt + ((flags & 0x2000) === 0 ? 0 : 4) + ((flags & 0x1000) === 0 ? 0 : 4);
  if (payload.length < end) return undefined;
  decodeAs(type, payload.subarray(end), found);
  return { kind: type === ETHERTYPE.ethernet ? 'gretap' : 'gre', ...((flags & 0x2000) !== 0 && { id: view.getUint32(keyAt) }) };
}
