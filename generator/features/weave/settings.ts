/** The `weave:` block as written: its defaults, who has a router, over which network of the lab. */
import type { Ground } from '../../model/ground.js';
import { parseAddress } from '../../model/ipv4.js';
import type { Container, Node, WeaveRouter } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import { ETHERNET_MTU } from '../../model/mtu.js';
import { attachmentTo, chosenNodes, sharedNetwork } from '../members.js';

export const DEFAULTS = { version: '2.8.1', script: 'weave', range: '10.32.0.0/12' } as const;

export interface Settings extends Pick<WeaveRouter, 'version' | 'script' | 'images' | 'range' | 'iptables' | 'fastDatapath' | 'password'> {
  readonly nodes: readonly string[] | undefined;
  readonly peer: boolean;
  readonly attach: Readonly<Record<string, string>>;
}

/** VXLAN (50) and ESP (34), which weave keeps room for whether it encrypts or not; the rest has to be a multiple of 4. */
export const FASTDP_OVERHEAD = 84;

/** The images of 2.8.1 and before carry iptables-legacy and ask Docker for an API that it dropped with 25. */
export function isOld(version: string): boolean {
  const [, minor = 0, patch = 0] = version.split('.').map(Number);
  return minor < 8 || (minor === 8 && patch <= 1);
}

/** Undefined where the lab has no weave. */
export function settingsOf(source: Tree): Settings | undefined {
  const block = source['weave'];
  if (!isTree(block)) return undefined;
  const version = String(block['version'] ?? DEFAULTS.version);
  const text = (key: string): string | undefined => (typeof block[key] === 'string' ? block[key] : undefined);
  return {
    nodes: Array.isArray(block['nodes']) ? (block['nodes'] as unknown[]).map(String) : undefined,
    version,
    script: text('script') ?? DEFAULTS.script,
    images: text('images'),
    range: text('range') ?? DEFAULTS.range,
    iptables: (text('iptables') ?? (isOld(version) ? 'legacy' : 'nft')) as Settings['iptables'],
    fastDatapath: block['fastDatapath'] !== false,
    password: text('password'),
    peer: block['peer'] !== false,
    attach: Object.fromEntries(Object.entries(isTree(block['attach']) ? block['attach'] : {}).map(([name, dns]) => [name, String(dns)])),
  };
}

export function membersOf(ground: Ground, { nodes }: Settings): readonly Node[] {
  return chosenNodes(ground, nodes);
}

export function underlayOf(ground: Ground, settings: Settings): string | undefined {
  return sharedNetwork(ground, membersOf(ground, settings));
}

export function weaveRouters(ground: Ground, containers: readonly Container[]): readonly WeaveRouter[] {
  const settings = settingsOf(ground.source);
  if (!settings) return [];
  const underlay = underlayOf(ground, settings);
  const { mtu = ETHERNET_MTU } = ground.networks.find((network) => network.name === underlay) ?? {};
  const members = membersOf(ground, settings).flatMap((node) => {
    const address = attachmentTo(node, underlay)?.address;
    return address === undefined ? [] : [{ node, address }];
  });
  return members.map(({ node, address }): WeaveRouter => ({
    node: node.name,
    address,
    name: macOf(address),
    peers: settings.peer ? members.filter((each) => each.node !== node).map((each) => each.address) : [],
    quorum: settings.peer ? members.length : 1,
    version: settings.version,
    publisher: isOld(settings.version) ? 'weaveworks' : 'rajchaudhuri',
    script: settings.script,
    images: settings.images,
    range: settings.range,
    iptables: settings.iptables,
    fastDatapath: settings.fastDatapath,
    // sleeve finds out by itself what passes, and splits packets.
    mtu: settings.fastDatapath && mtu !== ETHERNET_MTU ? Math.floor((mtu - FASTDP_OVERHEAD) / 4) * 4 : undefined,
    underlay: mtu,
    password: settings.password,
    // Docker 29 answers nothing older; weave's fork by itself asks for 1.24.
    api: node.dockerPackage === 'ce' ? '1.44' : undefined,
    attached: containers.filter((each) => each.node === node.name).flatMap((each) => {
      const dns = settings.attach[each.name] ?? settings.attach[each.group];
      return dns === undefined ? [] : [{ container: each.name, dns: `${dns}.weave.local` }];
    }),
  }));
}

/** A locally administered address out of the node's own. */
function macOf(address: string): string {
  const number = parseAddress(address) ?? 0;
  return `02:6c:${[24, 16, 8, 0].map((shift) => ((number >>> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
}
