/** Addresses a container asks for: what docker run --ip and --ip6 would refuse. */
import { addressPart, canonical, type Family, firstHost, holds, networkOf } from '../../model/family.js';
import { parseAddress, parseCidr, sizeOf } from '../../model/ipv4.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { containerSources, hostsOf } from './resolve.js';

const FAMILIES: readonly { readonly family: Family; readonly key: string; readonly subnet: string; readonly gateway: string }[] = [
  { family: 4, key: 'address', subnet: 'subnet', gateway: 'gateway' },
  { family: 6, key: 'address6', subnet: 'subnet6', gateway: 'gateway6' },
];

export function addressesFit(context: RuleContext): void {
  const networks = isTree(context.source['dockerNetworks']) ? context.source['dockerNetworks'] : {};
  const taken = new Map<string, string>();
  for (const { name, value } of containerSources(context.source)) {
    for (const { family, key, subnet, gateway } of FAMILIES) {
      const at = ['containers', name, key];
      if (value[key] === undefined || !context.isSound(at) || !context.isSound(['containers', name, 'network'])) continue;
      const [text, network] = [canonical(String(value[key])) ?? '', String(value['network'] ?? 'bridge')];
      const settings: Tree | undefined = Object.hasOwn(networks, network) ? (isTree(networks[network]) ? networks[network] : {}) : undefined;
      const cidr = networkOf(String(settings?.[subnet] ?? ''))?.network;
      const places = hostsOf(context.ground, value).map((node) => `${node.name} ${network} ${text}`);
      const owner = places.flatMap((place) => taken.get(place) ?? [])[0];
      if (!settings) context.error('LG070', at, `"${key}" cannot be chosen with "network: ${network}"`, 'Docker gives addresses on its default bridge by itself; use a network of dockerNetworks.');
      else if (settings[subnet] === undefined) context.error('LG070', at, `"${key}" needs a network with a "${subnet}", and "${network}" has none`, `Docker takes an address only in a subnet it was told; add "${subnet}:" to it.`);
      else if (!context.isSound(['dockerNetworks', network]) || cidr === undefined) continue;
      else if (!holds(cidr, text) || isEdge(cidr, text, family)) context.error('LG032', at, `${String(value[key])} is not a host of ${cidr}, the network "${network}"`, 'Use an address of the network, not its first or last one.');
      else if (text === gatewayOf(cidr, settings[gateway])) context.error('LG033', at, `${text} is the gateway of "${network}"`, 'Use another one; the first address is the bridge\'s own where no gateway is given.');
      else if (owner !== undefined) context.error('LG033', at, `${text} is already the address of "${owner}"`, 'Give each container an address of its own, or leave it out.');
      else for (const place of places) taken.set(place, name);
    }
  }
}

/** The network's own address; the last one is special in IPv4 only. */
function isEdge(cidr: string, address: string, family: Family): boolean {
  const subnet = family === 4 ? parseCidr(cidr)?.subnet : undefined;
  return address === addressPart(cidr) || (subnet !== undefined && parseAddress(address) === subnet.base + sizeOf(subnet.prefix) - 1);
}

function gatewayOf(cidr: string, written: unknown): string | undefined {
  return typeof written === 'string' ? canonical(written) : firstHost(cidr);
}
