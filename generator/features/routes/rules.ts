/** What makes a route one that the kernel refuses, or that leads nowhere. */
import { canonical, familyOf, holds, networkOf } from '../../model/family.js';
import { addTo } from '../../model/lists-by-key.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { interfacesHint, isNamedByOthers, isNeighbour, isOwnAddress, nodeInterfaces, type NodeInterfaces } from '../node-interfaces.js';
import { nextHop, routeSources, targetOf } from './sources.js';

export function routesLead(context: RuleContext): void {
  const names = context.ground.nodes.map((node) => node.name);
  routeSources(context.source).forEach((source, index) => {
    const path = ['routes', index];
    if (!context.isSound(path)) return;
    const node = String(source['node']);
    const members = context.ground.members(node);
    if (!members) context.error('LG040', [...path, 'node'], `there is no node "${node}"`, context.nearest(node, context.ground.names, 'node'));
    const { text, family } = targetOf(source);
    const parsed = networkOf(text);
    if (text !== 'default' && !parsed) context.error('LG030', [...path, 'to'], `"${String(source['to'])}" is not a network`, 'Give a network such as 172.17.0.0/16, an address, or default.');
    else if (parsed && !parsed.isItself) context.error('LG030', [...path, 'to'], `${text} has host bits set`, `The network is ${parsed.network}.`);
    const via = source['via'];
    const stray = ['via', 'source'].find((key) => canonical(String(source[key] ?? '')) !== undefined && familyOf(String(source[key])) !== family);
    if (stray !== undefined && context.isSound([...path, 'to'])) context.error('LG172', [...path, stray], `${String(source[stray])} is an address of IPv${familyOf(String(source[stray]))}, and the route is one of IPv${family}`, 'All addresses of a route are of one family; "::/0" is the default of IPv6.');
    if (stray !== undefined) return;
    if (via === undefined && source['dev'] === undefined) context.error('LG081', path, 'a route needs a next hop or an interface', 'Add "via: NODE" or "dev: INTERFACE".');
    if (via === undefined || !members || !context.isSound(['nodes']) || !context.isSound(['networks'])) return;
    if (canonical(String(via)) === undefined && !context.ground.node(String(via))) context.error('LG040', [...path, 'via'], `there is no node "${String(via)}"`, context.nearest(String(via), names, 'node'));
    else if (family === 6 && context.ground.node(String(via))?.attachments.every((each) => each.address6 === undefined) === true) context.error('LG172', [...path, 'via'], `"${String(via)}" has no IPv6 address, and the route is one of IPv6`, 'Give its network a "subnet6".');
    else if (members.some((each) => nextHop(context.ground, each.name, via, family) === undefined)) context.error('LG081', [...path, 'via'], `"${String(via)}" shares no network with "${node}"`, 'A next hop has to be a neighbour.');
  });
}

/** A route that the kernel refuses ("Cannot find device", "Nexthop has invalid gateway") ends the whole network script of its node. */
export function waysExist(context: RuleContext): void {
  if (['nodes', 'groups', 'networks', 'bridges', 'tunnels', 'dockerNetworks'].some((block) => !context.isSound([block]))) return;
  const interfacesOf = nodeInterfaces(context.ground);
  // Whoever is behind an interface without a next hop is a neighbour, too; such routes come first, whatever their order here.
  const onLink = new Map<string, string[]>();
  for (const source of routeSources(context.source).filter(({ via }) => via === undefined)) {
    for (const node of context.ground.members(String(source['node'])) ?? []) addTo(onLink, node.name, targetOf(source).text.replace(/^default$/, '0.0.0.0/0'));
  }
  routeSources(context.source).forEach((source, index) => {
    const path: Path = ['routes', index];
    const { via, dev, source: own } = source;
    for (const node of context.isSound(path) ? context.ground.members(String(source['node'])) ?? [] : []) {
      const known = interfacesOf(node);
      if (typeof dev === 'string' && !known.names.has(dev)) noInterface(context, [...path, 'dev'], node.name, dev, known);
      const hop = typeof via === 'string' && !context.ground.node(via) ? canonical(via) : undefined;
      const linkLocal = hop !== undefined && dev !== undefined && holds('fe80::/10', hop);
      if (hop !== undefined && !linkLocal && !isNeighbour(known, hop) && !(onLink.get(node.name) ?? []).some((network) => holds(network, hop))) {
        context.error('LG081', [...path, 'via'], `${hop} is not a neighbour of "${node.name}"`, `A next hop is in a network of the node: ${networksOf(known, familyOf(hop))}.`);
      }
      if (typeof own === 'string' && !isOwnAddress(known, own)) context.error('LG081', [...path, 'source'], `${own} is not an address of "${node.name}"`, 'The source of a route is an address that the node itself has.');
    }
  });
}

function noInterface(context: RuleContext, path: Path, node: string, dev: string, known: NodeInterfaces): void {
  if (isNamedByOthers(dev)) context.warning('LG081', path, `nothing in the lab tells whether "${node}" has an interface "${dev}"`, interfacesHint(known));
  else context.error('LG081', path, `"${node}" has no interface "${dev}"`, interfacesHint(known));
}

function networksOf({ addresses }: NodeInterfaces, family: 4 | 6): string {
  const networks = new Set(addresses.flatMap((each) => networkOf(each)?.network ?? []).filter((each) => familyOf(each) === family));
  return networks.size === 0 ? 'none of this family' : [...networks].slice(0, 8).join(', ');
}
