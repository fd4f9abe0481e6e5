/** flannel as routes and a tunnel. Which subnet a node leases is etcd's to say; here they are taken in the order of the nodes. */
import { formatAddress, parseCidr, sizeOf } from '../../model/ipv4.js';
import type { FlannelNode, Lab } from '../../model/lab.js';
import type { SpaceDraft, WorldDraft } from '../../model/world-draft.js';
import type { WorldMatch, Target } from '../../model/world.js';
import { worldRule } from '../../model/world-rule.js';
import { BACKENDS } from './settings.js';

interface Member {
  readonly own: FlannelNode;
  /** The leased subnet: its base, and as CIDR. */
  readonly base: number;
  readonly subnet: string;
}

/** Ports of flanneld's backends (its documentation, backends.md). */
const PORTS = { vxlan: 8472, udp: 8285 } as const;

export function flannelWorld(lab: Lab, draft: WorldDraft): void {
  const members = lab.flannelNodes.filter((node) => node.on).flatMap((own, index): Member[] => {
    const network = parseCidr(own.network)?.subnet;
    if (!network) return [];
    const seen = draft.seen(own.node, lab.nodes.find((node) => node.name === own.node)?.dockerBridge ?? 'docker0', 4);
    const base = (seen === undefined ? undefined : parseCidr(seen)?.subnet.base) ?? network.base + (index + 1) * sizeOf(own.subnetLength);
    return [{ own, base, subnet: `${formatAddress(base)}/${own.subnetLength}` }];
  });
  for (const member of members) {
    const { own, base, subnet } = member;
    draft.leases.set(own.node, { bip: `${formatAddress(base + 1)}/${own.subnetLength}`, subnet, mtu: own.mtu });
    join(draft.space(own.node), member, members.filter((each) => each !== member));
  }
}

function join(space: SpaceDraft, { own, base, subnet }: Member, others: readonly Member[]): void {
  const length = own.network.split('/')[1] ?? '';
  const tunnel = { family: 4, local: own.address, remotes: others.map((each) => each.own.address), overhead: BACKENDS[own.backend].overhead } as const;
  if (own.backend === 'vxlan' && own.device !== undefined) {
    space.interfaces.push({ name: own.device, kind: 'tunnel', mtu: own.mtu, addresses: [`${formatAddress(base)}/32`], tunnel: { ...tunnel, kind: 'vxlan', id: 1, port: PORTS.vxlan } });
    for (const each of others) space.routes.push({ to: each.subnet, via: formatAddress(each.base), dev: own.device, onlink: true });
  } else if (own.backend === 'udp' && own.device !== undefined) {
    space.interfaces.push({ name: own.device, kind: 'tunnel', mtu: own.mtu, addresses: [`${formatAddress(base)}/${length}`], tunnel: { ...tunnel, kind: 'udp', port: PORTS.udp, behind: others.map((each) => ({ network: each.subnet, remote: each.own.address })) } });
  } else for (const each of others) space.routes.push({ to: each.subnet, via: each.own.address });
  masquerade(space, own.network, subnet);
}

/** flanneld --ip-masq (its pkg/ip/iptables.go): what leaves the network is masqueraded, what stays inside is not. */
function masquerade(space: SpaceDraft, network: string, subnet: string): void {
  const rule = (match: WorldMatch, target: Target): void => void space.chain(4, 'nat', 'FLANNEL-POSTRTG').rules.push(worldRule(match, target, 'flanneld'));
  space.chain(4, 'nat', 'POSTROUTING').rules.push(worldRule({}, { kind: 'jump', chain: 'FLANNEL-POSTRTG' }, 'flanneld'));
  rule({ source: { is: network }, destination: { is: network } }, { kind: 'return' });
  rule({ source: { is: network }, destination: { is: '224.0.0.0/4', not: true } }, { kind: 'masquerade' });
  rule({ source: { is: network, not: true }, destination: { is: subnet } }, { kind: 'return' });
  rule({ source: { is: network, not: true }, destination: { is: network } }, { kind: 'masquerade' });
}
