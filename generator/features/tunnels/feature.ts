/** tunnels: GRE, VXLAN, IPIP or WireGuard between nodes, two ends or a full mesh, and what it takes to carry container networks. */
import type { CheckRequest } from '../../model/check.js';
import { addressPart } from '../../model/family.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { addressesAreOnesOwn, addressesTakeNoNetwork } from './address-rules.js';
import { carried } from './carried.js';
import { keyTasks } from './keys.js';
import { bridgesFitTheirTunnels, mtuPasses } from './mtu.js';
import { resolveTunnels } from './resolve.js';
import { carriedNetworks6Differ, carriedNetworksDiffer, carriedWayIsOpen, endsExist, enoughEnds, interfaceNamesAreFree, kindsKnowTheirKeys, pluggedEndsHaveNoAddress, portsAreFree } from './rules.js';
import { tunnelsSchema } from './schema.js';
import { containersGetAnswers } from './way-back.js';

export const feature: Feature = {
  name: 'tunnels',
  blocks: { tunnels: tunnelsSchema },
  rules: [endsExist, enoughEnds, carriedNetworksDiffer, carriedNetworks6Differ, interfaceNamesAreFree, carriedWayIsOpen, kindsKnowTheirKeys, portsAreFree, pluggedEndsHaveNoAddress, mtuPasses, bridgesFitTheirTunnels, addressesAreOnesOwn, addressesTakeNoNetwork, containersGetAnswers],
  checkKinds: [carried],
  resolve: (ground) => resolveTunnels(ground),
  tasks: keyTasks,
  // The network's script reads the far ends' keys.
  units: [{ phase: 'network', name: 'labgen-network.service', reads: ['wireguard.'] }],
  checks: tunnelChecks,
};

/** Each end is up with its MTU, and what is sent to the far end travels inside it. */
function tunnelChecks(lab: Lab): readonly CheckRequest[] {
  const ends = lab.links.filter((link) => link.wraps !== undefined);
  return ends.flatMap((link): readonly CheckRequest[] => {
    const far = ends.find((other) => other.node === link.peer && other.peer === link.node);
    const inner = (far?.addresses ?? []).map((cidr) => addressPart(cidr));
    return [
      { kind: 'interface', subject: { node: link.node, name: link.name, kind: link.type, up: true, mtu: link.mtu, address: link.addresses[0] }, why: `${link.name} is the end of the tunnel to ${link.peer ?? 'its peer'}.` },
      ...inner.map((to): CheckRequest => ({ kind: 'carried', subject: { from: link.node, to, kind: link.wraps?.kind }, why: `What ${link.node} sends to the far end has to travel inside the tunnel.` })),
    ];
  });
}
