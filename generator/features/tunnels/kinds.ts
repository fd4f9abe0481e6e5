/** The kinds of tunnels: what the kernel is told to make, what it needs for it, and how much of it can be seen. */
import type { Family } from '../../model/family.js';
import type { TunnelKind } from '../../model/lab-links.js';

export interface Ends {
  readonly local: string;
  readonly remote: string;
  /** TTL, or hop limit, of the outer packets. */
  readonly ttl: string;
  /** VXLAN's network identifier. */
  readonly id: number;
  /** UDP port of both ends. */
  readonly port: number;
}

export interface Kind {
  /** As people write it. */
  readonly title: string;
  /** Beginning of computed interface names. */
  readonly prefix: string;
  /** Whether it carries Ethernet frames: then it asks by ARP who has an address, and may be the port of a bridge. */
  readonly frames: boolean;
  /** Whether there may be IPv6 inside, by the family outside. */
  readonly carries6: Readonly<Record<Family, boolean>>;
  /** The kernel module, by the family outside. */
  readonly module: Readonly<Record<Family, string>>;
  /** A package of the distribution that each end needs. */
  readonly package?: string;
  /** The first UDP port, where there is UDP; `each`: every pair of ends has one of its own. */
  readonly port?: { readonly first: number; readonly each: boolean };
  /** Whether the outer packets have a TTL the lab may give. */
  readonly ttl: boolean;
  /** What stands behind the outer IP header. */
  readonly header: string;
  /** tcpdump's filter for it, by the family outside. */
  filter(family: Family, port: number): string;
  /** TYPE and OPTIONS of `ip link add NAME type TYPE OPTIONS`. */
  link(family: Family, ends: Ends): { readonly type: string; readonly options: readonly string[] };
}

const over4 = ({ local, remote, ttl }: Ends): readonly string[] => ['local', local, 'remote', remote, 'ttl', ttl];
// Without "encaplimit none" the kernel puts eight more bytes between the headers.
const over6 = ({ local, remote, ttl }: Ends): readonly string[] => ['local', local, 'remote', remote, 'hoplimit', ttl, 'encaplimit', 'none'];
const proto = (four: string, six = four) => (family: Family): string => (family === 6 ? `ip6 proto ${six}` : `proto ${four}`);
const udp = (_family: Family, port: number): string => `udp port ${port}`;
const BOTH = { 4: true, 6: true } as const;

/** False for what the schema will refuse. */
export function isKind(value: unknown): value is TunnelKind {
  return typeof value === 'string' && Object.hasOwn(KINDS, value);
}

export const KINDS: Readonly<Record<TunnelKind, Kind>> = {
  gre: {
    title: 'GRE', prefix: 'gre', frames: false, carries6: BOTH, module: { 4: 'ip_gre', 6: 'ip6_gre' }, ttl: true,
    header: 'a GRE header (4 bytes)',
    filter: proto('gre'),
    link: (family, ends) => (family === 6 ? { type: 'ip6gre', options: over6(ends) } : { type: 'gre', options: over4(ends) }),
  },
  gretap: {
    title: 'GRETAP', prefix: 'gretap', frames: true, carries6: BOTH, module: { 4: 'ip_gre', 6: 'ip6_gre' }, ttl: true,
    header: 'a GRE header (4 bytes) and an Ethernet header (14 bytes)',
    filter: proto('gre'),
    link: (family, ends) => (family === 6 ? { type: 'ip6gretap', options: over6(ends) } : { type: 'gretap', options: over4(ends) }),
  },
  vxlan: {
    // IANA's port; the kernel's own default is an older one.
    title: 'VXLAN', prefix: 'vxlan', frames: true, carries6: BOTH, module: { 4: 'vxlan', 6: 'vxlan' }, port: { first: 4789, each: false }, ttl: true,
    header: 'a UDP header (8 bytes), a VXLAN header (8 bytes) and an Ethernet header (14 bytes)',
    filter: udp,
    link: (_family, { local, remote, ttl, id, port }) => ({ type: 'vxlan', options: ['id', String(id), 'local', local, 'remote', remote, 'dstport', String(port), 'ttl', ttl] }),
  },
  ipip: {
    title: 'IPIP', prefix: 'ipip', frames: false, carries6: { 4: false, 6: true }, module: { 4: 'ipip', 6: 'ip6_tunnel' }, ttl: true,
    header: 'nothing else',
    filter: proto('4', '4 or ip6 proto 41'),
    link: (family, ends) => (family === 6 ? { type: 'ip6tnl', options: ['mode', 'any', ...over6(ends)] } : { type: 'ipip', options: over4(ends) }),
  },
  wireguard: {
    title: 'WireGuard', prefix: 'wg', frames: false, carries6: BOTH, module: { 4: 'wireguard', 6: 'wireguard' }, package: 'wireguard-tools', port: { first: 51820, each: true }, ttl: false,
    header: 'a UDP header (8 bytes) and WireGuard\'s own fields (32 bytes)',
    filter: udp,
    link: () => ({ type: 'wireguard', options: [] }),
  },
};
