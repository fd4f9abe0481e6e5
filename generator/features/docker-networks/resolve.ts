/** User-defined networks as values, one for each node; and address pools that keep Docker off the lab's networks. */
import { narrowNetwork } from '../../model/container-mtu.js';
import { canonical, networkOf } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { formatSubnet, overlap, parseCidr, type Subnet } from '../../model/ipv4.js';
import type { Container, DaemonFlag, DockerNetwork } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import { filter6 } from '../docker/filter6.js';
import type { Contributions, SoFar } from '../feature.js';

export function networkSources(source: Tree): readonly { readonly name: string; readonly value: Tree }[] {
  const block = isTree(source['dockerNetworks']) ? source['dockerNetworks'] : {};
  return Object.entries(block).map(([name, value]) => ({ name, value: isTree(value) ? value : {} }));
}

/** Undefined where the lab leaves it to who uses the network. */
export function nodesOf(ground: Ground, value: Tree): readonly string[] | undefined {
  if (!Array.isArray(value['nodes'])) return undefined;
  return [...new Set((value['nodes'] as unknown[]).flatMap((name) => (ground.members(String(name)) ?? []).map((node) => node.name)))];
}

export function resolveDockerNetworks(ground: Ground, soFar: SoFar): Contributions {
  const dockerNetworks = networkSources(ground.source).flatMap(({ name, value }) => (nodesOf(ground, value) ?? usersOf(soFar.containers, name)).map((node) => makeNetwork(ground, name, node, value)));
  const pooled = [...new Set(dockerNetworks.filter((network) => network.subnet === undefined).map((network) => network.node))];
  const lines = dockerNetworks.map((each) => `- \`${each.name}\` on ${each.node}: ${each.subnet ?? 'a subnet of Docker\'s choice'}${each.subnet6 === undefined ? '' : ` and ${each.subnet6}`}${each.internal ? ', nothing leads out of it' : ''}`);
  const handout = lines.length === 0 ? [] : [{ title: 'Networks of Docker\'s own', lines: [lines.join('\n')] }];
  return { dockerNetworks, handout, daemonFlags: [...pooled.flatMap((node) => poolFlags(ground, node, dockerNetworks)), ...filterFlags(ground, dockerNetworks)] };
}

function usersOf(containers: readonly Container[], network: string): readonly string[] {
  return [...new Set(containers.filter((each) => each.network === network).map((each) => each.node))];
}

function makeNetwork(ground: Ground, name: string, node: string, value: Tree): DockerNetwork {
  const subnet = parseCidr(String(value['subnet'] ?? ''))?.subnet;
  const subnet6 = networkOf(String(value['subnet6'] ?? ''))?.network;
  const options = Object.entries(isTree(value['options']) ? value['options'] : {}).map(([key, each]) => ({ name: key, value: String(each) }));
  // Nothing leaves an internal one, so nothing on the way is too narrow for it.
  const mtu = value['mtu'] ?? (value['internal'] === true ? undefined : narrowNetwork(ground, node));
  return {
    name, node, driver: 'bridge',
    subnet: subnet && formatSubnet(subnet),
    gateway: typeof value['gateway'] === 'string' ? value['gateway'] : undefined,
    ...(subnet6 !== undefined && { subnet6 }),
    ...(typeof value['gateway6'] === 'string' && { gateway6: canonical(value['gateway6']) }),
    internal: value['internal'] === true,
    options: [...(mtu === undefined ? [] : [{ name: 'com.docker.network.driver.mtu', value: String(mtu) }]), ...options],
  };
}

/** Nodes whose default bridge has no IPv6, but another network has: there dockerd's rules for it were not asked for yet. */
function filterFlags(ground: Ground, networks: readonly DockerNetwork[]): readonly DaemonFlag[] {
  const nodes = [...new Set(networks.filter((network) => network.subnet6 !== undefined).map((network) => network.node))];
  return nodes.flatMap((node) => {
    const docker = ground.nodeSource(node)['docker'];
    const settings = isTree(docker) ? docker : {};
    if (settings['ipv6'] === true) return [];
    return Object.entries(filter6(settings, true)).filter(([key]) => settings[key] === undefined && (key !== 'experimental' || settings['ip6tables'] === undefined)).map(([name, value]) => ({ node, name, value: String(value) }));
  });
}

/** docker0 takes its network from the first pool that is free, so its usual one stands first. */
const DEFAULT_BRIDGE_POOL = 'base=172.17.0.0/16,size=16';

/** Docker's own pools reach into 192.168.48.0/20, where the labs' networks are. */
function poolFlags(ground: Ground, node: string, networks: readonly DockerNetwork[]): readonly DaemonFlag[] {
  const docker = ground.nodeSource(node)['docker'];
  if (isTree(docker) && docker['defaultAddressPools'] !== undefined) return [];
  const taken = [...ground.networks.map((each) => each.subnet), ...networks.map((each) => each.subnet), ...ground.nodes.map((each) => bipOf(ground, each.name))].flatMap((cidr): Subnet[] => {
    const subnet = parseCidr(cidr ?? '')?.subnet;
    return subnet ? [subnet] : [];
  });
  const free = Array.from({ length: 50 }, (_, index) => `10.${201 + index}.0.0/16`).find((cidr) => !taken.some((each) => overlap(each, parseCidr(cidr)?.subnet as Subnet)));
  return [DEFAULT_BRIDGE_POOL, `base=${free ?? '10.201.0.0/16'},size=24`].map((value) => ({ node, name: 'default-address-pool', value }));
}

function bipOf(ground: Ground, node: string): string | undefined {
  const docker = ground.nodeSource(node)['docker'];
  return isTree(docker) && typeof docker['bip'] === 'string' ? docker['bip'] : undefined;
}
