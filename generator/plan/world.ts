/** A resolved lab as its machines' kernels will see it. What a lab says in its own words is put down here; the rest is the features'. */
import type { Feature } from '../features/feature.js';
import { familyOf } from '../model/family.js';
import type { Lab, Link, Node } from '../model/lab.js';
import { ETHERNET_MTU, overheadOf } from '../model/mtu.js';
import { chainOf, filterTool, ruleWords, type Rule } from '../model/rule.js';
import { WorldDraft, WORLD_PHASES, type Seen, type SpaceDraft } from '../model/world-draft.js';
import type { Target, World, WorldInterface, WorldMatch, WorldTunnel } from '../model/world.js';
import { worldRule } from '../model/world-rule.js';
import { refusedRoutes } from '../predict/kernel.js';
import { forwardParent } from './forward-parent.js';

/** Vagrant's way in, which is every node's default route. The address is VirtualBox's, where none was seen; whether packets of the lab arrive does not depend on it. */
const UPLINK: WorldInterface = { name: 'eth0', kind: 'uplink', mtu: ETHERNET_MTU, addresses: ['10.0.2.15/24'] };

/** `seen`: what a running lab was asked for. Its addresses stand for those that programs chose, its filters for what kernels do unasked. */
export function worldOf(lab: Lab, features: readonly Feature[], seen?: Seen): World {
  const draft = new WorldDraft(seen?.addresses);
  for (const node of lab.nodes) addNode(lab, node, draft);
  for (const phase of WORLD_PHASES) for (const feature of features) feature.world?.[phase]?.(lab, draft);
  for (const rule of lab.rules) addRule(lab, rule, draft);
  for (const { node, key, value } of lab.sysctls) setSysctl(draft.space(node), key, value);
  for (const node of lab.nodes) Object.assign(draft.space(node.name).filtersBridges, seen?.filters.get(node.name));
  const world = draft.build();
  return { ...world, gaps: [...world.gaps, ...lab.nodes.flatMap(({ name }) => refusals(world, name))] };
}

/** Where the kernel refuses a route, the node's script ends, and whatever was to come after it is not there. */
function refusals(world: World, node: string): readonly string[] {
  const space = world.spaces.find((each) => each.name === node);
  const [first] = space ? refusedRoutes(space).filter(({ via }) => via !== undefined) : [];
  return first ? [`what becomes of ${node}: its kernel refuses the route to ${first.to}, for ${first.via ?? ''} is behind no interface that is there by then, and labgen-network.sh ends there`] : [];
}

function addNode(lab: Lab, node: Node, draft: WorldDraft): void {
  const space = draft.add(node.name, node.name);
  const seen = draft.seen(node.name, UPLINK.name, 4);
  space.interfaces.push(seen === undefined ? UPLINK : { ...UPLINK, addresses: [seen] }, ...node.attachments.map((each, index): WorldInterface => ({
    name: `eth${index + 1}`,
    kind: 'ethernet',
    mtu: lab.networks.find((network) => network.name === each.network)?.mtu ?? ETHERNET_MTU,
    addresses: [`${each.address}/${each.prefix}`, ...(each.address6 === undefined ? [] : [`${each.address6}/${each.prefix6 ?? 64}`])],
    wire: `network ${each.network}`,
  })));
  space.routes.push({ to: '0.0.0.0/0', dev: UPLINK.name });
  const own = lab.links.filter((link) => link.node === node.name);
  const masters = new Map(own.flatMap((link) => (link.ports ?? []).map((port) => [port, link.name] as const)));
  space.interfaces.push(...own.map((link) => interfaceOf(node, link)));
  for (const [index, each] of space.interfaces.entries()) {
    const master = masters.get(each.name);
    if (master !== undefined) space.interfaces[index] = { ...each, master };
  }
  for (const route of lab.routes) {
    if (route.node !== node.name) continue;
    const to = route.to === 'default' ? (familyOf(route.via ?? '') === 6 ? '::/0' : '0.0.0.0/0') : route.to;
    // A default route of the lab's replaces Vagrant's.
    if (to === '0.0.0.0/0') space.routes.splice(0, space.routes.length, ...space.routes.filter((each) => each.to !== to));
    space.routes.push({ to, ...(route.via !== undefined && { via: route.via }), ...(route.dev !== undefined && { dev: route.dev }), ...(route.source !== undefined && { source: route.source }) });
  }
  draft.endpoints.push({ name: node.name, kind: 'node', space: node.name, addresses: node.attachments.flatMap((each) => [{ address: each.address, on: each.network }, ...(each.address6 === undefined ? [] : [{ address: each.address6, on: each.network }])]) });
}

