/** What makes a bridge impossible. */
import { givenContainerNetwork, ownBridge } from '../../model/container-networks.js';
import { formatSubnet, overlap, parseCidr, sizeOf } from '../../model/ipv4.js';
import { addTo } from '../../model/lists-by-key.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { interfacesHint, isNamedByOthers, nodeInterfaces, type NodeInterfaces } from '../node-interfaces.js';
import { takenInterfaces } from '../taken-interfaces.js';
import { kindFacts, tunnelInterfaces } from '../tunnels/ends.js';
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

export function namesAreFree(context: RuleContext): void {
  const system = takenInterfaces(context.ground);
  const taken = tunnelInterfaces(context.ground, (tunnel) => context.isSound(['tunnels', tunnel.name]));
  for (const { spot, path } of spots(context)) {
    const key = `${spot.node.name} ${spot.bridge}`;
    const owner = system(spot.node).get(spot.bridge) ?? taken.get(key);
    if (owner === 'this bridge') context.error('LG120', path, `"${spot.bridge}" is on ${spot.node.name} twice`, 'Name each node once.');
    else if (owner !== undefined) context.error('LG061', ['bridges', spot.bridge], `the interface "${spot.bridge}" on ${spot.node.name} is taken by ${owner}`, 'Choose another name.');
    taken.set(key, 'this bridge');
  }
}

export function addressesFit(context: RuleContext): void {
  const onNode = new Map<string, { spot: Spot; subnet: { base: number; prefix: number } }[]>();
  const onBridge = new Map<string, Spot[]>();
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
    const other = onNode.get(spot.node.name)?.find((each) => overlap(each.subnet, subnet));
    const same = onBridge.get(`${spot.bridge} ${spot.address ?? ''}`)?.find((each) => each.said.length > 0);
    // A bridge with ports may lead into a network between nodes; its address lies there then.
    if (network && spot.ports.length === 0) context.error('LG031', at, `${spot.address} overlaps the network "${network.name}" (${network.subnet})`, 'A node needs one way to each address; choose another network for the bridge.');
    else if (other) context.error('LG031', at, `${spot.address} overlaps ${other.spot.address ?? ''} of the bridge "${other.spot.bridge}"`, 'A node needs one way to each address; give each bridge a network of its own.');
    else if (same && spot.said.length > 0) context.error('LG033', at, `${spot.address} is already the address of "${same.node.name}" on this bridge`, 'Give each node an address of its own.');
    else clashWithDocker(context, spot, subnet, at);
    addTo(onNode, spot.node.name, { spot, subnet });
    addTo(onBridge, `${spot.bridge} ${spot.address ?? ''}`, spot);
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
  const packets = tunnelInterfaces(context.ground, (tunnel) => !kindFacts(tunnel).frames);
  const known = nodeInterfaces(context.ground);
  const isWhole = ['nodes', 'groups', 'networks', 'tunnels'].every((block) => context.isSound([block]));
  const owners = new Map<string, string>();
  for (const { spot, path } of all) {
    const at = placeOf(spot, path, 'ports');
    spot.ports.forEach((port, index) => {
      const key = `${spot.node.name} ${port}`;
      const owner = owners.get(key);
      const what = port === 'lo' ? 'the loopback interface' : port === 'eth0' ? 'the way Vagrant comes in' : MADE_BY_OTHERS.includes(port) || all.some((each) => each.spot.node === spot.node && each.spot.bridge === port) ? 'a bridge itself' : packets.has(key) ? 'a tunnel that carries packets, not frames' : undefined;
      if (what !== undefined) context.error('LG120', [...at, index], `"${port}" cannot be a port of "${spot.bridge}": it is ${what}`, 'A port is an interface that carries Ethernet frames and is not used otherwise, such as eth2.');
      else if (isWhole && !known(spot.node).names.has(port)) noPort(context, spot, port, [...at, index], known(spot.node));
      else if (owner !== undefined && owner !== spot.bridge) context.error('LG120', [...at, index], `"${port}" on ${spot.node.name} is already a port of "${owner}"`, 'An interface can be a port of one bridge.');
      owners.set(key, spot.bridge);
    });
  }
}

/** The network script of the node ends at a port that is not there. */
function noPort(context: RuleContext, { bridge, node }: Spot, port: string, path: Path, known: NodeInterfaces): void {
  if (isNamedByOthers(port)) context.warning('LG120', path, `nothing in the lab tells whether "${node.name}" has an interface "${port}" for "${bridge}"`, interfacesHint(known));
  else context.error('LG120', path, `"${port}" cannot be a port of "${bridge}": "${node.name}" has no such interface`, interfacesHint(known));
}

/** Bridges that programs make. */
const MADE_BY_OTHERS: readonly string[] = ['docker0', 'docker_gwbridge', 'weave'];
