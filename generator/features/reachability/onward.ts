/** Where a node sends a packet next: the longest prefix among all that the lab says of its routes. */
import { addressPart } from '../../model/family.js';
import { contains, parseAddress, parseCidr, type Subnet } from '../../model/ipv4.js';
import type { Lab, Link } from '../../model/lab.js';
import { ETHERNET_MTU } from '../../model/mtu.js';

/** One interface a packet leaves by. */
export interface Hop {
  readonly mtu: number;
  /** For messages: `foo on net-1`. */
  readonly what: string;
  /** The node that gets it; undefined: the container it is for. */
  readonly next?: string;
}

interface Candidate {
  readonly prefix: number;
  /** Undefined: this way is taken, and the lab does not say where it leads or what fits through. */
  readonly hop: Hop | undefined;
}

/** Undefined where the lab does not tell. */
export function onward(lab: Lab, node: string, address: number): Hop | undefined {
  const links = lab.links.filter((link) => link.node === node);
  const candidates = [...connected(lab, node, address), ...linked(links, address), ...routed(lab, node, links, address)];
  const longest = Math.max(...candidates.map((each) => each.prefix));
  const chosen = candidates.filter((each) => each.prefix === longest);
  // Two ways of one length: metrics decide, which the lab does not know.
  return chosen.length === 1 ? chosen[0]?.hop : undefined;
}

/** Networks of the lab the node is on, and its containers' own. */
function connected(lab: Lab, node: string, address: number): readonly Candidate[] {
  const { attachments = [] } = lab.nodes.find((each) => each.name === node) ?? {};
  const between = attachments.flatMap((own): Candidate[] => {
    const network = lab.networks.find((each) => each.name === own.network);
    const subnet = parseCidr(network?.subnet ?? '')?.subnet;
    if (!network || !subnet || !contains(subnet, address)) return [];
    const next = ownerOf(lab, network.name, address);
    return [{ prefix: subnet.prefix, hop: next === undefined ? undefined : { mtu: network.mtu ?? ETHERNET_MTU, what: `the network ${network.name}`, next } }];
  });
  const containers = lab.containerNetworks.filter((each) => each.node === node && inside(each.subnet, address));
  return [...between, ...containers.map((each): Candidate => ({ prefix: subnetOf(each.subnet)?.prefix ?? 0, hop: undefined }))];
}

/** What is behind the node's bridges: nobody the lab would tell apart. */
function linked(links: readonly Link[], address: number): readonly Candidate[] {
  return links.flatMap((link) => link.addresses.filter((cidr) => inside(cidr, address)).map((cidr): Candidate => ({ prefix: subnetOf(cidr)?.prefix ?? 0, hop: undefined })));
}

function routed(lab: Lab, node: string, links: readonly Link[], address: number): readonly Candidate[] {
  return lab.routes.filter((route) => route.node === node && (route.to === 'default' || inside(route.to, address))).map((route): Candidate => {
    const prefix = route.to === 'default' ? 0 : subnetOf(route.to)?.prefix ?? 0;
    const link = links.find((each) => each.name === route.dev);
    if (link) return { prefix, hop: link.peer === undefined ? undefined : { mtu: link.mtu ?? ETHERNET_MTU, what: `${link.name} on ${node}`, next: link.peer } };
    const via = parseAddress(route.via ?? '');
    return { prefix, hop: via === undefined ? undefined : connected(lab, node, via)[0]?.hop };
  });
}

/** Whether a packet for the address has arrived there. */
export function isOwn(lab: Lab, node: string, address: number): boolean {
  const own = [
    ...(lab.nodes.find((each) => each.name === node)?.attachments ?? []).map((each) => each.address),
    ...lab.links.filter((link) => link.node === node).flatMap((link) => link.addresses),
    ...lab.containerNetworks.filter((each) => each.node === node).map((each) => each.bip),
  ];
  return own.some((each) => parseAddress(addressPart(each)) === address);
}

function ownerOf(lab: Lab, network: string, address: number): string | undefined {
  return lab.nodes.find((node) => node.attachments.some((each) => each.network === network && parseAddress(each.address) === address))?.name;
}

function subnetOf(cidr: string): Subnet | undefined {
  return parseCidr(cidr)?.subnet;
}

function inside(cidr: string, address: number): boolean {
  const subnet = subnetOf(cidr);
  return subnet !== undefined && contains(subnet, address);
}
