/** Tunnels as values: links, routes, forwarding rules, the MTU left for containers. */
import { computedContainerNetwork, givenContainerNetwork } from '../../model/container-networks.js';
import { containerNetwork6 } from '../../model/container-networks6.js';
import { holds, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { contains, parseAddress, parseCidr } from '../../model/ipv4.js';
import type { ContainerNetwork, DaemonFlag, HandoutPart, KernelModule, Link, Route } from '../../model/lab.js';
import { givenContainerMtu } from '../../model/container-mtu.js';
import { headerOf, mtuOf, overheadOf, roomIn, type Carrier } from '../../model/mtu.js';
import type { Rule } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { interfaceTo, outerFamily, pairsOf, resolveEnds, tunnelSources, type End, type TunnelSource } from './ends.js';
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
    for (const end of ends) modules.push({ node: end.node.name, name: outerFamily(tunnel) === 6 ? 'ip6_gre' : 'ip_gre', why: `the tunnel "${tunnel.name}" is GRE` });
    for (const [end, peer] of pairsOf(ends)) {
      const name = interfaceTo(end, peer, ends, index);
      links.push(linkTo(tunnel, end, peer, name, mtu));
      const [own6, far6] = carries ? [end, peer].map((each) => containerNetwork6(ground, each.node.name)?.subnet) : [];
      routes.push(...routesTo(end, peer, name, carries ? networks.get(peer.node.name) : undefined, far6));
      const [own, far] = [networks.get(end.node.name), networks.get(peer.node.name)];
      if (carries && own && far) rules.push(...carryRules(tunnel, end, name, own.subnet, far.subnet, 4));
      if (own6 !== undefined && far6 !== undefined) rules.push(...carryRules(tunnel, end, name, own6, far6, 6));
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
  const hops = String(typeof ttl === 'number' ? ttl : 255);
  return {
    node: end.node.name,
    name,
    // Without "encaplimit none" the kernel puts eight more bytes between the headers.
    ...(outerFamily(tunnel) === 6
      ? { type: 'ip6gre', options: ['local', end.outer, 'remote', peer.outer, 'hoplimit', hops, 'encaplimit', 'none'] }
      : { type: 'gre', options: ['local', end.outer, 'remote', peer.outer, 'ttl', hops] }),
    mtu,
    addresses: [end.innerCidr, ...(end.innerCidr6 === undefined ? [] : [end.innerCidr6])],
    peer: peer.node.name,
    why: `GRE tunnel "${tunnel.name}" to ${peer.node.name}`,
  };
}

function routesTo(end: End, peer: End, dev: string, network: ContainerNetwork | undefined, network6: string | undefined): Route[] {
  const routes: Route[] = [];
  const common = { node: end.node.name, via: undefined, dev, source: undefined };
  const far = network ? parseCidr(network.subnet)?.subnet : undefined;
  if (network) routes.push({ ...common, to: network.subnet, why: `containers on ${peer.node.name}` });
  // The far end's own address has to be reachable too: masqueraded packets and the node's own come from it.
  if (!far || !contains(far, parseAddress(peer.inner) as number)) routes.push({ ...common, to: `${peer.inner}/32`, why: `the far end on ${peer.node.name}` });
  if (network6 !== undefined) routes.push({ ...common, to: network6, why: `containers on ${peer.node.name}` });
  if (peer.inner6 !== undefined && !holds(network6 ?? '', peer.inner6)) routes.push({ ...common, to: `${peer.inner6}/128`, why: `the far end on ${peer.node.name}` });
  return routes;
}

function carryRules(tunnel: TunnelSource, end: End, dev: string, own: string, far: string, family: Family): Rule[] {
  const node = end.node.name;
  const bridge = end.node.dockerBridge ?? 'docker0';
  const rules: Rule[] = [];
  if (tunnel.value['forward'] !== false) {
    rules.push(
      { node, table: 'filter', hook: 'forward', match: { source: far, destination: own, in: dev, out: bridge }, action: { kind: 'accept' }, condition: undefined, why: `let what arrives through ${dev} reach the containers` },
      { node, table: 'raw', hook: 'prerouting', match: { source: far, destination: own, in: dev }, action: { kind: 'accept' }, condition: 'direct-routing-filter', why: 'Docker 28.2 and later drops packets routed to a container before any other table sees them' },
    );
  }
  if (tunnel.value['masquerade'] !== true) {
    rules.push({ node, table: 'nat', hook: 'postrouting', match: { source: own, destination: far, out: dev }, action: { kind: 'accept' }, condition: undefined, why: "keep the container's own address; Docker would masquerade it" });
  }
  return rules.map((rule) => ({ ...rule, ...(family === 6 && { family }) }));
}

function handoutPart(tunnel: TunnelSource, ends: readonly End[], mtu: number, carrier: Carrier | undefined): HandoutPart {
  const family = outerFamily(tunnel);
  const [headers, outer] = [overheadOf('gre', family), headerOf(family)];
  return {
    title: `The tunnel ${tunnel.name}`,
    lines: [
      `GRE wraps each packet in an IPv${family} header (${outer} bytes) and a GRE header (${headers - outer} bytes): ${mtuOf(carrier)} - ${headers} = ${roomIn(carrier, 'gre', family)}. The interfaces here have an MTU of ${mtu}.`,
      `Look at it: \`ip -d link show type ${family === 6 ? 'ip6gre' : 'gre'}\`, \`ip route\`${ends.some((end) => end.inner6 !== undefined) ? ', `ip -6 route`' : ''}, and on the underlay \`sudo tcpdump -ni any ${family === 6 ? 'ip6 proto gre' : 'proto gre'}\` while you ping. Ends: ${ends.map((end) => end.node.name).join(', ')}.`,
      'Docker 28.2 and later has a second gate: a rule in the raw table drops packets that are routed to a container\'s address from outside. labgen-firewall.sh asks the installed dockerd, and opens that gate too where it is there.',
    ],
  };
}
