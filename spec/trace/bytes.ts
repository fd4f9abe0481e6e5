/** Packets as bytes, built header by header, for what no kernel of the test's machine sends. */
import type { IpPacket } from '../../generator/trace/decode.js';
import type { Recorded } from '../../generator/trace/recording.js';

const half = (value: number): number[] => [(value >> 8) & 255, value & 255];
const word = (value: number): number[] => [...half(value >>> 16), ...half(value & 0xffff)];
const dotted = (address: string): number[] => address.split('.').map(Number);

export const cooked = (type: 'in' | 'out' | 'other', index: number, ethertype: number, payload: readonly number[]): Uint8Array => Uint8Array.from([...half(ethertype), 0, 0, ...word(index), ...half(1), type === 'out' ? 4 : type === 'other' ? 3 : 0, 6, ...Array.from({ length: 8 }, () => 0), ...payload]);
export const ip = (source: string, destination: string, protocol: number, payload: readonly number[], more: { readonly fragment?: number; readonly ttl?: number } = {}): number[] => [0x45, 0, ...half(20 + payload.length), 0, 1, ...half(more.fragment ?? 0), more.ttl ?? 64, protocol, 0, 0, ...dotted(source), ...dotted(destination), ...payload];
export const ip6 = (source: readonly number[], destination: readonly number[], next: number, payload: readonly number[]): number[] => [0x60, 0, 0, 0, ...half(payload.length), next, 64, ...source, ...destination, ...payload];
export const udp = (source: number, destination: number, payload: readonly number[]): number[] => [...half(source), ...half(destination), ...half(8 + payload.length), 0, 0, ...payload];
export const tcp = (source: number, destination: number, flags: number, sequence: number, acknowledgement: number, payload: readonly number[] = []): number[] => [...half(source), ...half(destination), ...word(sequence), ...word(acknowledgement), 0x50, flags, 0xff, 0xff, 0, 0, 0, 0, ...payload];
export const icmp = (type: number, payload: readonly number[], code = 0): number[] => [type, code, 0, 0, 0, 1, 0, 1, ...payload];
export const ethernet = (ethertype: number, payload: readonly number[]): number[] => [...Array.from({ length: 12 }, () => 2), ...half(ethertype), ...payload];
export const gre = (type: number, payload: readonly number[], key?: number): number[] => [...half(key === undefined ? 0 : 0x2000), ...half(type), ...(key === undefined ? [] : word(key)), ...payload];
export const vxlan = (id: number, payload: readonly number[]): number[] => [8, 0, 0, 0, ...word(id << 8), ...payload];
export const text = (value: string): number[] => [...Buffer.from(value)];

/** A packet on an interface; microseconds since the first. */
export const recorded = (space: string, index: number, direction: 'in' | 'out', at: number, packets: readonly IpPacket[], more: Partial<Recorded> = {}): Recorded => ({ space, node: space, interfaceIndex: index, direction, otherHost: false, at: BigInt(at) * 1000n, packets, bytes: new Uint8Array(), length: 0, ...more });
