/** weave: a router on each node, and containers attached to their common network, with names. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { weaveFaults } from './faults.js';
import { weaveFiles, weaveTasks } from './files.js';
import { resolveWeave } from './resolve.js';
import { weave } from './router.js';
import { artifactsExist, attachedExist, nodesExist, oneUnderlay, rangeIsFree, versionsFit } from './rules.js';
import { weaveSchema } from './schema.js';
import { weaveWorld } from './world.js';

export const feature: Feature = {
  name: 'weave',
  blocks: { weave: weaveSchema },
  // Containers are attached to it; their name server is docker0's address.
  after: ['containers', 'docker'],
  // Those that report at the block itself come last: after them nothing in it counts as sound.
  rules: [nodesExist, rangeIsFree, versionsFit, attachedExist, artifactsExist, oneUnderlay],
  checkKinds: [weave],
  resolve: resolveWeave,
  world: { plugs: (lab, draft) => weaveWorld(lab, draft) },
  files: weaveFiles,
  tasks: weaveTasks,
  units: [{ phase: 'services', name: 'labgen-weave.service', reads: [] }],
  checks,
  faults: weaveFaults,
};

function checks(lab: Lab): readonly CheckRequest[] {
  return lab.weaveRouters.flatMap(({ node, peers, password, fastDatapath, attached }): CheckRequest[] => [
    {
      kind: 'weave',
      subject: { node, connections: peers.length, encrypted: peers.length === 0 ? undefined : password !== undefined, datapath: peers.length === 0 ? undefined : fastDatapath ? 'fastdp' : 'sleeve' },
      why: peers.length === 0 ? `The router of ${node} runs, and knows no other.` : `The router of ${node} has a connection to each other one; without openvswitch it falls back to sleeve.`,
    },
    ...attached.map(({ container }): CheckRequest => ({ kind: 'interface', subject: { container, name: 'ethwe', up: true }, why: `ethwe is ${container}'s way into the weave network.` })),
  ]);
}
