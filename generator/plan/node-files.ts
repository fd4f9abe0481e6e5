/** The files of one node that every lab has: network and firewall scripts with their units, dockerd's drop-in. */
import { familyOf, type Family } from '../model/family.js';
import type { Lab, Node } from '../model/lab.js';
import type { Wrapping } from '../model/lab-links.js';
import type { FileRequest } from '../model/plan.js';
import { chainOf, filterTool, ruleWords } from '../model/rule.js';
import type { NodeParts } from './index-by-node.js';
import { forwardParent } from './forward-parent.js';

export function nodeFiles(lab: Lab, node: Node, parts: NodeParts): readonly FileRequest[] {
  const folder = `nodes/${node.name}`;
  const names = { lab: lab.name, node: node.name };
  const file = (name: string, mode: number, view: Readonly<Record<string, unknown>>): FileRequest => ({ path: `${folder}/${name}`, mode, template: `base/${name}`, view: { ...names, ...view } });
  return [
    file('labgen-network.sh', 0o755, networkView(lab, node, parts)),
    file('labgen-network.service', 0o644, { ovs: parts.links.some((link) => link.type === 'openvswitch') }),
    file('labgen-firewall.sh', 0o755, firewallView(lab, node, parts)),
    file('labgen-firewall.service', 0o644, { docker: node.docker }),
    ...(node.docker
      ? [{ path: `${folder}/docker.service.d/50-labgen.conf`, mode: 0o644, template: 'features/docker/50-labgen.conf', view: { ...names, bridge: parts.links.some((link) => link.name === node.dockerBridge), variables: parts.variables.map(({ name, value }) => `${name}=${value}`), words: ['dockerd', '-H', 'fd://', ...parts.flags.map((flag) => `--${flag.name}=${flag.value}`)] } }]
      : []),
  ];
}

function networkView(lab: Lab, node: Node, parts: NodeParts): Readonly<Record<string, unknown>> {
  const used = new Set(parts.links.flatMap((link) => link.options));
  const mtus = node.attachments.flatMap(({ network, address }) => {
    const mtu = lab.networks.find((each) => each.name === network)?.mtu;
    return mtu === undefined ? [] : [{ address, mtu }];
  });
  const viaLab = parts.routes.some((route) => route.via !== undefined);
  return {
    // What is built on an address has to wait for it.
    waits: node.attachments.filter((each) => viaLab || used.has(each.address) || each.address6 !== undefined || mtus.some(({ address }) => address === each.address)).map((each) => ({ address: each.address })),
    ipv6: lab.ipv6 === true,
    speaks6: speaksIpv6(node, parts),
    addresses6: node.attachments.flatMap((each) => (each.address6 === undefined ? [] : [{ address: each.address, cidr: `${each.address6}/${each.prefix6 ?? 64}` }])),
    modules: [...new Map(parts.modules.map((module) => [module.name, { name: module.name, why: module.why.replaceAll('"', "'") }])).values()],
    mtus,
    sysctls: parts.sysctls.map(({ key, value }) => ({ key, value })),
    ovs: parts.links.some((link) => link.type === 'openvswitch'),
    wireguard: parts.links.some((link) => link.wraps?.kind === 'wireguard'),
    bridged: parts.links.some((link) => link.type === 'bridge' && (link.ports ?? []).length > 0),
    links: parts.links.map((link) => ({
      ...(link.type === 'openvswitch' ? { verb: 'ovs_bridge', words: [link.name, ...link.options] } : { verb: 'link', words: [link.name, link.type, ...link.options] }),
      name: link.name,
      keys: link.wraps?.kind === 'wireguard' ? [{ words: [link.name, String(link.wraps.port), link.peer ?? '', endpoint(link.wraps)] }] : [],
      settings: [...(link.mac === undefined ? [] : ['address', link.mac]), ...(link.mtu === undefined || link.type === 'openvswitch' ? [] : ['mtu', String(link.mtu)]), 'up'],
      addresses: link.addresses.map((cidr) => ({ words: [cidr, 'dev', link.name, ...(familyOf(cidr) === 6 ? ['nodad'] : [])] })),
      why: link.why,
    })),
    // After all links: one of them may be a port.
    ports: parts.links.flatMap((link) => (link.ports ?? []).map((port) => ({ verb: link.type === 'openvswitch' ? 'ovs_port' : 'port', words: [link.name, port] }))),
    removals: parts.removals.map(({ name, why }) => ({ name, why })),
    routes: parts.routes.map((route) => ({
      words: [route.to, ...(route.via === undefined ? [] : ['via', route.via]), ...(route.dev === undefined ? [] : ['dev', route.dev]), ...(route.source === undefined ? [] : ['src', route.source])],
      why: route.why,
    })),
  };
}

function endpoint({ family, remote, port }: Wrapping): string {
  return `${family === 6 ? `[${remote}]` : remote}:${port ?? ''}`;
}

/** Whether anything of a node has to do with IPv6. */
function speaksIpv6(node: Node, parts: NodeParts): boolean {
  return (
    node.attachments.some((each) => each.address6 !== undefined) ||
    parts.links.some((link) => link.addresses.some((cidr) => familyOf(cidr) === 6)) ||
    parts.routes.some((route) => familyOf(route.to) === 6) ||
    parts.flags.some((flag) => (flag.name === 'ipv6' || flag.name === 'ip6tables') && flag.value === 'true')
  );
}

function firewallView(lab: Lab, node: Node, parts: NodeParts): Readonly<Record<string, unknown>> {
  const chains = new Map<string, { verb: string; tool: string; table: string; parent: string; name: string; rules: unknown[] }>();
  for (const rule of parts.rules) {
    const suffix = suffixOf(rule.family);
    const key = `${suffix} ${rule.table} ${rule.hook}`;
    const parent = forwardParent(rule, node.docker, parts.flags.find((flag) => flag.name === filterTool(rule.family))?.value);
    const chain = chains.get(key) ?? { verb: `${parent === 'DOCKER-USER' && suffix !== '' ? 'docker_' : ''}chain${suffix}`, tool: filterTool(rule.family), table: rule.table, parent, name: chainOf(rule.hook), rules: [] };
    chain.rules.push({ table: rule.table, chain: chain.name, verb: `${rule.condition === undefined ? '' : 'routed_'}rule${suffix}`, words: ruleWords(rule), why: rule.why });
    chains.set(key, chain);
  }
  const families: readonly Family[] = lab.ipv6 === true ? [4, 6] : [4];
  return {
    chains: [...chains.values()],
    ipv6: lab.ipv6 === true,
    families: families.map((family) => ({
      suffix: suffixOf(family),
      tool: filterTool(family),
      conditional: parts.rules.some((rule) => rule.condition !== undefined && (rule.family ?? 4) === family),
      sweeps: parts.sweeps.some((sweep) => (sweep.family ?? 4) === family),
    })),
    sweeps: parts.sweeps.map(({ chains: prefix, bridge, why, family }) => ({ verb: `sweep${suffixOf(family)}`, prefix, bridge, why })),
  };
}

/** What the script's functions of a family end in. */
function suffixOf(family: Family | undefined): '' | '6' {
  return family === 6 ? '6' : '';
}
