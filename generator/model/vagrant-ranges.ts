/** Networks of Vagrant and its providers, which a lab has to keep clear of. */
import { contains, overlap, parseCidr, type Subnet } from './ipv4.js';

const MANAGEMENT = [{ cidr: '10.0.2.0/24', whose: "VirtualBox's NAT network" }, { cidr: '192.168.121.0/24', whose: "vagrant-libvirt's management network" }].map((range) => ({ ...range, subnet: parseCidr(range.cidr)?.subnet as Subnet }));

/** The network by which Vagrant reaches nodes that a subnet overlaps; undefined where it overlaps none. */
export function managementOver(subnet: Subnet): { readonly cidr: string; readonly whose: string } | undefined {
  return MANAGEMENT.find((range) => overlap(range.subnet, subnet));
}

/** What VirtualBox 6.1.28 and later allows for host-only networks, unless /etc/vbox/networks.conf says more. Source: its manual, "Host-Only Networking". */
const HOST_ONLY = '192.168.56.0/21';

/** `networksConf`: the text of /etc/vbox/networks.conf; empty where there is none. */
export function hostOnlyRanges(networksConf: string): readonly Subnet[] {
  const written = networksConf.split('\n').flatMap((line) => /^\s*\*\s+([^#]*)/.exec(line)?.[1]?.trim().split(/\s+/) ?? []);
  return [HOST_ONLY, ...written].flatMap((cidr) => parseCidr(cidr)?.subnet ?? []);
}

/** Whether VirtualBox makes a host-only network of a subnet. */
export function isHostOnly(subnet: Subnet, ranges: readonly Subnet[]): boolean {
  return ranges.some((range) => contains(range, subnet.base) && subnet.prefix >= range.prefix);
}
