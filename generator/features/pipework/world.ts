/** Cables that pipework puts into containers. */
import { addressPart } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import { ETHERNET_MTU } from '../../model/mtu.js';
import type { WorldDraft } from '../../model/world-draft.js';

export function pipeworkWorld(lab: Lab, draft: WorldDraft): void {
  for (const pipe of lab.pipework) {
    const node = draft.space(pipe.node);
    const endpoint = draft.endpoint(pipe.container);
    if (!endpoint) continue;
    const space = draft.space(endpoint.space);
    const wire = `cable ${pipe.container} ${pipe.interface}`;
    // The script gives both ends the bridge's MTU.
    const mtu = node.interfaces.find((each) => each.name === pipe.bridge)?.mtu || ETHERNET_MTU;
    space.interfaces.push({ name: pipe.interface, kind: 'ethernet', mtu, addresses: [pipe.address], wire });
    node.interfaces.push({ name: pipe.port, kind: 'ethernet', mtu, addresses: [], master: pipe.bridge, wire, ...(pipe.vlan !== undefined && { vlan: pipe.vlan }) });
    if (pipe.gateway !== undefined) space.routes.splice(0, space.routes.length, ...space.routes.filter((each) => each.to !== '0.0.0.0/0'), { to: '0.0.0.0/0', via: pipe.gateway, dev: pipe.interface });
    const index = draft.endpoints.indexOf(endpoint);
    draft.endpoints[index] = { ...endpoint, addresses: [...endpoint.addresses, { address: addressPart(pipe.address), on: `${pipe.node} bridge ${pipe.bridge}` }] };
  }
}
