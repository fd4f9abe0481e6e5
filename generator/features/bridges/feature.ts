/** bridges: Linux and Open vSwitch bridges of nodes, below Docker. */
import type { Feature } from '../feature.js';
import { checksNameSwitches } from './check-rules.js';
import { dockerFindsItsBridge } from './docker-rules.js';
import { fdb } from './fdb.js';
import { bridgeChecks } from './free-checks.js';
import { ovs } from './ovs.js';
import { resolveBridges } from './resolve.js';
import { addressesFit, namesAreFree, nodesExist, portsFit } from './rules.js';
import { bridgesSchema } from './schema.js';

export const feature: Feature = {
  name: 'bridges',
  blocks: { bridges: bridgesSchema },
  rules: [nodesExist, namesAreFree, addressesFit, portsFit, dockerFindsItsBridge, checksNameSwitches],
  checkKinds: [fdb, ovs],
  resolve: resolveBridges,
  tasks: (lab) => {
    const switches = lab.links.filter((link) => link.type === 'openvswitch').map((link) => link.node);
    return switches.length === 0 ? [] : [{ phase: 'kernel', template: 'features/bridges/ovs.yml', view: { nodes: [...new Set(switches)] } }];
  },
  checks: bridgeChecks,
};
