/** A world as the commands that build it: to be run in namespaces of their own, and to be read by whoever builds it by hand. */
import { familyOf, type Family } from '../../generator/model/family.js';
import type { Table } from '../../generator/model/rule.js';
import type { Chain, Space, World, WorldInterface, WorldRule } from '../../generator/model/world.js';

/** What joins more than two interfaces is a bridge in a namespace of its own. */
export const HUB = 'wires';
/** What it carries is limited by nothing but the interfaces plugged into it. */
const HUB_MTU = 65_535;
const BUILT_IN: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
};

/** What this kernel cannot build of a world; empty where it can build it. Sources: `ip link add type …` on it. */
export function cannotBuild(world: World): readonly string[] {
  const all = world.spaces.flatMap((space) => space.interfaces);
  return [
    ...new Set(all.flatMap(({ kind, tunnel }) => [...(kind === 'openvswitch' ? ['openvswitch'] : []), ...(tunnel && tunnel.kind !== 'vxlan' ? [tunnel.kind] : [])])),
  ];
}

/** Shell, for `sh -e` in fresh network and mount namespaces. */
export function scriptOf(world: World): string {
  const cables = cablesOf(world);
  const spaces = [...world.spaces.map((space) => space.name), HUB];
  return [
    'mount -t tmpfs tmpfs /run',
    here('ip -batch -', spaces.map((name) => `netns add ${name}`), 'NAMES'),
    ...world.spaces.map((space) => inside(space.name, sysctls(space))),
    inside(HUB, ['bridge/bridge-nf-call-iptables', 'bridge/bridge-nf-call-ip6tables'].map((path) => `echo 0 >/proc/sys/net/${path}`)),
    inside(HUB, ['echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6']),
    here('ip -batch -', cables.map((cable) => cable.line), 'CABLES'),
    inside(HUB, [here('ip -batch -', cables.flatMap((cable) => cable.inHub), 'WIRES')]),
    ...world.spaces.map((space) => inside(space.name, [here('ip -batch -', links(space), 'LINKS'), ...fdb(space), ...filters(space)])),
    '',
  ].join('\n');
}

function here(command: string, lines: readonly string[], mark: string): string {
  return lines.length === 0 ? '' : `${command} <<'${mark}'\n${lines.join('\n')}\n${mark}`;
}

function inside(space: string, lines: readonly string[]): string {
  return here(`nsenter --net=/run/netns/${space} sh -e`, lines.filter((line) => line !== ''), 'SPACE');
}

/** Addresses of IPv6 are there at once; nobody is redirected: what a host once learnt of another is not in a world. */
function sysctls(space: Space): readonly string[] {
  const set = (path: string, value: number): string => `echo ${value} >/proc/sys/net/${path}`;
  return [
    ...['accept_dad', 'accept_ra', 'accept_redirects', 'autoconf', 'router_solicitations'].map((name) => set(`ipv6/conf/default/${name}`, 0)),
    ...['send_redirects', 'accept_redirects'].flatMap((name) => [set(`ipv4/conf/all/${name}`, 0), set(`ipv4/conf/default/${name}`, 0)]),
    set('ipv4/ip_forward', Number(space.forwards[4])),
    set('ipv6/conf/all/forwarding', Number(space.forwards[6])),
    set('ipv4/conf/default/rp_filter', 0),
    set('ipv4/conf/all/rp_filter', space.reversePathFilter),
    set('bridge/bridge-nf-call-iptables', Number(space.filtersBridges[4])),
    set('bridge/bridge-nf-call-ip6tables', Number(space.filtersBridges[6])),
    // As many answers of the kernel as there are questions.
    set('ipv4/icmp_ratelimit', 0),
  ];
}

interface Plug {
  readonly space: string;
  readonly name: string;
  readonly wire: string;
}

interface Cable {
  readonly line: string;
  readonly inHub: readonly string[];
}

function cablesOf(world: World): readonly Cable[] {
  const plugs = new Map<string, Plug[]>();
  for (const space of world.spaces) {
    for (const { name, kind, wire } of space.interfaces) {
      // One with nothing to be plugged into has a cable to nowhere.
      const key = wire ?? `${space.name} ${name}`;
      if (kind === 'ethernet') plugs.set(key, [...(plugs.get(key) ?? []), { space: space.name, name, wire: key }]);
    }
  }
  const cables: Cable[] = [];
  let count = 0;
  // By the wires' names, so that a namespace has its interfaces in the order in which the world has them: kernels look at the first one first.
  for (const [, ends] of [...plugs].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const [one, other] = ends;
    if (one && other && ends.length === 2) {
      cables.push({ line: `link add ${one.name} netns ${one.space} type veth peer name ${other.name} netns ${other.space}`, inHub: [] });
      continue;
    }
    const bridge = `wire${count++}`;
    ends.forEach(({ space, name }, at) => {
      const port = `${bridge}-${at}`;
      const made = at === 0 ? [`link add ${bridge} type bridge mcast_snooping 0`, `link set ${bridge} up`] : [];
      cables.push({ line: `link add ${name} netns ${space} type veth peer name ${port} netns ${HUB}`, inHub: [...made, `link set ${port} mtu ${HUB_MTU} master ${bridge} up`] });
    });
  }
  return cables;
}

