/** The two address families, where a text may be of either. */
import { contains, formatAddress, formatSubnet, overlap, parseAddress, parseCidr } from './ipv4.js';
import { contains6, formatAddress6, formatSubnet6, overlap6, parseAddress6, parseCidr6 } from './ipv6.js';

export type Family = 4 | 6;

/** Of an address or CIDR. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

/** The address of `ADDRESS/PREFIX`; all of it where there is no prefix. */
export function addressPart(text: string): string {
  const slash = text.indexOf('/');
  return slash === -1 ? text : text.slice(0, slash);
}

/** An address in the form the kernel prints it; undefined where it is none. */
export function canonical(text: string): string | undefined {
  if (familyOf(text) === 4) return parseAddress(text) === undefined ? undefined : text;
  const value = parseAddress6(text);
  return value === undefined ? undefined : formatAddress6(value);
}

/** The same for a text that may have a prefix length; the text itself where it is neither. */
export function canonicalText(text: string): string {
  const [address = '', prefix] = text.split('/');
  const written = canonical(address);
  return written === undefined ? text : prefix === undefined ? written : `${written}/${prefix}`;
}

/** The network of `ADDRESS/PREFIX`, and whether the address is the network's own; undefined where it is no CIDR. */
export function networkOf(text: string): { readonly network: string; readonly isItself: boolean; readonly prefix: number } | undefined {
  if (familyOf(text) === 4) {
    const parsed = parseCidr(text);
    return parsed && { network: formatSubnet(parsed.subnet), isItself: parsed.address === parsed.subnet.base, prefix: parsed.subnet.prefix };
  }
  const parsed = parseCidr6(text);
  return parsed && { network: formatSubnet6(parsed.subnet), isItself: parsed.address === parsed.subnet.base, prefix: parsed.subnet.prefix };
}

/** Whether an address is in a network, both as texts. */
export function holds(cidr: string, address: string): boolean {
  if (familyOf(cidr) !== familyOf(address)) return false;
  if (familyOf(cidr) === 4) {
    const [subnet, value] = [parseCidr(cidr)?.subnet, parseAddress(address)];
    return subnet !== undefined && value !== undefined && contains(subnet, value);
  }
  const [subnet, value] = [parseCidr6(cidr)?.subnet, parseAddress6(address)];
  return subnet !== undefined && value !== undefined && contains6(subnet, value);
}

/** Whether two networks have addresses in common; those of different families never have. */
export function meet(a: string, b: string): boolean {
  if (familyOf(a) !== familyOf(b)) return false;
  if (familyOf(a) === 4) {
    const [one, other] = [parseCidr(a)?.subnet, parseCidr(b)?.subnet];
    return one !== undefined && other !== undefined && overlap(one, other);
  }
  const [one, other] = [parseCidr6(a)?.subnet, parseCidr6(b)?.subnet];
  return one !== undefined && other !== undefined && overlap6(one, other);
}

/** The first address a host of a network could have. */
export function firstHost(cidr: string): string | undefined {
  if (familyOf(cidr) === 4) {
    const subnet = parseCidr(cidr)?.subnet;
    return subnet && formatAddress(subnet.base + (subnet.prefix < 31 ? 1 : 0));
  }
  const subnet = parseCidr6(cidr)?.subnet;
  return subnet && formatAddress6(subnet.base + (subnet.prefix < 127 ? 1n : 0n));
}

/** The prefix length that means one address alone. */
export function hostPrefix(address: string): 32 | 128 {
  return familyOf(address) === 4 ? 32 : 128;
}
