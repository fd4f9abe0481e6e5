/** What makes a bridge impossible. */
import { givenContainerNetwork, ownBridge } from '../../model/container-networks.js';
import { formatSubnet, overlap, parseCidr, sizeOf } from '../../model/ipv4.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { interfaceTo, resolveEnds, tunnelSources } from '../tunnels/ends.js';
import { bridgeSources, spotsOf, writtenNodes, type Spot } from './spots.js';

function spots(context: RuleContext): readonly { readonly spot: Spot; readonly path: Path }[] {
  return spotsOf(context.ground).map((spot) => ({ spot, path: ['bridges', spot.bridge, ...spot.said] })).filter(({ spot }) => context.isSound(['bridges', spot.bridge]));
}

/** Where a key of a spot is written: for this node alone, or for all. */
function placeOf(spot: Spot, path: Path, key: string): Path {
  return spot.said.length > 0 && spot.value[key] !== undefined ? ['bridges', spot.bridge, key] : [...path, key];
}

export function nodesExist(context: RuleContext): void {
  const { names } = context.ground;
  for (const { name, value } of bridgeSources(context.source)) {
    const path: Path = ['bridges', name];
    if (!context.isSound(path)) continue;
    const written = writtenNodes(context.ground, value);
    if (value['node'] !== undefined && value['nodes'] !== undefined) context.error('LG016', path, '"node" and "nodes" exclude each other', '"node" is for one node or group, "nodes" for several, each with an address of its own.');
    else if (!written) context.error('LG011', [...path, 'node'], `"${name}" does not say which node it is on`, context.nearest('', names, 'node'));
    for (const each of written ?? []) {
      if (!context.ground.members(each.name)) context.error('LG040', [...path, ...(each.said.length > 0 ? each.said : ['node'])], `there is no node "${each.name}"`, context.nearest(each.name, names, 'node'));
    }
  }
}

/** Interfaces that are there without the lab saying so. */
const SYSTEM = ['lo', 'all', 'default', 'eth0', 'eth1', 'gre0', 'gretap0', 'erspan0', 'ovs-system'];

export function namesAreFree(context: RuleContext): void {
  const taken = new Map<string, string>();
  for (const node of context.ground.nodes) {
    for (const name of SYSTEM) taken.set(`${node.name} ${name}`, 'the system');
    if (node.docker) taken.set(`${node.name} docker0`, 'Docker');
  }
  tunnelSources(context.source).forEach((tunnel, index) => {
    if (!context.isSound(['tunnels', tunnel.name])) return;
    const ends = resolveEnds(context.ground, tunnel, index);
    for (const end of ends) for (const peer of ends) if (peer !== end) taken.set(`${end.node.name} ${interfaceTo(end, peer, ends, index)}`, `the tunnel "${tunnel.name}"`);
  });
  for (const { spot, path } of spots(context)) {
    const key = `${spot.node.name} ${spot.bridge}`;
    const owner = taken.get(key);
    if (owner === 'this bridge') context.error('LG120', path, `"${spot.bridge}" is on ${spot.node.name} twice`, 'Name each node once.');
    else if (owner !== undefined) context.error('LG061', ['bridges', spot.bridge], `the interface "${spot.bridge}" on ${spot.node.name} is taken by ${owner}`, 'Choose another name.');
    taken.set(key, 'this bridge');
  }
}

export function addressesFit(context: RuleContext): void {
  const seen: { spot: Spot; subnet: { base: number; prefix: number } }[] = [];
  for (const { spot, path } of spots(context)) {
    const parsed = parseCidr(spot.address ?? '');
    if (!parsed) continue;
    const at = placeOf(spot, path, 'address');
    const { address, subnet } = parsed;
    const offset = address - subnet.base;
    if (subnet.prefix > 30 || offset === 0 || offset === sizeOf(subnet.prefix) - 1) {
      context.error('LG032', at, `${spot.address} is not a host address with room for others`, 'Give the address of the node on the bridge with the prefix of its network, such as 10.0.0.1/24.');
      continue;
    }
    const network = context.ground.networks.find((each) => overlap(parseCidr(each.subnet)?.subnet ?? subnet, subnet));
    const other = seen.find((each) => each.spot.node === spot.node && overlap(each.subnet, subnet));
    const same = seen.find((each) => each.spot.bridge === spot.bridge && each.spot.said.length > 0 && each.spot.address === spot.address);
    // A bridge with ports may lead into a network between nodes; its address lies there then.
    if (network && spot.ports.length === 0) context.error('LG031', at, `${spot.address} overlaps the network "${network.name}" (${network.subnet})`, 'A node needs one way to each address; choose another network for the bridge.');
    else if (other) context.error('LG031', at, `${spot.address} overlaps ${other.spot.address ?? ''} of the bridge "${other.spot.bridge}"`, 'A node needs one way to each address; give each bridge a network of its own.');
    else if (same && spot.said.length > 0) context.error('LG033', at, `${spot.address} is already the address of "${same.spot.node.name}" on this bridge`, 'Give each node an address of its own.');
    else clashWithDocker(context, spot, subnet, at);
    seen.push({ spot, subnet });
  }
}

function clashWithDocker(context: RuleContext, spot: Spot, subnet: { base: number; prefix: number }, at: Path): void {
  if (ownBridge(context.ground, spot.node.name) === spot.bridge) return;
  const network = spot.node.docker ? givenContainerNetwork(context.ground, spot.node.name) : undefined;
  const docker = parseCidr(network?.subnet ?? '')?.subnet;
  if (docker && overlap(docker, subnet)) context.error('LG031', at, `${spot.address ?? ''} overlaps ${formatSubnet(docker)} of Docker's bridge on ${spot.node.name}`, 'Give each bridge a network of its own.');
}

export function portsFit(context: RuleContext): void {
  const all = spots(context);
  const owners = new Map<string, string>();
  for (const { spot, path } of all) {
    const at = placeOf(spot, path, 'ports');
    spot.ports.forEach((port, index) => {
      const key = `${spot.node.name} ${port}`;
      const owner = owners.get(key);
      const what = port === 'lo' ? 'the loopback interface' : port === 'eth0' ? 'the way Vagrant comes in' : all.some((each) => each.spot.node === spot.node && each.spot.bridge === port) ? 'a bridge itself' : isTunnel(context, spot, port) ? 'a tunnel that carries packets, not frames' : undefined;
      if (what !== undefined) context.error('LG120', [...at, index], `"${port}" cannot be a port of "${spot.bridge}": it is ${what}`, 'A port is an interface that carries Ethernet frames and is not used otherwise, such as eth2.');
      else if (owner !== undefined && owner !== spot.bridge) context.error('LG120', [...at, index], `"${port}" on ${spot.node.name} is already a port of "${owner}"`, 'An interface can be a port of one bridge.');
      owners.set(key, spot.bridge);
    });
  }
}

function isTunnel(context: RuleContext, spot: Spot, port: string): boolean {
  return tunnelSources(context.source).some((tunnel, index) => {
    const ends = resolveEnds(context.ground, tunnel, index);
    return ends.some((end) => end.node === spot.node && ends.some((peer) => peer !== end && interfaceTo(end, peer, ends, index) === port));
  });
}
