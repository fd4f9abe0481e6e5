/** What each way of carrying takes of a packet's room, and sums that show what is left. */
import type { Family } from './family.js';

/** Bytes of IP in an Ethernet frame (RFC 894): the MTU of the networks every provider makes. */
export const ETHERNET_MTU = 1500;

/** What every link has to pass that IPv6 is on (RFC 8200, section 5); below it the kernel takes IPv6 from the interface. */
export const LEAST_MTU6 = 1280;

/** The outer IP header without options (RFC 791), or without extension headers (RFC 8200). */
const OUTER: Readonly<Record<Family, number>> = { 4: 20, 6: 40 };

/** What stands between the outer IP header and the packet inside: its name in sums, and its bytes. */
const INNER = {
  /** The packet follows at once: RFC 2003; over IPv6 RFC 2473, without Linux' encapsulation limit (8 more). */
  ipip: { title: 'IPIP', bytes: 0 },
  /** Flags and protocol, without checksum, key and sequence (RFC 2784); over IPv6 without Linux' encapsulation limit, too. */
  gre: { title: 'GRE', bytes: 4 },
  /** GRE (4) and the Ethernet header of the frame inside (14). */
  gretap: { title: 'GRETAP', bytes: 18 },
  /** UDP (8), VXLAN (8) and the Ethernet header of the frame inside (14): RFC 7348, section 5. */
  vxlan: { title: 'VXLAN', bytes: 30 },
  /** UDP (8), type (4), receiver (4), counter (8) and the tag of Poly1305 (16): WireGuard's paper, section 5.4.6. */
  wireguard: { title: 'WireGuard', bytes: 40 },
  /** UDP (8) and nothing else: flannel's backend udp, which leaves 1472 of 1500 (flannel v0.20, measured). */
  udp: { title: 'UDP', bytes: 8 },
} as const;

export type Encapsulation = keyof typeof INNER;

/** Something with a name and the MTU the lab gives it; undefined: Ethernet's. */
export interface Carrier {
  readonly name: string;
  readonly mtu?: number | undefined;
}

/** Bytes around a packet, outer IP header included: GRE 24, IPIP 20, VXLAN 50, WireGuard 60; 20 more over IPv6. */
export function overheadOf(kind: Encapsulation, family: Family = 4): number {
  return OUTER[family] + INNER[kind].bytes;
}

/** Bytes of the outer IP header alone. */
export function headerOf(family: Family): number {
  return OUTER[family];
}

export function mtuOf(carrier: Carrier | undefined): number {
  return carrier?.mtu ?? ETHERNET_MTU;
}

/** The largest packet that fits inside. */
export function roomIn(carrier: Carrier | undefined, kind: Encapsulation, family: Family = 4): number {
  return mtuOf(carrier) - overheadOf(kind, family);
}

/** ESP around an encrypted packet of a swarm, as Docker's overlay driver counts it (pktExpansion): SPI 4, number 4, IV 8, padding's length 1, next header 1, tag 8. */
const ESP = 26;

/** What a swarm leaves to interfaces on an overlay network (maxMTU of the driver): VXLAN less, and encrypted a multiple of 4. */
export function overlayRoom(mtu: number, encrypted: boolean): number {
  const left = mtu - overheadOf('vxlan');
  return encrypted ? Math.floor((left - ESP) / 4) * 4 : left;
}

/** `1400 - 50 = 1350`. */
export function overlaySum(mtu: number, encrypted: boolean): string {
  const sum = `${mtu} - ${overheadOf('vxlan')}`;
  return `${sum}${encrypted ? ` - ${ESP} (ESP), less what is over a multiple of 4,` : ''} = ${overlayRoom(mtu, encrypted)}`;
}

/** `1500 (network lan) - 24 (GRE over IPv4) = 1476`. */
export function sumOf(carrier: Carrier | undefined, kind: Encapsulation, family: Family = 4): string {
  return `${carriedBy(carrier)} - ${overheadOf(kind, family)} (${INNER[kind].title} over IPv${family}) = ${roomIn(carrier, kind, family)}`;
}

/** `1500 (network lan)`. */
export function carriedBy(carrier: Carrier | undefined): string {
  return `${mtuOf(carrier)} (${carrier === undefined ? 'Ethernet' : `network ${carrier.name}`})`;
}
