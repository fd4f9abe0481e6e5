/** swarm: Docker nodes that are one swarm, with overlay networks and services. */
import type { Lab } from '../../model/lab.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';
import type { Feature } from '../feature.js';
import { checksNameMembers, checksNameServices } from './check-rules.js';
import { containersAreAttachable, namesAreFree, serviceNamesAreFree } from './container-rules.js';
import { swarmFaults } from './faults.js';
import { swarmChecks } from './free-checks.js';
import { overlaysPass } from './mtu-rules.js';
import { replicas } from './replicas.js';
import { resolveSwarm } from './resolve.js';
import { daemonsFit, enoughManagers, membersExist, membersMeet, oneRoleEach, onlyMembersAreDrained } from './rules.js';
import { swarmSchema } from './schema.js';
import { scriptView } from './script.js';
import { constraintsHold, environmentIsText, networksExist, portsAreFree } from './service-rules.js';
import { subnetsStandApart } from './subnet-rules.js';
import { swarm } from './swarm-check.js';
import { overlayWorld, swarmWorld } from './world.js';

export const feature: Feature = {
  name: 'swarm',
  blocks: { swarm: swarmSchema },
  // Containers of the lab may be on its networks.
  after: ['containers'],
  rules: [membersExist, oneRoleEach, onlyMembersAreDrained, enoughManagers, membersMeet, daemonsFit, subnetsStandApart, namesAreFree, serviceNamesAreFree, networksExist, portsAreFree, constraintsHold, environmentIsText, containersAreAttachable, checksNameServices, checksNameMembers, overlaysPass],
  checkKinds: [swarm, replicas],
  resolve: resolveSwarm,
  world: { network: (lab, draft) => swarmWorld(lab, draft), plugs: (lab, draft) => overlayWorld(lab, draft) },
  files,
  tasks,
  checks: swarmChecks,
  faults: swarmFaults,
};

/** Also where this stage has no swarm, but another one has. */
function files(lab: Lab): readonly FileRequest[] {
  if (lab.swarms.length === 0) return [];
  return lab.nodes
    .filter((node) => node.docker)
    .map((node) => ({ path: `nodes/${node.name}/labgen-swarm.sh`, mode: 0o755, template: 'features/swarm/labgen-swarm.sh', view: scriptView(lab, node.name) }));
}

/** Nodes join and networks are made before containers that are on them; services come last. */
function tasks(lab: Lab): readonly TaskRequest[] {
  const [swarm] = lab.swarms;
  if (!swarm) return [];
  const [first, ...others] = swarm.members;
  const members = swarm.members.map((member) => member.node);
  const parts = (['manager', 'worker'] as const)
    // Managers join one by one: each changes who has to agree on the next.
    .map((role) => ({ role, variable: `labgen_swarm_${role}_invitation`, quoted: `'labgen_swarm_${role}_invitation'`, throttle: role === 'manager' ? 1 : 0, leader: first?.node ?? '', nodes: others.filter((member) => member.role === role).map((member) => member.node) }))
    .filter((part) => part.nodes.length > 0);
  const leavers = lab.nodes.filter((node) => node.docker && !members.includes(node.name)).map((node) => node.name);
  return [
    { phase: 'docker', template: 'features/swarm/tasks.yml', view: { leavers, leader: first?.node ?? false, parts } },
    ...(first ? [{ phase: 'services' as const, template: 'features/swarm/services.yml', view: { members, leader: first.node } }] : []),
  ];
}
