/** Addresses and prefixes of both families as numbers that can be compared. */
import type { Family } from '../model/family.js';
import { familyOf } from '../model/family.js';
import { formatSubnet, parseAddress, parseCidr, sizeOf } from '../model/ipv4.js';
import { formatAddress6, formatSubnet6, parseAddress6, parseCidr6, sizeOf6 } from '../model/ipv6.js';

/** A number for IPv4, a BigInt for IPv6: within a family they compare alike. */
export interface Address {
  readonly family: Family;
  readonly value: number | bigint;
  readonly text: string;
}

export interface Prefix {
  readonly family: Family;
  readonly first: number | bigint;
  readonly last: number | bigint;
  readonly length: number;
  readonly text: string;
}

/** Throws where a feature gave something else: that is a mistake of labgen's. */
export function addressOf(text: string): Address {
  const family = familyOf(text);
  const value = family === 4 ? parseAddress(text) : parseAddress6(text);
  if (value === undefined) throw new TypeError(`"${text}" is not an address`);
  return { family, value, text: typeof value === 'bigint' ? formatAddress6(value) : text };
}

/** Of a CIDR, or of an address, which is a prefix of its own. */
export function prefixOf(text: string): Prefix {
  const family = familyOf(text);
  const full = text.includes('/') ? text : `${text}/${family === 4 ? 32 : 128}`;
  if (family === 4) {
    const subnet = parseCidr(full)?.subnet;
    if (subnet) return { family, first: subnet.base, last: subnet.base + sizeOf(subnet.prefix) - 1, length: subnet.prefix, text: formatSubnet(subnet) };
  } else {
    const subnet = parseCidr6(full)?.subnet;
    if (subnet) return { family, first: subnet.base, last: subnet.base + sizeOf6(subnet.prefix) - 1n, length: subnet.prefix, text: formatSubnet6(subnet) };
  }
  throw new TypeError(`"${text}" is not a network`);
}

export function within(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && address.value >= prefix.first && address.value <= prefix.last;
}

export function same(a: Address, b: Address): boolean {
  return a.value === b.value && a.family === b.family;
}
