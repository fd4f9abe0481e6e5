/** What makes a flannel network impossible. */
import { formatSubnet, overlap, parseCidr, type Subnet } from '../../model/ipv4.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { membersOf, settingsOf, underlayOf, type Settings } from './settings.js';

/** Calls on only where the block is there, and the keys the rule reads are sound. */
const where = (keys: readonly string[], rule: (context: RuleContext, settings: Settings) => void) => (context: RuleContext): void => {
  const settings = settingsOf(context.source);
  if (settings && keys.every((key) => context.isSound(['flannel', key]))) rule(context, settings);
};

export const nodesExist = where(['etcd', 'nodes'], (context, { etcd, nodes = [] }) => {
  const { names } = context.ground;
  if (!context.ground.node(etcd)) context.error('LG040', ['flannel', 'etcd'], `there is no node "${etcd}"`, context.ground.members(etcd) ? `"${etcd}" is a group; name one of: ${context.ground.members(etcd)?.slice(0, 5).map((node) => node.name).join(', ')}.` : context.nearest(etcd, names, 'node'));
  nodes.forEach((name, index) => {
    const members = context.ground.members(name);
    if (!members) context.error('LG040', ['flannel', 'nodes', index], `there is no node "${name}"`, context.nearest(name, names, 'node'));
    else if (members.some((node) => !node.docker)) context.error('LG052', ['flannel', 'nodes', index], `"${name}" has no Docker, which flannel gives a network to`, `Take "docker: false" from ${name}, or leave it out here.`);
  });
});

export const artifactExists = where(['artifact'], (context, { artifact, nodes }) => {
  const known = Object.keys(isTree(context.source['artifacts']) ? context.source['artifacts'] : {});
  if (known.includes(artifact) || nodes?.length === 0) return;
  const given = isTree(context.source['flannel']) && context.source['flannel']['artifact'] !== undefined;
  context.error('LG040', ['flannel', ...(given ? ['artifact'] : [])], `there is no artifact "${artifact}"`, `No distribution packages flanneld: name it under "artifacts:", with its URL, version and SHA-256.${known.length > 0 ? ` Known are: ${known.join(', ')}.` : ''}`);
});

export const oneUnderlay = where(['etcd', 'nodes'], (context, settings) => {
  if (!context.isSound(['networks']) || !context.isSound(['nodes']) || !context.ground.node(settings.etcd)) return;
  if (underlayOf(context.ground, settings) === undefined) context.error('LG140', ['flannel'], `${settings.etcd} with etcd and the nodes of flannel share no network of the lab`, 'Put them on one network, or name fewer "nodes".');
});

export const networkIsFree = where(['network', 'subnetLength'], (context, settings) => {
  const parsed = parseCidr(settings.network);
  if (!parsed) return;
  const at = ['flannel', 'network'];
  if (parsed.address !== parsed.subnet.base) {
    context.error('LG030', at, `${settings.network} has host bits set`, `Give the network itself: ${formatSubnet(parsed.subnet)}.`);
    return;
  }
  const clash = others(context, settings).find((other) => overlap(other.subnet, parsed.subnet));
  if (clash) context.error('LG031', at, `${settings.network} overlaps ${clash.whose}`, 'flannel needs a network of its own; choose another one.');
  const members = membersOf(context.ground, settings).length;
  const room = 2 ** (settings.subnetLength - parsed.subnet.prefix);
  // The first part of the network is left free by flanneld (SubnetMin).
  if (settings.subnetLength <= parsed.subnet.prefix || room - 1 < members) context.error('LG035', ['flannel', ...(isTree(context.source['flannel']) && context.source['flannel']['subnetLength'] !== undefined ? ['subnetLength'] : ['network'])], `${settings.network} has no room for ${members} ${members === 1 ? 'subnet' : 'subnets'} of /${settings.subnetLength}`, 'Use a larger network (a smaller prefix), or a larger subnetLength.');
});

function others(context: RuleContext, settings: Settings): readonly { readonly subnet: Subnet; readonly whose: string }[] {
  const named = (text: unknown, whose: string): readonly { subnet: Subnet; whose: string }[] => {
    const subnet = parseCidr(String(text ?? ''))?.subnet;
    return subnet ? [{ subnet, whose }] : [];
  };
  const block = (key: string): readonly [string, Tree][] => Object.entries(isTree(context.source[key]) ? context.source[key] : {}).map(([name, value]) => [name, isTree(value) ? value : {}]);
  const members = new Set(membersOf(context.ground, settings).map((node) => node.name));
  return [
    ...context.ground.networks.flatMap((network) => named(network.subnet, `the network "${network.name}" (${network.subnet})`)),
    ...block('dockerNetworks').flatMap(([name, value]) => named(value['subnet'], `the Docker network "${name}"`)),
    ...context.ground.nodes.filter((node) => !members.has(node.name)).flatMap((node) => {
      const docker = context.ground.nodeSource(node.name)['docker'];
      return isTree(docker) ? named(docker['bip'], `docker0 of ${node.name}`) : [];
    }),
    ...named('10.0.2.0/24', "VirtualBox's NAT network (10.0.2.0/24)"),
    ...named('192.168.121.0/24', "vagrant-libvirt's management network (192.168.121.0/24)"),
  ];
}

/** dockerd gets its network from the lease, and its MTU from the backend. */
export const dockerLeavesItToFlannel = where(['nodes'], (context, settings) => {
  const members = membersOf(context.ground, settings);
  for (const node of members) {
    const docker = context.ground.nodeSource(node.name)['docker'];
    for (const key of ['bridge', 'bip', 'fixedCidr', 'mtu', 'ipMasq']) {
      const at = ['nodes', node.group, 'docker', key];
      if (isTree(docker) && docker[key] !== undefined && context.isSound(at)) context.error('LG050', at, `"${key}" is flannel's to say on "${node.group}"`, 'Leave it out, or leave the node out of "flannel.nodes".');
    }
  }
  const tunnels = isTree(context.source['tunnels']) ? context.source['tunnels'] : {};
  for (const [name, tunnel] of Object.entries(tunnels)) {
    const ends = isTree(tunnel) && tunnel['carries'] === 'docker' ? (Array.isArray(tunnel['ends']) ? (tunnel['ends'] as unknown[]).map(String) : Object.keys(isTree(tunnel['ends']) ? tunnel['ends'] : {})) : [];
    const both = members.find((node) => ends.some((end) => context.ground.members(end)?.includes(node)));
    if (both && context.isSound(['tunnels', name])) context.error('LG140', ['tunnels', name, 'carries'], `the containers of "${both.name}" are on the flannel network already`, 'Take "carries" away, or leave the node out of "flannel.nodes".');
  }
});