function links(space: Space): readonly string[] {
  const lines = ['link set lo up'];
  for (const each of space.interfaces) {
    if (each.kind === 'bridge') lines.push(`link add ${each.name} type bridge`);
    if (each.tunnel) lines.push(`link add ${each.name} type vxlan ${vxlan(each)}`);
  }
  for (const { name, mtu, master } of space.interfaces) lines.push(`link set ${name} mtu ${mtu}${master === undefined ? '' : ` master ${master}`}`);
  for (const { name } of space.interfaces.filter(({ hairpin }) => hairpin === true)) lines.push(`link set ${name} type bridge_slave hairpin on`);
  // A bridge takes the least MTU of its ports until it is given one.
  for (const { name, mtu } of space.interfaces.filter(({ kind }) => kind === 'bridge')) lines.push(`link set ${name} mtu ${mtu}`);
  for (const { name, addresses } of space.interfaces) {
    for (const address of addresses) lines.push(`address add ${address} dev ${name}${familyOf(address) === 6 ? ' nodad' : ''}`);
  }
  for (const { name } of space.interfaces) lines.push(`link set ${name} up`);
  for (const { to, via, dev, onlink, source, metric } of space.routes) {
    const words = [`route add ${to}`];
    if (via !== undefined) words.push(`via ${via}`);
    if (dev !== undefined) words.push(`dev ${dev}`);
    if (onlink === true) words.push('onlink');
    if (source !== undefined) words.push(`src ${source}`);
    if (metric !== undefined) words.push(`metric ${metric}`);
    lines.push(words.join(' '));
  }
  return lines;
}

function vxlan({ tunnel }: WorldInterface): string {
  if (tunnel === undefined) return '';
  const [remote] = tunnel.remotes;
  return `id ${tunnel.id ?? 1} local ${tunnel.local}${tunnel.remotes.length === 1 && remote !== undefined ? ` remote ${remote}` : ''} dstport ${tunnel.port ?? 4789}`;
}

/** A VXLAN with several far ends floods what it does not know to all of them. */
function fdb(space: Space): readonly string[] {
  return space.interfaces.flatMap(({ name, tunnel }) => (tunnel && tunnel.remotes.length > 1 ? tunnel.remotes.map((remote) => `bridge fdb append 00:00:00:00:00:00 dev ${name} dst ${remote}`) : []));
}

function filters(space: Space): readonly string[] {
  return ([4, 6] as const).map((family) => here(`ip${family === 6 ? '6' : ''}tables-restore`, restoreLines(space.chains, family), 'RULES'));
}

export function restoreLines(chains: readonly Chain[], family: Family): readonly string[] {
  const lines: string[] = [];
  for (const table of ['raw', 'mangle', 'nat', 'filter'] as const) {
    const here = chains.filter((chain) => chain.family === family && chain.table === table);
    if (here.length === 0) continue;
    lines.push(`*${table}`);
    for (const { name, policy } of here) lines.push(`:${name} ${BUILT_IN[table].includes(name) ? (policy ?? 'ACCEPT') : '-'} [0:0]`);
    for (const { name, rules } of here) lines.push(...rules.map((rule) => `-A ${name} ${ruleText(rule, family)}`));
    lines.push('COMMIT');
  }
  return lines;
}

/** From the values alone: the rule's own text is for people. */
export function ruleText({ match, target }: Pick<WorldRule, 'match' | 'target'>, family: Family): string {
  const words: string[] = [];
  const add = (flag: string, value: { readonly is: string; readonly not?: boolean } | undefined): void => {
    if (value) words.push(...(value.not === true ? ['!'] : []), flag, value.is);
  };
  add('-s', match.source);
  add('-d', match.destination);
  add('-i', match.in);
  add('-o', match.out);
  add('-p', match.protocol && { ...match.protocol, is: match.protocol.is === 'icmp' && family === 6 ? 'ipv6-icmp' : match.protocol.is === 'ipip' ? '4' : match.protocol.is });
  if (match.sourcePort !== undefined) words.push('--sport', String(match.sourcePort));
  if (match.destinationPort !== undefined) words.push('--dport', String(match.destinationPort));
  if (match.states) words.push('-m', 'conntrack', '--ctstate', match.states.join(','));
  if (match.destinationIsLocal) words.push('-m', 'addrtype', ...(match.destinationIsLocal.not === true ? ['!'] : []), '--dst-type', 'LOCAL');
  words.push('-j', target.kind === 'jump' ? target.chain : target.kind.toUpperCase());
  if (target.kind === 'dnat' || target.kind === 'snat') {
    const { address, port } = target;
    const host = port === undefined ? address : `${family === 6 ? `[${address}]` : address}:${port}`;
    words.push(target.kind === 'dnat' ? '--to-destination' : '--to-source', host);
  }
  return words.join(' ');
}
