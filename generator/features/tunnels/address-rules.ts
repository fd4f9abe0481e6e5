/** Addresses of a tunnel's own ends: each is one host's alone, and none takes a network of the lab away. */
import { addressPart } from '../../model/family.js';
import { formatSubnet, overlap, parseAddress, parseCidr, sizeOf } from '../../model/ipv4.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { tunnelSources, writtenEnds } from './ends.js';

interface WrittenAddress {
  readonly text: string;
  readonly host: string;
  readonly owner: string;
  /** How many nodes would have it. */
  readonly count: number;
  readonly path: Path;
}

/** Those the lab writes; computed ones are apart by themselves. */
function writtenAddresses(context: RuleContext): readonly WrittenAddress[] {
  return tunnelSources(context.source).flatMap((tunnel) =>
    writtenEnds(tunnel).flatMap(({ name, settings }): WrittenAddress[] => {
      const path = ['tunnels', tunnel.name, 'ends', name, 'address'];
      const text = settings['address'];
      return typeof text === 'string' && context.isSound(path) ? [{ text, host: addressPart(text), count: context.ground.members(name)?.length ?? 1, owner: `"${name}" in the tunnel "${tunnel.name}"`, path }] : [];
    }),
  );
}

export function addressesAreOnesOwn(context: RuleContext): void {
  const owners = new Map<string, string>();
  for (const node of context.ground.nodes) for (const { address } of node.attachments) owners.set(address, `the node "${node.name}"`);
  for (const { text, host, owner, count, path } of writtenAddresses(context)) {
    const other = owners.get(host);
    if (count > 1) context.error('LG033', path, `one address cannot serve ${count} nodes`, 'Leave "address" out: each end gets one of its own.');
    else if (other !== undefined) context.error('LG033', path, `${text} is already the address of ${other}`, 'Give each end an address of its own, or leave it out: it is computed then.');
    else owners.set(host, owner);
  }
}

/** With a prefix the interface is a way to the whole subnet. */
export function addressesTakeNoNetwork(context: RuleContext): void {
  for (const { text, host, path } of writtenAddresses(context)) {
    const subnet = parseCidr(text)?.subnet;
    if (!subnet || subnet.prefix > 30) continue;
    const offset = (parseAddress(host) ?? 0) - subnet.base;
    const network = context.ground.networks.find((each) => overlap(parseCidr(each.subnet)?.subnet ?? subnet, subnet));
    if (offset === 0 || offset === sizeOf(subnet.prefix) - 1) context.error('LG032', path, `${text} is the ${offset === 0 ? 'network' : 'broadcast'} address of ${formatSubnet(subnet)}`, 'Use an address in between, or /32: the way to the other end is a route of its own.');
    else if (network && context.isSound(path)) context.error('LG031', path, `${text} overlaps the network "${network.name}" (${network.subnet})`, 'The tunnel would take the way to its own other end; use /32, or another network.');
  }
}
