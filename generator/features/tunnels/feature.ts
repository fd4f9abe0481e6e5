/** tunnels: GRE between nodes, two ends or a full mesh, and what it takes to carry container networks. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { resolveTunnels } from './resolve.js';
import { carriedNetworksDiffer, endsExist, enoughEnds, interfaceNamesAreFree, mtuPasses } from './rules.js';
import { TUNNELS_SCHEMA } from './schema.js';

export const feature: Feature = {
  name: 'tunnels',
  blocks: { tunnels: TUNNELS_SCHEMA },
  rules: [endsExist, enoughEnds, carriedNetworksDiffer, interfaceNamesAreFree, mtuPasses],
  resolve: (ground) => resolveTunnels(ground),
  checks: tunnelChecks,
};

/** Each end is up with its MTU. */
function tunnelChecks(lab: Lab): readonly CheckRequest[] {
  return lab.links
    .filter((link) => link.type === 'gre')
    .map((link): CheckRequest => ({
      kind: 'interface',
      subject: { node: link.node, name: link.name, kind: 'gre', up: true, mtu: link.mtu, address: link.addresses[0] },
      why: `${link.name} is the end of the tunnel to ${link.peer ?? 'its peer'}.`,
    }));
}
