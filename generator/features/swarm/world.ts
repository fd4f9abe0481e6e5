/** A swarm as what its containers and nodes see of it: overlay networks as one wire each, published ports answered by every node. */
import { firstHost, networkOf } from '../../model/family.js';
import { formatAddress, parseCidr } from '../../model/ipv4.js';
import type { Lab, Swarm } from '../../model/lab.js';
import { ETHERNET_MTU, overlayRoom } from '../../model/mtu.js';
import type { ContainerBridge, WorldDraft } from '../../model/world-draft.js';
import { subnetIn } from '../docker/world.js';

/** Where every node's way out of overlay networks is; Docker's second pool. */
const GATEWAY_SUBNET = '172.18.0.0/16';

/** docker_gwbridge of each member: containers on it reach what is outside, and not each other. */
export function swarmWorld(lab: Lab, draft: WorldDraft): void {
  for (const { node } of members(lab)) {
    const seen = draft.seen(node, 'docker_gwbridge', 4);
    const subnet = (seen === undefined ? undefined : networkOf(seen)?.network) ?? GATEWAY_SUBNET;
    const gateway = seen?.split('/')[0] ?? firstHost(subnet) ?? '';
    draft.bridges.push({ node, network: 'docker_gwbridge', bridge: 'docker_gwbridge', subnet, gateway, subnet6: undefined, gateway6: undefined, mtu: ETHERNET_MTU, internal: false, isolated: true, presumed: true, taken: new Set([gateway]) });
  }
}

export function overlayWorld(lab: Lab, draft: WorldDraft): void {
  for (const swarm of lab.swarms) {
    for (const container of lab.containers) if (swarm.networks.some((each) => each.name === container.network)) plugIn(swarm, container.name, container.network, draft);
    for (const service of swarm.services) {
      if (service.replicas === 0) continue;
      for (const { node } of swarm.members) for (const { hostPort, protocol } of service.publish) draft.space(node).listeners.push({ protocol, port: hostPort, what: `the service ${service.name}`, spreads: true });
    }
    if (swarm.services.length > 0) draft.gaps.push('where tasks of services run is decided when the lab runs: they are not asked, and neither are names of services; of what comes in at a published port it is not told whom a task sees, nor how much at once reaches it');
  }
}

function plugIn(swarm: Swarm, name: string, networkName: string, draft: WorldDraft): void {
  const network = swarm.networks.find((each) => each.name === networkName);
  const endpoint = draft.endpoint(name);
  const subnet = parseCidr(network?.subnet ?? swarm.addressPool)?.subnet;
  if (!network || !endpoint || !subnet) return;
  const mtu = overlayRoom(network.mtu ?? ETHERNET_MTU, network.encrypted);
  const number = draft.endpoints.filter((each) => each.addresses.some((address) => address.on === `overlay ${networkName}`)).length;
  const address = draft.seen(endpoint.space, 'eth0', 4)?.split('/')[0] ?? formatAddress(subnet.base + 10 + number);
  const space = draft.space(endpoint.space);
  space.interfaces.push({ name: 'eth0', kind: 'ethernet', mtu, addresses: [`${address}/${subnet.prefix}`], wire: `overlay ${networkName}` });
  const out = draft.bridges.find((each) => each.node === space.node && each.network === 'docker_gwbridge');
  if (out) wayOut(name, out, draft);
  draft.endpoints[draft.endpoints.indexOf(endpoint)] = { ...endpoint, addresses: [...endpoint.addresses, { address, on: `overlay ${networkName}`, presumed: true }] };
}

function wayOut(name: string, bridge: ContainerBridge, draft: WorldDraft): void {
  const base = parseCidr(subnetIn(bridge, 4) ?? '')?.subnet.base ?? 0;
  const address = draft.seen(name, 'eth1', 4)?.split('/')[0] ?? formatAddress(base + 2 + bridge.taken.size);
  bridge.taken.add(address);
  const wire = `cable ${name} out`;
  draft.space(name).interfaces.push({ name: 'eth1', kind: 'ethernet', mtu: bridge.mtu, addresses: [`${address}/${bridge.subnet.split('/')[1] ?? ''}`], wire });
  draft.space(name).routes.push({ to: '0.0.0.0/0', via: bridge.gateway, dev: 'eth1' });
  draft.space(bridge.node).interfaces.push({ name: `veth-${name}`, kind: 'ethernet', mtu: bridge.mtu, addresses: [], master: bridge.bridge, wire });
}

function members(lab: Lab): readonly { readonly node: string }[] {
  return lab.swarms.flatMap((swarm) => swarm.members);
}
