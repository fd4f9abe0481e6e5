/** Tunnels as values: links, routes, forwarding rules, the MTU left for containers. */
import { computedContainerNetwork, givenContainerNetwork } from '../../model/container-networks.js';
import { containerNetwork6 } from '../../model/container-networks6.js';
import { holds, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { contains, parseAddress, parseCidr } from '../../model/ipv4.js';
import type { ContainerNetwork, DaemonFlag, HandoutPart, KernelModule, Link, Package, Route } from '../../model/lab.js';
import { givenContainerMtu } from '../../model/container-mtu.js';
import { headerOf, mtuOf, overheadOf, roomIn, type Carrier } from '../../model/mtu.js';
import type { Rule } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { bridgePorts, interfaceTo, kindFacts, kindOf, networkId, outerFamily, pairNumber, pairsOf, resolveEnds, tunnelSources, udpPort, type End, type TunnelSource } from './ends.js';
import { carriedMtus, carrierOf, tunnelMtu } from './mtu.js';

export function resolveTunnels(ground: Ground): Contributions {
  const links: Link[] = [];
  const routes: Route[] = [];
  const rules: Rule[] = [];
  const modules: KernelModule[] = [];
  const packages: Package[] = [];
  const handout: HandoutPart[] = [];
  const networks = new Map<string, ContainerNetwork>();
  const ports = bridgePorts(ground);
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
    const kind = kindFacts(tunnel);
    for (const { node } of ends) {
      modules.push({ node: node.name, name: kind.module[outerFamily(tunnel)], why: `the tunnel "${tunnel.name}" is ${kind.title}` });
      if (kind.package !== undefined) packages.push({ node: node.name, name: kind.package });
    }
    for (const [end, peer] of pairsOf(ends)) {
      const name = interfaceTo(end, peer, ends, index);
      const plugged = ports.has(`${end.node.name} ${name}`);
      links.push(linkTo(tunnel, index, { end, peer, name, plugged, number: pairNumber(ends, end, peer) }, mtu));
      if (plugged) continue;
      const [own6, far6] = carries && end.inner6 !== undefined ? [end, peer].map((each) => containerNetwork6(ground, each.node.name)?.subnet) : [];
      routes.push(...routesTo(end, peer, name, carries ? networks.get(peer.node.name) : undefined, far6, kind.frames));
      const [own, far] = [networks.get(end.node.name), networks.get(peer.node.name)];
      if (carries && own && far) rules.push(...carryRules(tunnel, end, name, own.subnet, far.subnet, 4));
      if (own6 !== undefined && far6 !== undefined) rules.push(...carryRules(tunnel, end, name, own6, far6, 6));
    }
    handout.push(handoutPart(tunnel, ends, mtu, carrierOf(ground, tunnel), links.at(-1)?.type ?? '', udpPort(tunnel, index, 0) ?? 0));
  });
  const daemonFlags = [...carriedMtus(ground)].flatMap(([node, mtu]): DaemonFlag[] =>
    givenContainerMtu(ground, node) === undefined && ground.node(node)?.docker ? [{ node, name: 'mtu', value: String(mtu) }] : [],
  );
  return { links, routes, rules, modules, packages, handout, daemonFlags, containerNetworks: [...networks.values()] };
}

interface Pair {
  readonly end: End;
  readonly peer: End;
  /** The interface of `end`. */
  readonly name: string;
  /** The same from both sides. */
  readonly number: number;
  /** Whether the interface is a port of a bridge. */
  readonly plugged: boolean;
}

