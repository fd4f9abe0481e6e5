/** Containers as namespaces: a cable to their bridge, addresses as Docker gives them, published ports. */
import { firstHost, holds, type Family } from '../../model/family.js';
import { formatAddress, parseAddress, parseCidr, sizeOf } from '../../model/ipv4.js';
import { formatAddress6, parseAddress6 } from '../../model/ipv6.js';
import type { Container, Image, Lab, Node } from '../../model/lab.js';
import type { ContainerBridge, WorldDraft } from '../../model/world-draft.js';
import type { EndpointAddress, WorldMatch } from '../../model/world.js';
import { closeGates } from '../docker/world-gated.js';
import { daemonOf, dockerRule, type Daemon } from '../docker/world.js';
import { listenersOf } from './listeners.js';
import { startOrder } from './script.js';

export function containersWorld(lab: Lab, draft: WorldDraft): void {
  for (const node of lab.nodes) {
    if (!node.docker) continue;
    const daemon = daemonOf(lab, node, draft);
    for (const container of startOrder(lab.containers.filter((each) => each.node === node.name))) start(container, node, daemon, draft, lab.images);
    if (draft.gated.has(node.name)) for (const family of [4, 6] as const) if (daemon.writes[family]) closeGates(daemon, family);
  }
  // In the lab's order, whoever was started first.
  const rank = new Map(lab.containers.map((container, index) => [container.name, index]));
  draft.endpoints.sort((a, b) => (rank.get(a.name) ?? -1) - (rank.get(b.name) ?? -1));
}

function start(container: Container, node: Node, daemon: Daemon, draft: WorldDraft, images: readonly Image[]): void {
  const shared = /^container:(.+)$/.exec(container.network)?.[1];
  const home = container.network === 'host' ? node.name : shared === undefined ? undefined : draft.endpoint(shared)?.space;
  const listeners = listenersOf(container, images.find((image) => image.name === container.image.replace(/:latest$/, '')));
  if (home !== undefined) {
    draft.space(home).listeners.push(...listeners);
    draft.endpoints.push({ name: container.name, kind: 'container', space: home, addresses: draft.endpoint(shared ?? node.name)?.addresses ?? [] });
    return;
  }
  const space = draft.add(container.name, node.name);
  space.listeners.push(...listeners);
  const bridge = draft.bridges.find((each) => each.node === node.name && each.network === container.network);
  const addresses = bridge === undefined ? [] : plugIn(container, bridge, !daemon.proxy, draft);
  draft.endpoints.push({ name: container.name, kind: 'container', space: container.name, addresses });
  const six = addresses.some(({ address }) => address.includes(':'));
  if (bridge) for (const { address } of addresses) publish(container, bridge, { address, six }, daemon, draft);
}

function plugIn(container: Container, bridge: ContainerBridge, hairpin: boolean, draft: WorldDraft): readonly EndpointAddress[] {
  const space = draft.space(container.name);
  const wire = `cable ${container.name}`;
  const seen = (family: Family): string | undefined => draft.seen(container.name, 'eth0', family)?.split('/')[0];
  const four = container.address ?? seen(4) ?? nextFree(bridge.subnet, bridge.taken);
  const six = bridge.subnet6 === undefined ? undefined : container.address6 ?? seen(6) ?? nextFree6(bridge, four);
  const given = [four, six].filter((address) => address !== undefined);
  for (const address of given) bridge.taken.add(address);
  const node = draft.space(bridge.node);
  const length = (address: string): string => `${address}/${(address.includes(':') ? bridge.subnet6 : node.interfaces.find((each) => each.name === bridge.bridge)?.addresses.find((each) => holds(each, address)) ?? bridge.subnet)?.split('/')[1] ?? ''}`;
  space.interfaces.push({ name: 'eth0', kind: 'ethernet', mtu: bridge.mtu, addresses: given.map(length), wire });
  node.interfaces.push({ name: `veth-${container.name}`, kind: 'ethernet', mtu: bridge.mtu, addresses: [], master: bridge.bridge, wire, ...(hairpin && { hairpin }) });
  if (!bridge.internal) space.routes.push({ to: '0.0.0.0/0', via: bridge.gateway, dev: 'eth0' }, ...(bridge.gateway6 === undefined ? [] : [{ to: '::/0', via: bridge.gateway6, dev: 'eth0' }]));
  const on = `${bridge.node} ${bridge.network}`;
  return [
    { address: four, on, ...((container.address === undefined || bridge.presumed) && { presumed: true }) },
    ...(six === undefined ? [] : [{ address: six, on, ...(container.address6 === undefined && { presumed: true }) }]),
  ];
}

