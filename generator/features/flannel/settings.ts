/** The `flannel:` block as written: its defaults, who takes part, over which network of the lab. */
import type { Ground } from '../../model/ground.js';
import { formatSubnet, parseCidr } from '../../model/ipv4.js';
import type { FlannelNode, Node } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import { ETHERNET_MTU, mtuOf, overheadOf } from '../../model/mtu.js';
import { attachmentTo, chosenNodes, sharedNetwork } from '../members.js';

/** Bytes around a container's packet, and the interface flanneld makes: as its sources have them (v0.20). */
export const BACKENDS: Readonly<Record<FlannelNode['backend'], { readonly overhead: number; readonly device: string | undefined; readonly about: string }>> = {
  vxlan: { overhead: overheadOf('vxlan'), device: 'flannel.1', about: 'wraps each Ethernet frame (14 bytes) in VXLAN (8), UDP (8, port 8472) and IPv4 (20)' },
  udp: { overhead: overheadOf('udp'), device: 'flannel0', about: 'passes each packet through flanneld itself, which wraps it in UDP (8, port 8285) and IPv4 (20)' },
  'host-gw': { overhead: 0, device: undefined, about: 'wraps nothing: a route names the other node as gateway, so all nodes have to be on one network' },
};

export const DEFAULTS = { network: '10.100.0.0/16', backend: 'vxlan', subnetLength: 24, artifact: 'flanneld' } as const;

export interface Settings {
  readonly etcd: string;
  /** As written. */
  readonly network: string;
  readonly backend: FlannelNode['backend'];
  readonly subnetLength: number;
  readonly artifact: string;
  readonly forward: boolean;
  /** Names as written; undefined: every node with Docker. */
  readonly nodes: readonly string[] | undefined;
}

/** Undefined where the lab has no flannel. */
export function settingsOf(source: Tree): Settings | undefined {
  const block = source['flannel'];
  if (!isTree(block)) return undefined;
  const given = <T>(key: string, otherwise: T): T => (block[key] ?? otherwise) as T;
  return {
    etcd: String(block['etcd'] ?? ''),
    network: String(given('network', DEFAULTS.network)),
    backend: given<FlannelNode['backend']>('backend', DEFAULTS.backend),
    subnetLength: Number(given('subnetLength', DEFAULTS.subnetLength)),
    artifact: String(given('artifact', DEFAULTS.artifact)),
    forward: block['forward'] !== false,
    nodes: Array.isArray(block['nodes']) ? (block['nodes'] as unknown[]).map(String) : undefined,
  };
}

/** Nodes that take part; names that are none are the rules' business. */
export function membersOf(ground: Ground, { nodes }: Settings): readonly Node[] {
  return chosenNodes(ground, nodes);
}

/** The network of the lab flannel runs over: the first one that etcd's node and all members are on. */
export function underlayOf(ground: Ground, settings: Settings): string | undefined {
  const all = [...membersOf(ground, settings), ...(ground.node(settings.etcd) ? [ground.node(settings.etcd) as Node] : [])];
  return sharedNetwork(ground, all);
}

/** One value for each node with Docker. Empty where the block is not sound. */
export function flannelNodes(ground: Ground): readonly FlannelNode[] {
  const settings = settingsOf(ground.source);
  const backend = settings && BACKENDS[settings.backend];
  const subnet = parseCidr(settings?.network ?? '')?.subnet;
  // Another stage has flannel: what it left has to go.
  if (!settings && ground.blocks.includes('flannel')) return ground.nodes.filter((node) => node.docker).map((node) => withoutFlannel(node.name));
  if (!settings || !backend || !subnet) return [];
  const underlay = underlayOf(ground, settings);
  const carrier = ground.networks.find((network) => network.name === underlay);
  const etcd = ground.node(settings.etcd);
  const members = membersOf(ground, settings);
  return ground.nodes.filter((node) => node.docker).map((node): FlannelNode => ({
    node: node.name,
    on: members.includes(node),
    address: attachmentTo(node, underlay)?.address ?? '',
    etcd: { node: settings.etcd, address: (etcd && attachmentTo(etcd, underlay)?.address) ?? '' },
    network: formatSubnet(subnet),
    subnetLength: settings.subnetLength,
    backend: settings.backend,
    device: backend.device,
    // flanneld takes it from the interface it runs over (MTU less encapOverhead).
    mtu: mtuOf(carrier) - backend.overhead,
    underlay: carrier?.mtu,
    artifact: settings.artifact,
  }));
}

function withoutFlannel(node: string): FlannelNode {
  return { node, on: false, address: '', etcd: { node: '', address: '' }, network: DEFAULTS.network, subnetLength: DEFAULTS.subnetLength, backend: DEFAULTS.backend, device: undefined, mtu: ETHERNET_MTU, underlay: undefined, artifact: DEFAULTS.artifact };
}
