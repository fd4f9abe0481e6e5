/** What dockerd makes on a node: bridges, forwarding, and its packet filter rules, by the daemon's generation. */
import type { Family } from '../../model/family.js';
import { firstHost, networkOf } from '../../model/family.js';
import type { Lab, Node } from '../../model/lab.js';
import { ETHERNET_MTU } from '../../model/mtu.js';
import type { ContainerBridge, SpaceDraft, WorldDraft } from '../../model/world-draft.js';
import type { Target, WorldMatch } from '../../model/world.js';
import { worldRule } from '../../model/world-rule.js';
import { classicRules } from './world-classic.js';
import { gatedRules } from './world-gated.js';

/** Docker's first address pool, when nobody says otherwise. */
const USUAL_SUBNET = '172.17.0.0/16';

/** dockerd's settings that packets feel. */
export interface Daemon {
  readonly node: string;
  readonly space: SpaceDraft;
  readonly bridges: readonly ContainerBridge[];
  /** Rules of which families it writes. */
  readonly writes: Readonly<Record<Family, boolean>>;
  readonly masquerades: boolean;
  /** docker-proxy; without it the kernel turns packets back to their own bridge. */
  readonly proxy: boolean;
  readonly defaultBridge: string | undefined;
}

export function dockerWorld(lab: Lab, draft: WorldDraft): void {
  for (const node of lab.nodes) if (node.docker) runDaemon(lab, node, draft);
}

/** What dockerd was told of a flag; undefined: nothing. */
export function flagOf(lab: Lab, node: string, name: string): string | undefined {
  return lab.daemonFlags.find((flag) => flag.node === node && flag.name === name)?.value;
}

/** The daemon of a node as its rules see it; `bridges` is what was made so far. */
export function daemonOf(lab: Lab, node: Node, draft: WorldDraft): Daemon {
  const is = (name: string, usual: boolean): boolean => (flagOf(lab, node.name, name) ?? String(usual)) === 'true';
  const gated = draft.gated.has(node.name);
  return {
    node: node.name,
    space: draft.space(node.name),
    bridges: draft.bridges.filter((bridge) => bridge.node === node.name),
    writes: { 4: is('iptables', true), 6: is('ip6tables', gated) },
    masquerades: is('ip-masq', true),
    proxy: is('userland-proxy', true),
    defaultBridge: node.dockerBridge,
  };
}

function runDaemon(lab: Lab, node: Node, draft: WorldDraft): void {
  if (node.dockerPackage === 'ce') draft.gated.add(node.name);
  const space = draft.space(node.name);
  if (node.dockerBridge !== undefined && flagOf(lab, node.name, 'bridge') !== 'none') draft.bridges.push(defaultBridge(lab, node, node.dockerBridge, draft));
  for (const network of lab.dockerNetworks) if (network.node === node.name && network.driver === 'bridge') draft.bridges.push(ownNetwork(lab, node, network.name, draft));
  const daemon = daemonOf(lab, node, draft);
  for (const { bridge, gateway, subnet, gateway6, subnet6 } of daemon.bridges) {
    if (space.interfaces.some((each) => each.name === bridge)) continue;
    const cidr = (address: string, network: string): string => `${address}/${network.split('/')[1] ?? ''}`;
    space.interfaces.push({ name: bridge, kind: 'bridge', mtu: 0, addresses: [cidr(gateway, bipNetwork(lab, node.name, bridge) ?? subnet), ...(gateway6 !== undefined && subnet6 !== undefined ? [cidr(gateway6, subnet6)] : [])] });
  }
  // The policy comes with forwarding: where that is on already, dockerd leaves both alone.
  if (flagOf(lab, node.name, 'ip-forward') !== 'false') {
    const before = lab.sysctls.some((each) => each.node === node.name && /^net\.ipv4\.(ip_forward|conf\.all\.forwarding)$/.test(each.key) && each.value !== '0');
    space.forwards[4] = true;
    if (!before) for (const family of [4, 6] as const) if (daemon.writes[family]) Object.assign(space.chain(family, 'filter', 'FORWARD'), { policy: 'DROP', policyBy: 'dockerd' });
    if (daemon.bridges.some((bridge) => bridge.subnet6 !== undefined)) space.forwards[6] = true;
  }
  // dockerd up to 27.4 loads br_netfilter whenever it writes rules.
  const gated = draft.gated.has(node.name);
  if (gated ? daemon.bridges.some((bridge) => bridge.isolated) || !daemon.proxy : daemon.writes[4]) Object.assign(space.filtersBridges, { 4: true, 6: true });
  for (const family of [4, 6] as const) if (daemon.writes[family]) (gated ? gatedRules : classicRules)(daemon, family);
}

