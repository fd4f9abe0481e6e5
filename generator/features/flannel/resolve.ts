/** flannel as values: who leases what over which address, rules that let it pass, modules, what dockerd is told. */
import type { Ground } from '../../model/ground.js';
import type { FlannelNode, HandoutPart, KernelModule } from '../../model/lab.js';
import type { Rule } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { BACKENDS, flannelNodes, settingsOf } from './settings.js';

export function resolveFlannel(ground: Ground): Contributions {
  const settings = settingsOf(ground.source);
  const all = flannelNodes(ground);
  if (!settings) return { flannelNodes: all };
  const on = all.filter((node) => node.on);
  const version = versionOf(ground, settings.artifact);
  return {
    flannelNodes: all,
    artifactUses: on.map(({ node, artifact }) => ({ node, artifact })),
    modules: on.flatMap((node) => modulesOf(node, version)),
    // flanneld masquerades what leaves the network; dockerd would also hide containers from each other.
    daemonFlags: on.map(({ node }) => ({ node, name: 'ip-masq', value: 'false' })),
    rules: settings.forward ? on.flatMap((node) => rulesOf(node, on, ground.node(node.node)?.dockerBridge ?? 'docker0')) : [],
    handout: on.slice(0, 1).map(handoutPart),
  };
}

function versionOf(ground: Ground, artifact: string): readonly number[] {
  const block = ground.source['artifacts'] as Record<string, { version?: unknown } | undefined> | undefined;
  return (/^v?(\d+)\.(\d+)/.exec(String(block?.[artifact]?.version ?? '')) ?? []).slice(1).map(Number);
}

function modulesOf({ node, backend }: FlannelNode, [major = 0, minor = 0]: readonly number[]): KernelModule[] {
  return [
    ...(backend === 'vxlan' ? [{ node, name: 'vxlan', why: "flannel's backend is vxlan" }] : []),
    ...(backend === 'udp' ? [{ node, name: 'tun', why: "flannel's backend is udp, which reads packets from a tun device" }] : []),
    // Since 0.26 flanneld ends at once where /proc/sys/net/bridge/bridge-nf-call-iptables is not there.
    ...(major > 0 || minor >= 26 ? [{ node, name: 'br_netfilter', why: 'flannel 0.26 and later does not start without it' }] : []),
  ];
}

/**
 * flanneld's own rules accept everything from or to the network, whoever sends it. These accept what other members
 * send, and no neighbour's packets.
 */
function rulesOf(own: FlannelNode, members: readonly FlannelNode[], out: string): Rule[] {
  const way = own.device === undefined ? {} : { in: own.device };
  // Without a device of flannel's, a node speaks to others' containers from its own address.
  const sources = [own.network, ...(own.device === undefined ? members.filter((each) => each !== own).map((each) => each.address) : [])];
  return sources.flatMap((source): Rule[] => {
    const match = { source, destination: own.network, ...way };
    return [
      { node: own.node, table: 'filter', hook: 'forward', match: { ...match, out }, action: { kind: 'accept' }, condition: undefined, why: 'let what other nodes of the flannel network send reach the containers' },
      { node: own.node, table: 'raw', hook: 'prerouting', match, action: { kind: 'accept' }, condition: 'direct-routing-filter', why: 'Docker 28.2 and later drops packets routed to a container before any other table sees them' },
    ];
  });
}

function handoutPart({ backend, network, subnetLength, mtu, underlay, etcd, device }: FlannelNode): HandoutPart {
  return {
    title: 'The flannel network',
    lines: [
      `etcd on ${etcd.node} keeps the network (${network}). flanneld on each node leases a /${subnetLength} of it and writes that down in \`/run/flannel/subnet.env\`; dockerd reads it whenever it starts, so the addresses are not known before.`,
      `The backend ${backend} ${BACKENDS[backend].about}. That leaves ${underlay === undefined ? mtu : `${underlay} - ${BACKENDS[backend].overhead} = ${mtu}`} bytes for a packet.`,
      `Look at it: \`cat /run/flannel/subnet.env\`, \`ip route\`, ${device === undefined ? '' : `\`ip -d link show ${device}\`, `}\`sudo systemctl status labgen-flannel\`; on ${etcd.node} \`sudo /var/lib/labgen/labgen-etcd.sh status\` shows what etcd knows.`,
      'etcd is open to everyone on the network between the nodes. That is fit for a lab only.',
    ],
  };
}
