/** How interfaces are called in drawings. */
import type { Lab } from '../model/lab.js';
import type { WorldInterface } from '../model/world.js';

const KINDS = { gre: 'GRE', gretap: 'GRETAP', ipip: 'IPIP', vxlan: 'VXLAN', wireguard: 'WireGuard', udp: 'UDP' } as const;

/** How a tunnel is called. */
export function tunnelName({ tunnel }: WorldInterface): string {
  return tunnel === undefined ? '' : `${KINDS[tunnel.kind]}${tunnel.family === 6 ? ' over IPv6' : ''}`;
}

/** The bridge of a network that Docker was asked for is called as the network: Docker names the interface by a number. */
export function named(lab: Lab, node: string, each: WorldInterface): { readonly name: string; readonly kind: string } {
  if (each.tunnel) return { name: each.name, kind: tunnelName(each) };
  if (each.kind === 'openvswitch') return { name: each.name, kind: 'Open vSwitch' };
  if (each.kind !== 'bridge') return { name: each.name, kind: '' };
  const network = lab.dockerNetworks.find((own) => own.node === node && [`br-${own.name}`, own.options.findLast((option) => option.name === 'com.docker.network.bridge.name')?.value].includes(each.name));
  if (!network) return { name: each.name, kind: '' };
  return { name: each.name === `br-${network.name}` ? network.name : each.name, kind: `Docker network${each.name === `br-${network.name}` ? '' : ` ${network.name}`}${network.internal ? ', internal' : ''}` };
}