/** `index`: the tunnel's position in the lab. */
function linkTo(tunnel: TunnelSource, index: number, { end, peer, name, number, plugged }: Pair, mtu: number): Link {
  const ttl = tunnel.value['ttl'];
  const kind = kindFacts(tunnel);
  const family = outerFamily(tunnel);
  const port = udpPort(tunnel, index, number);
  return {
    node: end.node.name,
    name,
    ...kind.link(family, { local: end.outer, remote: peer.outer, ttl: String(typeof ttl === 'number' ? ttl : 255), id: networkId(tunnel, index, number), port: port ?? 0 }),
    mtu,
    addresses: plugged ? [] : [end.innerCidr, ...(end.innerCidr6 === undefined ? [] : [end.innerCidr6])],
    peer: peer.node.name,
    wraps: { kind: kindOf(tunnel), family, remote: peer.outer, ...(port !== undefined && { port }) },
    why: `${kind.title} tunnel "${tunnel.name}" to ${peer.node.name}`,
  };
}

/** `frames`: who has an address is asked by ARP, which only its owner answers: what is behind the far end needs it as a gateway. */
function routesTo(end: End, peer: End, dev: string, network: ContainerNetwork | undefined, network6: string | undefined, frames: boolean): Route[] {
  const common = { node: end.node.name, dev, source: undefined };
  const containers = (to: string, via: string | undefined): Route => ({ ...common, to, via: frames ? via : undefined, why: `containers on ${peer.node.name}` });
  // The far end's own address has to be reachable too: masqueraded packets and the node's own come from it.
  const itself = (to: string): Route => ({ ...common, to, via: undefined, why: `the far end on ${peer.node.name}` });
  const far = network ? parseCidr(network.subnet)?.subnet : undefined;
  const four = [
    ...(network ? [containers(network.subnet, peer.inner)] : []),
    ...(frames || !far || !contains(far, parseAddress(peer.inner) as number) ? [itself(`${peer.inner}/32`)] : []),
  ];
  const six = peer.inner6 === undefined ? [] : [
    ...(network6 === undefined ? [] : [containers(network6, peer.inner6)]),
    ...(frames || !holds(network6 ?? '', peer.inner6) ? [itself(`${peer.inner6}/128`)] : []),
  ];
  // A gateway has to be reachable before a route can lead to it.
  return (frames ? [four.reverse(), six.reverse()] : [four, six]).flat();
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

function handoutPart(tunnel: TunnelSource, ends: readonly End[], mtu: number, carrier: Carrier | undefined, type: string, port: number): HandoutPart {
  const family = outerFamily(tunnel);
  const [kind, facts] = [kindOf(tunnel), kindFacts(tunnel)];
  const [headers, outer] = [overheadOf(kind, family), headerOf(family)];
  const both = facts.port?.each === true && ends.length > 2 ? `${port} and up` : String(port);
  return {
    title: `The tunnel ${tunnel.name}`,
    lines: [
      `${facts.title} wraps each packet in an IPv${family} header (${outer} bytes) and ${facts.header}: ${mtuOf(carrier)} - ${headers} = ${roomIn(carrier, kind, family)}. The interfaces here have an MTU of ${mtu}.`,
      `Look at it: \`ip -d link show type ${type}\`, \`ip route\`${ends.some((end) => end.inner6 !== undefined) ? ', `ip -6 route`' : ''}${kind === 'wireguard' ? ', `sudo wg show`' : facts.frames ? ', `ip neigh`' : ''}, and on the underlay \`sudo tcpdump -ni any ${facts.filter(family, port)}\` while you ping. Ends: ${ends.map((end) => end.node.name).join(', ')}.`,
      ...(facts.port ? [`It is UDP, port ${both}: a packet filter on the way has to let that through.`] : []),
      ...(kind === 'wireguard' ? ['Each node has made a key pair of its own. The private one never leaves it (`/var/lib/labgen/wireguard.key`, for root only); the play brings each node the public ones of its peers.'] : []),
      ...(tunnel.value['carries'] === 'docker' ? ['Docker 28.2 and later has a second gate: a rule in the raw table drops packets that are routed to a container\'s address from outside. labgen-firewall.sh asks the installed dockerd, and opens that gate too where it is there.'] : []),
    ],
  };
}
