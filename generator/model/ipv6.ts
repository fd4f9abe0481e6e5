/** IPv6 addresses and subnets as BigInt (unsigned 128 bits); texts come out in the form of RFC 5952. */

export interface Subnet6 {
  /** First address, host bits cleared. */
  readonly base: bigint;
  readonly prefix: number;
}

/** Parses `fd00:56::11`; undefined where it is not hexadecimal groups. No zone, no dotted tail. */
export function parseAddress6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = [...head, ...(tail ?? [])];
  if (tail === undefined ? given.length !== 8 : given.length > 7) return undefined;
  if (given.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const groups = tail === undefined ? head : [...head, ...Array.from({ length: 8 - given.length }, () => '0'), ...tail];
  return groups.reduce((value, group) => value * 65536n + BigInt(Number.parseInt(group, 16)), 0n);
}

/** Parses `fd00:56::11/64` into the address and the subnet it is in. */
export function parseCidr6(text: string): { readonly address: bigint; readonly subnet: Subnet6 } | undefined {
  const [host = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const address = parseAddress6(host);
  const prefix = Number(length);
  if (address === undefined || prefix > 128) return undefined;
  return { address, subnet: { base: address - (address % sizeOf6(prefix)), prefix } };
}

export function formatAddress6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 65535n).toString(16));
  let longest = { from: 0, length: 0 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === '0') length++;
    if (length > longest.length) longest = { from, length };
  }
  // A single zero is not shortened.
  if (longest.length < 2) return groups.join(':');
  return `${groups.slice(0, longest.from).join(':')}::${groups.slice(longest.from + longest.length).join(':')}`;
}

export function formatSubnet6(subnet: Subnet6): string {
  return `${formatAddress6(subnet.base)}/${subnet.prefix}`;
}

export function sizeOf6(prefix: number): bigint {
  return 1n << BigInt(128 - prefix);
}

export function contains6(subnet: Subnet6, address: bigint): boolean {
  return address >= subnet.base && address < subnet.base + sizeOf6(subnet.prefix);
}

export function overlap6(a: Subnet6, b: Subnet6): boolean {
  return contains6(a, b.base) || contains6(b, a.base);
}

/** The digits of a decimal number read as hexadecimal ones: 101 is ::101, so that both families of a node look alike. */
export function digits6(number: number): bigint {
  return BigInt(`0x${number}`);
}

/** Sources: RFC 4291 (2.4, 2.5), RFC 4193. */
const SPECIAL: readonly { readonly cidr: string; readonly what: string }[] = [
  { cidr: '::/128', what: 'the unspecified address' },
  { cidr: '::1/128', what: 'the loopback address' },
  { cidr: '::ffff:0:0/96', what: 'IPv4 in the form of IPv6' },
  { cidr: 'fe80::/10', what: 'link-local: every interface has such addresses of its own' },
  { cidr: 'ff00::/8', what: 'multicast: such an address is a group\'s, not a node\'s' },
];

/** Why nothing of a subnet may be given to nodes and containers; undefined where it may. */
export function special6(subnet: Subnet6): string | undefined {
  return SPECIAL.find(({ cidr }) => overlap6(parseCidr6(cidr)?.subnet as Subnet6, subnet))?.what;
}