/** The network of the bridge's own address, which may be larger than what containers get of it. */
function bipNetwork(lab: Lab, node: string, bridge: string): string | undefined {
  const known = lab.containerNetworks.find((each) => each.node === node);
  return known !== undefined && lab.nodes.find((each) => each.name === node)?.dockerBridge === bridge ? known.bip : undefined;
}

function defaultBridge(lab: Lab, node: Node, bridge: string, draft: WorldDraft): ContainerBridge {
  const lease = draft.leases.get(node.name);
  const known = lab.containerNetworks.find((each) => each.node === node.name);
  const pool = /^base=([^,]+),/.exec(flagOf(lab, node.name, 'default-address-pool') ?? '')?.[1];
  const seen = draft.seen(node.name, bridge, 4);
  const subnet = flagOf(lab, node.name, 'fixed-cidr') ?? known?.subnet ?? (seen === undefined ? undefined : networkOf(seen)?.network) ?? lease?.subnet ?? pool ?? USUAL_SUBNET;
  const gateway = (known?.bip ?? seen ?? lease?.bip)?.split('/')[0] ?? firstHost(subnet) ?? '';
  const six = lab.containerNetworks6.find((each) => each.node === node.name);
  return made({
    node: node.name, network: 'bridge', bridge, subnet, gateway, subnet6: six?.subnet, gateway6: six?.address,
    mtu: lease?.mtu ?? Number(flagOf(lab, node.name, 'mtu') ?? ETHERNET_MTU), internal: false, isolated: flagOf(lab, node.name, 'icc') === 'false', presumed: lease !== undefined || (known === undefined && pool === undefined),
  });
}

function ownNetwork(lab: Lab, node: Node, name: string, draft: WorldDraft): ContainerBridge {
  const network = lab.dockerNetworks.find((each) => each.name === name && each.node === node.name);
  const option = (key: string): string | undefined => network?.options.findLast((each) => each.name === key)?.value;
  const user = lab.containers.find((each) => each.node === node.name && each.network === name);
  const seen = user && draft.seen(user.name, 'eth0', 4);
  const subnet = network?.subnet ?? (seen === undefined ? undefined : networkOf(seen)?.network) ?? pooled(lab, node.name, draft);
  const gateway6 = network?.subnet6 === undefined ? undefined : network.gateway6 ?? firstHost(network.subnet6);
  return made({
    node: node.name, network: name, bridge: option('com.docker.network.bridge.name') ?? `br-${name}`, subnet,
    gateway: network?.gateway ?? firstHost(subnet) ?? '', subnet6: network?.subnet6, gateway6,
    mtu: Number(option('com.docker.network.driver.mtu') ?? ETHERNET_MTU), internal: network?.internal === true, isolated: option('com.docker.network.bridge.enable_icc') === 'false', presumed: network?.subnet === undefined,
  });
}

/** The next free network of the last pool. */
function pooled(lab: Lab, node: string, draft: WorldDraft): string {
  const pools = lab.daemonFlags.filter((flag) => flag.node === node && flag.name === 'default-address-pool');
  const [, base = '172.18.0.0/16', size = '16'] = /^base=([^,]+),size=(\d+)$/.exec(pools.at(-1)?.value ?? '') ?? [];
  const number = draft.bridges.filter((each) => each.node === node && each.presumed && each.network !== 'bridge').length;
  const [a = 0, b = 0] = base.split('.').map(Number);
  return size === '24' ? `${a}.${b}.${number}.0/24` : `${a}.${b + number}.0.0/16`;
}

function made(bridge: Omit<ContainerBridge, 'taken'>): ContainerBridge {
  return { ...bridge, taken: new Set([bridge.gateway, ...(bridge.gateway6 === undefined ? [] : [bridge.gateway6])]) };
}

/** The subnet of a bridge in a family, canonical; undefined: it has none. */
export function subnetIn(bridge: ContainerBridge, family: Family): string | undefined {
  const subnet = family === 4 ? bridge.subnet : bridge.subnet6;
  return subnet === undefined ? undefined : networkOf(subnet)?.network ?? subnet;
}

/** Appends a rule of dockerd's. */
export function dockerRule(space: SpaceDraft, family: Family, table: 'filter' | 'nat' | 'raw', chain: string, match: WorldMatch, target: Target): void {
  space.chain(family, table, chain).rules.push(worldRule(match, target, 'dockerd'));
}
