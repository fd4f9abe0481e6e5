/** dockerd's settings for IPv6: what needs what, and networks that fit. */
import { containerLimit, givenContainerMtu } from '../../model/container-mtu.js';
import { containerNetwork6, settings6 } from '../../model/container-networks6.js';
import { meet } from '../../model/family.js';
import { contains6, formatSubnet6, parseCidr6, special6 } from '../../model/ipv6.js';
import { isTree } from '../../model/merge.js';
import { LEAST_MTU6 } from '../../model/mtu.js';
import type { RuleContext } from '../feature.js';
import { flannelNodes } from '../flannel/settings.js';
import { eachDocker, sound } from './rules.js';

export function settings6NeedEachOther(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    for (const key of ['bip6', 'fixedCidrV6']) {
      if (sound(context, docker, path, key) !== undefined && docker['ipv6'] !== true) context.error('LG171', [...path, key], `"${key}" needs "ipv6: true"`, 'Add it, or leave this out: without it the default bridge has no IPv6.');
    }
    if (sound(context, docker, path, 'bip6') !== undefined && docker['ipv6'] === true && docker['package'] !== 'ce') context.error('LG171', [...path, 'bip6'], '"bip6" is not known before Docker 28', 'Add "package: ce", which is new enough, or say "fixedCidrV6" instead: docker0 gets its first address.');
  });
}

export function experimentalWhereNeeded(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    const rules = docker['ip6tables'] === true || (docker['ip6tables'] === undefined && docker['ipv6'] === true && docker['iptables'] !== false);
    if (docker['experimental'] === false && rules && docker['package'] !== 'ce' && context.isSound([...path, 'experimental'])) {
      context.error('LG171', [...path, 'experimental'], '"experimental: false" excludes packet filter rules for IPv6', 'Docker 20.10 to 26 refuse to start so: leave it out, or say "ip6tables: false".');
    }
  });
}

export function networks6Fit(context: RuleContext): void {
  eachDocker(context, (docker, path) => {
    const bip = parseCidr6(sound(context, docker, path, 'bip6') ?? '');
    const fixed = parseCidr6(sound(context, docker, path, 'fixedCidrV6') ?? '');
    for (const [key, parsed] of [['bip6', bip], ['fixedCidrV6', fixed]] as const) {
      if (!parsed) continue;
      const [at, text] = [[...path, key], String(docker[key])];
      const special = special6(parsed.subnet);
      const clash = context.ground.networks.find((network) => network.subnet6 !== undefined && meet(network.subnet6, formatSubnet6(parsed.subnet)));
      if (special !== undefined) context.error('LG170', at, `${text} cannot be a network of containers: it is ${special}`, 'Use a part of fd00::/8, which is there for private networks, such as fd00:1::/64.');
      else if (parsed.subnet.prefix > 124) context.error('LG051', at, `${text} has no room for containers`, 'Use a prefix length of 124 or less; /64 is usual.');
      else if (key === 'bip6' && parsed.address === parsed.subnet.base) context.error('LG051', at, `${text} is not an address of docker0's own`, `The first one of a network is nobody's; use ${formatSubnet6({ base: parsed.address + 1n, prefix: parsed.subnet.prefix })}.`);
      else if (key === 'fixedCidrV6' && parsed.address !== parsed.subnet.base) context.error('LG030', at, `${text} has host bits set`, `Give the network itself: ${formatSubnet6(parsed.subnet)}.`);
      else if (clash) context.error('LG031', at, `${text} overlaps the network "${clash.name}" (${clash.subnet6 ?? ''})`, 'Containers and nodes need networks of their own; choose another one.');
    }
    if (bip && fixed && fixed.address === fixed.subnet.base && (!contains6(bip.subnet, fixed.subnet.base) || fixed.subnet.prefix < bip.subnet.prefix)) {
      context.error('LG051', [...path, 'fixedCidrV6'], `${String(docker['fixedCidrV6'])} is not inside the network of bip6 ${String(docker['bip6'])}`, 'Containers get their addresses from a part of the bridge network.');
    }
  });
  const short = context.ground.nodes.find((node) => node.docker && settings6(context.ground, node.name) && containerNetwork6(context.ground, node.name) === undefined && isTree(context.ground.nodeSource(node.name)['docker']));
  if (short && context.isSound(['nodes']) && context.isSound(['networks'])) context.error('LG035', ['nodes', short.group], `no IPv6 container network is left for "${short.name}"`, 'Give "docker.fixedCidrV6" yourself, or another "subnet6" to the networks.');
}

/** What docker0 passes has to be enough for IPv6; what a tunnel leaves of it is the tunnel's own rule. */
export function mtu6Passes(context: RuleContext): void {
  const { ground } = context;
  const seen = new Set<string>();
  const leases = new Map(flannelNodes(ground).filter((each) => each.on).map((each) => [each.node, each.mtu]));
  for (const { name, group, docker } of ground.nodes) {
    const path = ['nodes', group, 'docker'];
    if (!docker || seen.has(group) || settings6(ground, name) === undefined || !context.isSound(path) || !context.isSound(['networks']) || !context.isSound(['bridges']) || !context.isSound(['tunnels']) || !context.isSound(['flannel'])) continue;
    const leased = leases.get(name);
    const given = leased === undefined ? givenContainerMtu(ground, name) : undefined;
    const mtu = leased ?? given ?? containerLimit(ground, name);
    if (mtu === undefined || mtu >= LEAST_MTU6) continue;
    seen.add(group);
    context.error('LG062', [...path, given === undefined ? 'ipv6' : 'mtu'], `containers of "${name}" have an MTU of ${mtu}, and IPv6 needs ${LEAST_MTU6}`, given === undefined ? `Give what they run over an MTU of ${LEAST_MTU6} or more, or take "ipv6" away.` : `Use ${LEAST_MTU6} or more, or take "ipv6" away.`);
  }
}
