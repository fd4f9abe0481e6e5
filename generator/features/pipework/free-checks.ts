/** Checks that come free with pipework: the interface, its port, its route; who reaches whom on the same bridge. */
import type { CheckRequest } from '../../model/check.js';
import { addressPart } from '../../model/family.js';
import type { Lab, Pipework } from '../../model/lab.js';
import { parseCidr } from '../../model/ipv4.js';

/** A documentation address (RFC 5737): nobody's, so the default route leads there. */
const ELSEWHERE = '192.0.2.1';
/** Spanning tree keeps a port closed for twice 15 s. */
const STP_SECONDS = 60;

export function pipeworkChecks(lab: Lab): readonly CheckRequest[] {
  return lab.pipework.flatMap((pipe, index) => [...ownChecks(lab, pipe), ...withNext(lab, pipe, lab.pipework.slice(index + 1))]);
}

function ownChecks(lab: Lab, pipe: Pipework): readonly CheckRequest[] {
  const bridge = lab.links.find((link) => link.node === pipe.node && link.name === pipe.bridge);
  return [
    { kind: 'interface', subject: { container: pipe.container, name: pipe.interface, kind: 'veth', up: true, mtu: bridge?.mtu, address: pipe.address }, why: `labgen-pipework.sh put ${pipe.interface} into ${pipe.container}.` },
    { kind: 'fdb', subject: { container: pipe.container, interface: pipe.interface }, ...slow(lab, pipe), why: `${pipe.bridge} sends what is for ${pipe.container} to its port only.` },
    ...(pipe.gateway === undefined ? [] : [{ kind: 'route', subject: { container: pipe.container, to: ELSEWHERE, via: pipe.gateway, dev: pipe.interface }, why: `The default route of ${pipe.container} leads to ${pipe.gateway}.` }]),
    ...(pipe.bridgeKind === 'ovs' ? [{ kind: 'ovs', subject: { node: pipe.node, bridge: pipe.bridge, port: pipe.port, tag: pipe.vlan ?? 0 }, why: pipe.vlan === undefined ? 'The port is in no VLAN.' : `Its port is in VLAN ${pipe.vlan}.` }] : []),
  ];
}

/** With the next one on the same bridge and in the same network: same tag reaches, different tags do not. Pairs of neighbours only, so that checks do not grow with the square. */
function withNext(lab: Lab, pipe: Pipework, others: readonly Pipework[]): readonly CheckRequest[] {
  const neighbours = others.filter((other) => other.node === pipe.node && other.bridge === pipe.bridge && other.container !== pipe.container && subnetOf(other) === subnetOf(pipe));
  const same = neighbours.find((other) => other.vlan === pipe.vlan);
  const apart = neighbours.find((other) => other.vlan !== undefined && pipe.vlan !== undefined && other.vlan !== pipe.vlan);
  const subject = (other: Pipework) => ({ from: pipe.container, to: addressPart(other.address) });
  return [
    ...(same && crosses(lab, pipe) ? [{ kind: 'ping', subject: subject(same), ...slow(lab, pipe), why: `${pipe.bridge} joins ${pipe.container} and ${same.container}.` }] : []),
    ...(apart ? [{ kind: 'ping', subject: subject(apart), expect: { is: 'unreachable' as const }, within: 2, why: `${pipe.container} is in VLAN ${pipe.vlan ?? 0} and ${apart.container} in VLAN ${apart.vlan ?? 0}: ${pipe.bridge} keeps them apart.` }] : []),
  ];
}

function subnetOf(pipe: Pipework): string {
  const subnet = parseCidr(pipe.address)?.subnet;
  return subnet ? `${subnet.base}/${subnet.prefix}` : '';
}

/** Whether frames get across for certain: without our rule it is Docker's policy that decides. */
function crosses(lab: Lab, pipe: Pipework): boolean {
  const node = lab.nodes.find((each) => each.name === pipe.node);
  return pipe.bridgeKind === 'ovs' || node?.dockerBridge === pipe.bridge || lab.rules.some((rule) => rule.node === pipe.node && rule.hook === 'forward' && rule.action.kind === 'accept' && rule.match.in === pipe.bridge && rule.match.out === pipe.bridge);
}

function slow(lab: Lab, pipe: Pipework): { readonly within?: number } {
  const link = lab.links.find((each) => each.node === pipe.node && each.name === pipe.bridge);
  return link?.options.some((option) => option === 'stp_state' || option === 'stp_enable=true') ? { within: STP_SECONDS } : {};
}
