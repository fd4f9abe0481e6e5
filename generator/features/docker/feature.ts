/** docker: dockerd on a node, its settings as flags of a systemd drop-in. */
import { dockerFaults } from './faults.js';
import { containerChecks } from './free-checks.js';
import { containerLimit } from '../../model/container-mtu.js';
import { givenContainerNetwork } from '../../model/container-networks.js';
import { containerNetwork6 } from '../../model/container-networks6.js';
import type { Ground } from '../../model/ground.js';
import type { ContainerNetwork, ContainerNetwork6, DaemonFlag, DaemonVariable, Node, Sweep } from '../../model/lab.js';
import { isTree } from '../../model/merge.js';
import type { Contributions, Feature, SoFar } from '../feature.js';
import { flannelNodes } from '../flannel/settings.js';
import { daemon, docker } from './checks.js';
import { filter6 } from './filter6.js';
import { experimentalWhereNeeded, mtu6Passes, networks6Fit, settings6NeedEachOther } from './rules6.js';
import { bipIsAHost, bridgeExcludesBip, fixedCidrInsideBip, flagsAreNotSettings, iptablesOffNeedsIccOn } from './rules.js';
import { poolsHoldNetworks, poolsLieOutside } from './pool-rules.js';
import { dockerSchema, SETTINGS } from './settings.js';
import { dockerWorld } from './world.js';

export const feature: Feature = {
  name: 'docker',
  nodeKeys: { docker: dockerSchema },
  // A tunnel that carries container networks decides their MTU and asks for subnets.
  after: ['tunnels'],
  rules: [bridgeExcludesBip, bipIsAHost, fixedCidrInsideBip, iptablesOffNeedsIccOn, flagsAreNotSettings, poolsHoldNetworks, poolsLieOutside, settings6NeedEachOther, experimentalWhereNeeded, networks6Fit, mtu6Passes],
  checkKinds: [docker, daemon],
  resolve,
  units: [{ phase: 'docker', name: 'docker.service', reads: [] }],
  checks: containerChecks,
  world: { daemons: (lab, draft) => dockerWorld(lab, draft) },
  faults: dockerFaults,
};

function resolve(ground: Ground, soFar: SoFar): Contributions {
  const known = new Map(soFar.containerNetworks.map((network) => [network.node, network]));
  const flagged = new Map<string, DaemonFlag[]>();
  for (const flag of soFar.daemonFlags) flagged.set(flag.node, [...(flagged.get(flag.node) ?? []), flag]);
  // flannel tells dockerd their MTU, when it has a lease.
  const leased = new Set(flannelNodes(ground).filter((each) => each.on).map((each) => each.node));
  const containerNetworks: ContainerNetwork[] = [];
  const containerNetworks6: ContainerNetwork6[] = [];
  const daemonFlags: DaemonFlag[] = [];
  for (const node of ground.nodes) {
    if (!node.docker) continue;
    const given = givenContainerNetwork(ground, node.name);
    if (given && !known.has(node.name)) containerNetworks.push(given);
    const network6 = containerNetwork6(ground, node.name);
    if (network6) containerNetworks6.push(network6);
    daemonFlags.push(...flagsOf(ground, node.name, { network: known.get(node.name) ?? given, network6 }, flagged.get(node.name) ?? [], leased.has(node.name)));
  }
  const sweeps = daemonFlags
    .filter((flag) => (flag.name === 'iptables' || (flag.name === 'ip6tables' && ground.ipv6)) && flag.value === 'false')
    .map(({ node, name }): Sweep => ({ node, chains: 'DOCKER', bridge: ground.node(node)?.dockerBridge ?? 'docker0', why: 'what dockerd wrote before it was told to keep its hands off', ...(name === 'ip6tables' && { family: 6 }) }));
  return { containerNetworks, containerNetworks6, daemonFlags, daemonVariables: ground.nodes.flatMap((node) => variablesOf(ground, node)), sweeps };
}

/** What a node's default bridge has of either family. */
interface OwnNetworks {
  readonly network: ContainerNetwork | undefined;
  readonly network6: ContainerNetwork6 | undefined;
}

function variablesOf(ground: Ground, node: Node): DaemonVariable[] {
  const settings = ground.nodeSource(node.name)['docker'];
  const written = node.docker && isTree(settings) ? settings['environment'] : undefined;
  return Object.entries(isTree(written) ? written : {}).map(([name, value]) => ({ node: node.name, name, value: String(value) }));
}

/** `asked`: flags other features already set, such as the MTU a tunnel leaves. */
function flagsOf(ground: Ground, node: string, { network, network6 }: OwnNetworks, asked: readonly DaemonFlag[], leased: boolean): DaemonFlag[] {
  const source = ground.nodeSource(node)['docker'];
  const settings = isTree(source) ? source : {};
  const derived: Record<string, unknown> = {
    // With a bridge of the lab's own dockerd reads the network from it, but not the MTU.
    ...(network && settings['bridge'] === undefined && { bip: network.bip, fixedCidr: network.subnet }),
    mtu: leased ? undefined : containerLimit(ground, node),
    ...(network6 && { fixedCidrV6: network6.subnet }),
    ...filter6(settings, network6 !== undefined),
  };
  const flags: DaemonFlag[] = [];
  for (const { key, flag } of SETTINGS) {
    const value = settings[key] ?? derived[key];
    if (value === undefined || value === null || asked.some((each) => each.name === flag)) continue;
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      flags.push({ node, name: flag, value: isTree(item) ? `base=${String(item['base'])},size=${String(item['size'])}` : String(item) });
    }
  }
  for (const other of Array.isArray(settings['flags']) ? (settings['flags'] as unknown[]) : []) {
    const [, name = '', value] = /^--([a-z0-9-]+)(?:=(.*))?$/.exec(String(other)) ?? [];
    flags.push({ node, name, value: value ?? 'true' });
  }
  return flags;
}