function interfaceOf(node: Node, link: Link): WorldInterface {
  const common = { name: link.name, addresses: link.addresses };
  if (link.wraps) return { ...common, kind: 'tunnel', mtu: link.mtu ?? ETHERNET_MTU, tunnel: tunnelOf(node, link, link.wraps) };
  if (link.type === 'openvswitch') return { ...common, kind: 'openvswitch', mtu: link.mtu ?? ETHERNET_MTU };
  // 0: as narrow as its narrowest port, which is known at the end.
  if (link.type === 'bridge') return { ...common, kind: 'bridge', mtu: link.mtu ?? 0 };
  return { ...common, kind: 'ethernet', mtu: link.mtu ?? ETHERNET_MTU, wire: `${node.name} ${link.name}` };
}

function tunnelOf(node: Node, link: Link, wraps: NonNullable<Link['wraps']>): WorldTunnel {
  const option = (name: string): string | undefined => link.options[link.options.indexOf(name) + 1 || link.options.length];
  // WireGuard is bound to no address: it sends from the one its route takes, which is in the far end's network.
  const local = option('local') ?? node.attachments.map((each) => (wraps.family === 6 ? each.address6 : each.address)).find((address) => address !== undefined) ?? wraps.remote;
  const id = option('id');
  return { kind: wraps.kind, family: wraps.family, local, remotes: [wraps.remote], ...(id !== undefined && { id: Number(id) }), ...(wraps.port !== undefined && { port: wraps.port }), overhead: overheadOf(wraps.kind, wraps.family) };
}

function addRule(lab: Lab, rule: Rule, draft: WorldDraft): void {
  const space = draft.space(rule.node);
  const family = rule.family ?? 4;
  // Only where dockerd has the gate that it opens.
  if (rule.condition !== undefined && !draft.gated.has(rule.node)) return;
  const node = lab.nodes.find((each) => each.name === rule.node);
  const told = lab.daemonFlags.find((flag) => flag.node === rule.node && flag.name === filterTool(rule.family))?.value;
  const wanted = forwardParent(rule, node?.docker === true, told);
  const parent = space.has(family, rule.table, wanted) ? wanted : rule.hook.toUpperCase();
  const name = chainOf(rule.hook);
  if (!space.has(family, rule.table, name)) space.chain(family, rule.table, parent).rules.unshift(worldRule({}, { kind: 'jump', chain: name }, 'labgen'));
  space.chain(family, rule.table, name).rules.push({ match: matchOf(rule), target: targetOf(rule), text: ruleWords(rule).join(' '), by: 'the lab', file: `nodes/${rule.node}/labgen-firewall.sh`, why: rule.why });
}

function matchOf({ match }: Rule): WorldMatch {
  const is = <Value>(value: Value | undefined): { readonly is: Value } | undefined => (value === undefined ? undefined : { is: value });
  return {
    in: is(match.in), out: is(match.out), source: is(match.source), destination: is(match.destination), protocol: is(match.protocol),
    sourcePort: match.sourcePort, destinationPort: match.destinationPort, states: match.state,
  };
}

function targetOf({ action }: Rule): Target {
  if (action.kind !== 'dnat' && action.kind !== 'snat') return { kind: action.kind };
  // 172.17.0.2:80 and [fd00::2]:80; an IPv6 address without brackets has no port.
  const [, four, six, port] = /^(?:([0-9.]+)|\[([0-9a-fA-F:]+)\])(?::(\d+))?$/.exec(action.to) ?? [];
  const address = four ?? six ?? action.to;
  return { kind: action.kind, address, ...(port !== undefined && { port: Number(port) }) };
}

function setSysctl(space: SpaceDraft, key: string, value: string): void {
  const on = value !== '0';
  if (key === 'net.ipv4.ip_forward' || key === 'net.ipv4.conf.all.forwarding') space.forwards[4] = on;
  else if (key === 'net.ipv6.conf.all.forwarding') space.forwards[6] = on;
  else if (key === 'net.ipv4.conf.all.rp_filter') space.reversePathFilter = value === '1' ? 1 : value === '2' ? 2 : 0;
  else if (key === 'net.bridge.bridge-nf-call-iptables') space.filtersBridges[4] = on;
  else if (key === 'net.bridge.bridge-nf-call-ip6tables') space.filtersBridges[6] = on;
}
