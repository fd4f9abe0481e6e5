/** The swarm as values: members, networks, services, and what they need of the nodes. */
import type { Ground } from '../../model/ground.js';
import { formatSubnet, overlap, parseCidr, type Subnet } from '../../model/ipv4.js';
import type { DockerNetwork, KernelModule, Node, OverlayNetwork, Swarm, SwarmMember, SwarmService } from '../../model/lab.js';
import { isTree, listOf, type Tree } from '../../model/merge.js';
import type { Contributions, SoFar } from '../feature.js';
import { parsePort } from '../containers/ports.js';
import { handoutOf } from './handout.js';
import { attachmentTo, sharedNetwork } from '../members.js';
import { carrierOf, membersOf, namedIn, nodesIn, swarmSource } from './sources.js';

export function resolveSwarm(ground: Ground, soFar: SoFar): Contributions {
  const source = swarmSource(ground.source);
  // Another stage has a swarm: its nodes have to leave it again.
  if (!source) return ground.blocks.includes('swarm') ? { swarms: [{ members: [], addressPool: '', networks: [], services: [] }] } : {};
  const networks = namedIn(source, 'networks').map(({ name, value }) => makeNetwork(name, value, carrierOf(ground, source)?.mtu));
  const swarm: Swarm = {
    members: resolveMembers(ground, source),
    addressPool: poolOf(ground, source, networks),
    networks,
    services: namedIn(source, 'services').map(({ name, value }) => makeService(name, value)),
  };
  const nodes = swarm.members.map((member) => member.node);
  // A container of the lab on an overlay network is held by its node like any other.
  const dockerNetworks = soFar.containers.flatMap((container): DockerNetwork[] => {
    const network = networks.find((each) => each.name === container.network);
    return network ? [{ name: network.name, node: container.node, driver: 'overlay', subnet: network.subnet, gateway: undefined, internal: false, options: [] }] : [];
  });
  return {
    swarms: [swarm],
    dockerNetworks: [...new Map(dockerNetworks.map((each) => [`${each.name} ${each.node}`, each])).values()],
    modules: nodes.flatMap((node) => modulesOf(swarm, node)),
    imageUses: nodes.flatMap((node) => swarm.services.map((service) => ({ node, image: service.image }))),
    handout: handoutOf(swarm),
  };
}

function resolveMembers(ground: Ground, source: Tree): SwarmMember[] {
  const all = membersOf(ground, source);
  const network = sharedNetwork(ground, all);
  const [managers, drained] = [nodesIn(ground, source, 'managers'), nodesIn(ground, source, 'drained')];
  return all.map((node: Node) => ({
    node: node.name,
    address: attachmentTo(node, network)?.address ?? '',
    role: managers.includes(node) ? 'manager' : 'worker',
    availability: drained.includes(node) ? 'drain' : 'active',
  }));
}

/** `between`: the MTU the lab gives to the network between the nodes. */
function makeNetwork(name: string, value: Tree, between: number | undefined): OverlayNetwork {
  const subnet = parseCidr(String(value['subnet'] ?? ''))?.subnet;
  return { name, subnet: subnet && formatSubnet(subnet), attachable: value['attachable'] === true, encrypted: value['encrypted'] === true, mtu: typeof value['mtu'] === 'number' ? value['mtu'] : between };
}

function makeService(name: string, value: Tree): SwarmService {
  const command = value['command'];
  return {
    name,
    image: String(value['image'] ?? 'toolbox'),
    command: Array.isArray(command) ? command.map(String) : command === undefined || command === null ? undefined : ['sh', '-c', String(command)],
    replicas: typeof value['replicas'] === 'number' ? value['replicas'] : 1,
    publish: listOf(value['publish']).flatMap((text) => {
      const port = parsePort(String(text));
      return port?.hostPort === undefined ? [] : [{ hostPort: port.hostPort, containerPort: port.containerPort, protocol: port.protocol }];
    }),
    networks: listOf(value['networks']).map(String),
    env: Object.entries(isTree(value['env']) ? value['env'] : {}).map(([key, each]) => ({ name: key, value: String(each) })),
    constraints: listOf(value['constraints']).map((each) => String(each).replaceAll(' ', '')),
    endpoint: value['endpoint'] === 'dnsrr' ? 'dnsrr' : 'vip',
  };
}

/** Docker's own pool for overlays is 10.0.0.0/8, where labs, VirtualBox and other features live. */
function poolOf(ground: Ground, source: Tree, networks: readonly OverlayNetwork[]): string {
  const given = parseCidr(String(source['addressPool'] ?? ''))?.subnet;
  if (given) return formatSubnet(given);
  const own = Object.values(isTree(ground.source['dockerNetworks']) ? ground.source['dockerNetworks'] : {}).map((each) => (isTree(each) ? String(each['subnet'] ?? '') : ''));
  const taken = [...ground.networks, ...networks].map((each) => each.subnet ?? '').concat(own).flatMap((cidr): Subnet[] => {
    const subnet = parseCidr(cidr)?.subnet;
    return subnet ? [subnet] : [];
  });
  return Array.from({ length: 34 }, (_, index) => `10.${221 + index}.0.0/16`).find((cidr) => !taken.some((each) => overlap(each, parseCidr(cidr)?.subnet as Subnet))) ?? '10.221.0.0/16';
}

function modulesOf(swarm: Swarm, node: string): KernelModule[] {
  const balanced = swarm.services.some((service) => service.endpoint === 'vip' || service.publish.length > 0);
  return [
    { node, name: 'vxlan', why: 'overlay networks of the swarm are VXLAN between the nodes' },
    ...(balanced ? [{ node, name: 'ip_vs', why: "the kernel spreads a service's connections over its tasks" }] : []),
    ...(swarm.networks.some((network) => network.encrypted) ? [{ node, name: 'esp4', why: 'an overlay network is encrypted' }] : []),
  ];
}
