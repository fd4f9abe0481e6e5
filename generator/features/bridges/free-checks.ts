/** Checks that come free with bridges: each is there as the lab says; dockerd's containers live on their own one. */
import type { CheckRequest } from '../../model/check.js';
import { addressPart } from '../../model/family.js';
import { formatAddress, parseCidr } from '../../model/ipv4.js';
import type { Lab, Node } from '../../model/lab.js';

export function bridgeChecks(lab: Lab): readonly CheckRequest[] {
  const bridges = lab.links.filter((link) => link.type === 'bridge' || link.type === 'openvswitch');
  const spots = new Set(bridges.map((link) => `${link.node} ${link.name}`));
  return [
    ...bridges.map((link): CheckRequest => ({ kind: 'interface', subject: { node: link.node, name: link.name, kind: link.type, up: true, mtu: link.mtu, address: link.addresses[0] }, why: `Whatever is plugged into ${link.name} depends on it.` })),
    ...bridges.filter((link) => link.type === 'openvswitch').map((link): CheckRequest => ({ kind: 'ovs', subject: { node: link.node, bridge: link.name }, why: 'A port whose interface is gone is a leftover of a container that ended.' })),
    ...lab.removals.map((each): CheckRequest => ({ kind: 'interface', subject: { node: each.node, name: each.name }, expect: { is: 'value', value: 'absent' }, why: `${each.name} is of no use here, and would only mislead.` })),
    ...lab.nodes.filter((node) => spots.has(`${node.name} ${node.dockerBridge ?? ''}`)).flatMap((node) => dockerOn(lab, node)),
  ];
}

/** What it takes for containers to live on a bridge dockerd did not make. */
function dockerOn(lab: Lab, node: Node): readonly CheckRequest[] {
  const network = lab.containerNetworks.find((each) => each.node === node.name);
  const bridge = node.dockerBridge ?? '';
  if (!network) return [];
  const off = (name: string): boolean => lab.daemonFlags.some((flag) => flag.node === node.name && flag.name === name && flag.value === 'false');
  const gateway = addressPart(network.bip);
  const own = lab.containers.filter((container) => container.node === node.name && container.network === 'bridge');
  return [
    { kind: 'route', subject: { node: node.name, to: someContainer(network.subnet, gateway), dev: bridge }, why: `${node.name} reaches containers by ${bridge}.` },
    ...(off('iptables') || off('ip-masq') ? [] : [{ kind: 'iptables', subject: { node: node.name, table: 'nat', chain: 'POSTROUTING', rule: `-s ${network.subnet} ! -o ${bridge} -j MASQUERADE` }, why: 'Docker masquerades the network of the bridge it was given.' }]),
    ...own.map((container): CheckRequest => ({ kind: 'docker', subject: { container: container.name, path: 'NetworkSettings.Networks.bridge.Gateway' }, expect: { is: 'value', value: gateway }, why: `Containers on ${bridge} get its address as their way out.` })),
  ];
}

/** An address containers may have, to ask the way to. */
function someContainer(subnet: string, gateway: string): string {
  const base = parseCidr(subnet)?.subnet.base ?? 0;
  const first = formatAddress(base + 1);
  return first === gateway ? formatAddress(base + 2) : first;
}
