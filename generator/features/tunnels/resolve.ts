/** Tunnels as values: links, routes, forwarding rules, the MTU left for containers. */
import { computedContainerNetwork, givenContainerNetwork } from '../../model/container-networks.js';
import type { Ground } from '../../model/ground.js';
import { contains, parseAddress, parseCidr } from '../../model/ipv4.js';
import type { ContainerNetwork, DaemonFlag, HandoutPart, KernelModule, Link, Route } from '../../model/lab.js';
import { givenContainerMtu } from '../../model/container-mtu.js';
import { mtuOf, overheadOf, roomIn, type Carrier } from '../../model/mtu.js';
import type { Rule } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { interfaceTo, resolveEnds, tunnelSources, type End, type TunnelSource } from './ends.js';
import { carriedMtus, carrierOf, tunnelMtu } from './mtu.js';

export function resolveTunnels(ground: Ground): Contributions {
  const links: Link[] = [];
  const routes: Route[] = [];
  const rules: Rule[] = [];
  const modules: KernelModule[] = [];
  const handout: HandoutPart[] = [];
  const networks = new Map<string, ContainerNetwork>();
  tunnelSources(ground.source).forEach((tunnel, index) => {
    const ends = resolveEnds(ground, tunnel, index);
    const mtu = tunnelMtu(ground, tunnel);
    const carries = tunnel.value['carries'] === 'docker';
    if (carries) {
      for (const { node } of ends) {
        const network = node.docker ? givenContainerNetwork(ground, node.name) ?? computedContainerNetwork(ground, node.name) : undefined;
        if (network) networks.set(node.name, network);
      }
    }
    for (const end of ends) {
      modules.push({ node: end.node.name, name: 'ip_gre', why: `the tunnel "${tunnel.name}" is GRE` });
      for (const peer of ends) {
        if (peer === end) continue;
        const name = interfaceTo(end, peer, ends, index);
        links.push(linkTo(tunnel, end, peer, name, mtu));
        routes.push(...routesTo(end, peer, name, carries ? networks.get(peer.node.name) : undefined));
        const [own, far] = [networks.get(end.node.name), networks.get(peer.node.name)];
        if (carries && own && far) rules.push(...carryRules(tunnel, end, name, own, far));
      }
    }
    handout.push(handoutPart(tunnel, ends, mtu, carrierOf(ground, tunnel)));
  });
  const daemonFlags = [...carriedMtus(ground)].flatMap(([node, mtu]): DaemonFlag[] =>
    givenContainerMtu(ground, node) === undefined && ground.node(node)?.docker ? [{ node, name: 'mtu', value: String(mtu) }] : [],
  );
  return { links, routes, rules, modules, handout, daemonFlags, containerNetworks: [...networks.values()] };
}

function linkTo(tunnel: TunnelSource, end: End, peer: End, name: string, mtu: number): Link {
  const ttl = tunnel.value['ttl'];
  return {
    node: end.node.name,
    name,
    type: 'gre',
    options: ['local', end.outer, 'remote', peer.outer, 'ttl', String(typeof ttl === 'number' ? ttl : 255)],
    mtu,
    addresses: [end.innerCidr],
    peer: peer.node.name,
    why: `GRE tunnel "${tunnel.name}" to ${peer.node.name}`,
  };
}

function routesTo(end: End, peer: End, dev: string, network: ContainerNetwork | undefined): Route[] {
  const routes: Route[] = [];
  const common = { node: end.node.name, via: undefined, dev, source: undefined };
  const far = network ? parseCidr(network.subnet)?.subnet : undefined;
  if (network) routes.push({ ...common, to: network.subnet, why: `containers on ${peer.node.name}` });
  // The far end's own address has to be reachable too: masqueraded packets and the node's own come from it.
  if (!far || !contains(far, parseAddress(peer.inner) as number)) routes.push({ ...common, to: `${peer.inner}/32`, why: `the far end on ${peer.node.name}` });
  return routes;
}

function carryRules(tunnel: TunnelSource, end: End, dev: string, own: ContainerNetwork, far: ContainerNetwork): Rule[] {
  const node = end.node.name;
  const bridge = end.node.dockerBridge ?? 'docker0';
  const rules: Rule[] = [];
  if (tunnel.value['forward'] !== false) {
    rules.push(
      { node, table: 'filter', hook: 'forward', match: { source: far.subnet, destination: own.subnet, in: dev, out: bridge }, action: { kind: 'accept' }, condition: undefined, why: `let what arrives through ${dev} reach the containers` },
      { node, table: 'raw', hook: 'prerouting', match: { source: far.subnet, destination: own.subnet, in: dev }, action: { kind: 'accept' }, condition: 'direct-routing-filter', why: 'Docker 28.2 and later drops packets routed to a container before any other table sees them' },
    );
  }
  if (tunnel.value['masquerade'] !== true) {
    rules.push({ node, table: 'nat', hook: 'postrouting', match: { source: own.subnet, destination: far.subnet, out: dev }, action: { kind: 'accept' }, condition: undefined, why: "keep the container's own address; Docker would masquerade it" });
  }
  return rules;
}

function handoutPart(tunnel: TunnelSource, ends: readonly End[], mtu: number, carrier: Carrier | undefined): HandoutPart {
  return {
    title: `The tunnel ${tunnel.name}`,
    lines: [
      `GRE wraps each packet in an IPv4 header (20 bytes) and a GRE header (4 bytes): ${mtuOf(carrier)} - ${overheadOf('gre')} = ${roomIn(carrier, 'gre')}. The interfaces here have an MTU of ${mtu}.`,
      `Look at it: \`ip -d link show type gre\`, \`ip route\`, and on the underlay \`sudo tcpdump -ni any proto gre\` while you ping. Ends: ${ends.map((end) => end.node.name).join(', ')}.`,
      'Docker 28.2 and later has a second gate: a rule in the raw table drops packets that are routed to a container\'s address from outside. labgen-firewall.sh asks the installed dockerd, and opens that gate too where it is there.',
    ],
  };
}
