/** The largest packet that gets from one end to the other, as far as a lab says how it travels. */
import type { Container, DockerNetwork, Lab } from '../../model/lab.js';
import { parseAddress } from '../../model/ipv4.js';
import { ETHERNET_MTU, overlayRoom } from '../../model/mtu.js';
import { isOwn, onward, type Hop } from './onward.js';

/** More hops than a lab's packets take; routes may lead in a circle. */
const HOPS = 16;

/** Where a packet is on its way, and what it had to fit through. */
interface Walk {
  readonly node: string;
  readonly hops: readonly Hop[];
}

/** Where it is going: an address, and the container behind it on that node, if it is one of Docker's. */
interface Target {
  /** Undefined where it is known only when the lab runs. */
  readonly address: number | undefined;
  readonly node: string | undefined;
  readonly last: Hop | undefined;
}

/** The narrowest hop from one to the other; undefined where the lab alone does not tell the way. */
export function narrowestHop(lab: Lab, from: string, to: string): Hop | undefined {
  const [one, other] = [containerOf(lab, from), containerOf(lab, to)];
  if (from === to || [one, other].some((each) => each && isPluggedIn(lab, each))) return undefined;
  const overlay = one && other && one.network === other.network ? overlayHop(lab, one.network) : undefined;
  if (overlay) return overlay;
  const start = startOf(lab, from, one);
  const target = start && targetOf(lab, start.node, to, other);
  const hops = start && target && walk(lab, start, target);
  if (!hops || hops.length === 0) return undefined;
  // Among equals the tunnel says more than the interface that was given its MTU.
  return hops.reduce((least, hop) => (hop.mtu < least.mtu || (hop.mtu === least.mtu && least.next === undefined && hop.next !== undefined) ? hop : least));
}

/** The largest packet that any interface the lab knows of would send. */
export function widestMtu(lab: Lab): number {
  return [...lab.networks, ...lab.links].reduce((most, { mtu = ETHERNET_MTU }) => Math.max(most, mtu), lab.daemonFlags.reduce((most, flag) => (flag.name === 'mtu' ? Math.max(most, Number(flag.value)) : most), ETHERNET_MTU));
}

function walk(lab: Lab, start: Walk, target: Target): readonly Hop[] | undefined {
  const hops = [...start.hops];
  let node = start.node;
  for (let count = 0; count < HOPS; count++) {
    if (node === target.node || (target.address !== undefined && isOwn(lab, node, target.address))) return target.last ? [...hops, target.last] : hops;
    const hop = target.address === undefined ? flannelHop(lab, node, target.node) : onward(lab, node, target.address);
    if (hop?.next === undefined) return undefined;
    hops.push(hop);
    node = hop.next;
  }
  return undefined;
}

function startOf(lab: Lab, from: string, container: Container | undefined): Walk | undefined {
  if (!container) return lab.nodes.some((node) => node.name === from) ? { node: from, hops: [] } : undefined;
  if (container.network === 'host') return { node: container.node, hops: [] };
  const own = ownHop(lab, container);
  return own && { node: container.node, hops: [own] };
}

function targetOf(lab: Lab, viewer: string, to: string, container: Container | undefined): Target | undefined {
  if (!container || container.network === 'host') {
    const address = parseAddress(to) ?? parseAddress(nodeAddress(lab, container?.node ?? to, viewer) ?? '');
    const owner = container?.node ?? lab.nodes.find((node) => node.name === to)?.name;
    return address === undefined ? undefined : { address, node: owner, last: undefined };
  }
  const last = ownHop(lab, container);
  if (!last) return undefined;
  const network = container.network === 'bridge' ? lab.containerNetworks.find((each) => each.node === container.node)?.bip : undefined;
  return { address: parseAddress(network?.split('/')[0] ?? ''), node: container.node, last };
}

/** flannel leases networks when it runs; its members know where they are. */
function flannelHop(lab: Lab, node: string, owner: string | undefined): Hop | undefined {
  const [own, far] = [node, owner].map((name) => lab.flannelNodes.find((each) => each.on && each.node === name));
  return own && far && { mtu: own.mtu, what: `flannel on ${node}`, next: far.node };
}

/** A container's own interface on a network of its node's Docker. */
function ownHop(lab: Lab, container: Container): Hop | undefined {
  const on = (network: DockerNetwork): boolean => network.name === container.network && network.node === container.node && network.driver === 'bridge';
  if (container.network === 'bridge') {
    const leased = lab.flannelNodes.find((each) => each.node === container.node && each.on)?.mtu;
    const flag = lab.daemonFlags.find((each) => each.node === container.node && each.name === 'mtu');
    return { mtu: leased ?? Number(flag?.value ?? ETHERNET_MTU), what: `the interface of ${container.name}` };
  }
  const network = lab.dockerNetworks.find(on);
  const option = network?.options.findLast((each) => each.name === 'com.docker.network.driver.mtu');
  return network && { mtu: Number(option?.value ?? ETHERNET_MTU), what: `the interface of ${container.name}` };
}

function overlayHop(lab: Lab, name: string): Hop | undefined {
  const network = lab.swarms.flatMap((swarm) => swarm.networks).find((each) => each.name === name);
  return network && { mtu: overlayRoom(network.mtu ?? ETHERNET_MTU, network.encrypted), what: `the overlay network ${name}` };
}

function containerOf(lab: Lab, name: string): Container | undefined {
  return lab.containers.find((container) => container.name === name);
}

/** It has interfaces that Docker knows nothing of, or shares another's: which one is taken is not said in one place. */
function isPluggedIn(lab: Lab, { name, network }: Container): boolean {
  return network.startsWith('container:') || lab.pipework.some((pipe) => pipe.container === name) || lab.weaveRouters.some((router) => router.attached.some((each) => each.container === name));
}

/** As verify asks for it: in a network both are on, else in the node's first. */
function nodeAddress(lab: Lab, name: string, viewer: string): string | undefined {
  const find = (node: string) => lab.nodes.find((each) => each.name === node)?.attachments ?? [];
  const [own, theirs] = [find(name), find(viewer)];
  return (own.find((one) => theirs.some((other) => other.network === one.network)) ?? own[0])?.address;
}
