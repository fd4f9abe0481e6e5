/** IPv4 addresses and subnets as numbers (unsigned 32 bits); ipv6.ts is its sibling. */

export interface Subnet {
  /** First address, host bits cleared. */
  readonly base: number;
  readonly prefix: number;
}

/** Parses `192.168.56.11`; undefined where it is not four decimal octets without leading zeros. */
export function parseAddress(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet)) return undefined;
    const number = Number(octet);
    if (number > 255) return undefined;
    value = value * 256 + number;
  }
  return value;
}

/** Parses `192.168.56.11/24` into the address and the subnet it is in. */
export function parseCidr(text: string): { readonly address: number; readonly subnet: Subnet } | undefined {
  const [host = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,2}$/.test(length)) return undefined;
  const address = parseAddress(host);
  const prefix = Number(length);
  if (address === undefined || prefix > 32) return undefined;
  return { address, subnet: { base: baseOf(address, prefix), prefix } };
}

export function formatAddress(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.base)}/${subnet.prefix}`;
}

/** Number of addresses, network and broadcast included. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

export function baseOf(address: number, prefix: number): number {
  return address - (address % sizeOf(prefix));
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address < subnet.base + sizeOf(subnet.prefix);
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return contains(a, b.base) || contains(b, a.base);
}

/** `255.255.255.0` for 24. */
export function netmask(prefix: number): string {
  return formatAddress(2 ** 32 - sizeOf(prefix));
}