/** Docker gives the lowest free address of the range; after a restart the order may be another. */
function nextFree(subnet: string, taken: ReadonlySet<string>): string {
  const parsed = parseCidr(subnet)?.subnet;
  if (parsed) {
    for (let offset = 1; offset < sizeOf(parsed.prefix) - 1; offset++) {
      const address = formatAddress(parsed.base + offset);
      if (!taken.has(address)) return address;
    }
  }
  return firstHost(subnet) ?? subnet;
}

/** docker0 makes the IPv6 address of the MAC address, which is made of the IPv4 one; other networks give the lowest free one. */
function nextFree6(bridge: ContainerBridge, four: string): string | undefined {
  const [base = '', length] = bridge.subnet6?.split('/') ?? [];
  const start = parseAddress6(base);
  if (start === undefined) return undefined;
  const value = parseAddress(four);
  if (bridge.network === 'bridge' && value !== undefined && Number(length) <= 80) return formatAddress6(start + 0x0242_0000_0000n + BigInt(value));
  for (let offset = 1n; ; offset++) {
    const address = formatAddress6(start + offset);
    if (!bridge.taken.has(address)) return address;
  }
}

/** `six`: whether the container has an IPv6 address as well. */
function publish(container: Container, bridge: ContainerBridge, { address, six }: { readonly address: string; readonly six: boolean }, daemon: Daemon, draft: WorldDraft): void {
  const family: Family = address.includes(':') ? 6 : 4;
  const name = bridge.bridge;
  if (draft.gated.has(daemon.node) && daemon.writes[family]) dockerRule(daemon.space, family, 'raw', 'PREROUTING', { destination: { is: address }, in: { is: name, not: true } }, { kind: 'drop' });
  if (bridge.internal) return;
  for (const port of container.ports) {
    const hostFamily: Family | undefined = port.hostAddress === undefined ? undefined : port.hostAddress.includes(':') ? 6 : 4;
    if (daemon.writes[family] && (hostFamily === undefined || hostFamily === family)) {
      const target: WorldMatch = { destination: { is: address }, in: { is: name, not: true }, out: { is: name }, protocol: { is: port.protocol }, destinationPort: port.containerPort };
      dockerRule(daemon.space, family, 'filter', 'DOCKER', target, { kind: 'accept' });
      dockerRule(daemon.space, family, 'nat', 'POSTROUTING', { source: { is: address }, destination: { is: address }, protocol: { is: port.protocol }, destinationPort: port.containerPort }, { kind: 'masquerade' });
      if (port.hostPort !== undefined) {
        const match: WorldMatch = { ...(daemon.proxy && { in: { is: name, not: true } }), ...(port.hostAddress !== undefined && port.hostAddress !== '0.0.0.0' && { destination: { is: port.hostAddress } }), protocol: { is: port.protocol }, destinationPort: port.hostPort };
        dockerRule(daemon.space, family, 'nat', 'DOCKER', match, { kind: 'dnat', address, port: port.containerPort });
      }
    }
    // docker-proxy speaks to the container in the family that asks it; to one without IPv6 always by IPv4.
    if (daemon.proxy && port.hostPort !== undefined && (hostFamily === undefined || hostFamily === family || (!six && family === 4))) daemon.space.listeners.push({ protocol: port.protocol, port: port.hostPort, ...(six && { family }), ...(port.hostAddress !== undefined && port.hostAddress !== '0.0.0.0' && { address: port.hostAddress }), what: 'docker-proxy', ...(port.protocol === 'udp' && { answersByRoute: true }), forwardsTo: { address, port: port.containerPort } });
  }
}
