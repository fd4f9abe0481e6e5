/** pipework: interfaces put into containers from outside Docker, and again whenever a container starts. */
import type { Lab } from '../../model/lab.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';
import type { Feature } from '../feature.js';
import { pipeworkChecks } from './free-checks.js';
import { pipeworkWorld } from './world.js';
import { pipeWords, resolvePipework } from './resolve.js';
import { addressesFit, bridgeIsThere, interfacesAreFree, macsDiffer, networkTakesMore, vlanNeedsASwitch } from './rules.js';

/** The key `pipework` stands under each container; its schema is in the containers' own. */
export const feature: Feature = {
  name: 'pipework',
  after: ['bridges', 'containers'],
  rules: [bridgeIsThere, networkTakesMore, interfacesAreFree, vlanNeedsASwitch, addressesFit, macsDiffer],
  resolve: resolvePipework,
  world: { plugs: (lab, draft) => pipeworkWorld(lab, draft) },
  files,
  tasks,
  units: [{ phase: 'services', name: 'labgen-pipework.service', reads: ['labgen-pipework.sh'] }],
  checks: pipeworkChecks,
};

function nodesOf(lab: Lab): readonly string[] {
  return [...new Set(lab.pipework.map((pipe) => pipe.node))];
}

function files(lab: Lab): readonly FileRequest[] {
  return nodesOf(lab).flatMap((node) => {
    const own = lab.pipework.filter((pipe) => pipe.node === node);
    const file = (name: string, mode: number, view: Readonly<Record<string, unknown>>): FileRequest => ({ path: `nodes/${node}/${name}`, mode, template: `features/pipework/${name}`, view: { lab: lab.name, node, ...view } });
    return [file('labgen-pipework.sh', 0o755, { pipes: own.map((pipe) => ({ words: pipeWords(pipe) })) }), file('labgen-pipework.service', 0o644, {})];
  });
}

function tasks(lab: Lab): readonly TaskRequest[] {
  const nodes = nodesOf(lab);
  return nodes.length === 0 ? [] : [{ phase: 'services', template: 'features/pipework/tasks.yml', view: { nodes } }];
}
