/** containers: what runs on the nodes. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { TaskRequest, FileRequest } from '../../model/plan.js';
import type { Feature } from '../feature.js';
import { addressesFit } from './addresses.js';
import { containerFaults } from './faults.js';
import { linksHold, linksMakeNoRing } from './links.js';
import { portsAreFree } from './port-rules.js';
import { resolveContainers } from './resolve.js';
import { environmentIsText, namesAreUnique, networkFits, nodeIsThereWithDocker } from './rules.js';
import { containersSchema } from './schema.js';
import { scriptViews } from './script.js';
import { containersWorld } from './world.js';

export const feature: Feature = {
  name: 'containers',
  blocks: { containers: containersSchema },
  rules: [nodeIsThereWithDocker, namesAreUnique, networkFits, portsAreFree, environmentIsText, linksHold, linksMakeNoRing, addressesFit],
  resolve: resolveContainers,
  world: { containers: (lab, draft) => containersWorld(lab, draft) },
  files,
  tasks,
  units: [{ phase: 'containers', name: 'labgen-containers.service', reads: [] }],
  checks,
  faults: containerFaults,
};

/** Every Docker node has the script and its unit, also without containers: changing stage has to take containers away too. */
function files(lab: Lab): readonly FileRequest[] {
  const views = scriptViews(lab);
  return lab.nodes
    .filter((node) => node.docker)
    .flatMap((node) => [
      { path: `nodes/${node.name}/labgen-containers.sh`, mode: 0o755, template: 'features/containers/labgen-containers.sh', view: views(node.name) },
      { path: `nodes/${node.name}/labgen-containers.service`, mode: 0o644, template: 'features/containers/labgen-containers.service', view: { lab: lab.name, node: node.name } },
    ]);
}

function tasks(lab: Lab): readonly TaskRequest[] {
  return lab.nodes.some((node) => node.docker) ? [{ phase: 'containers', template: 'features/containers/tasks.yml', view: {} }] : [];
}

function checks(lab: Lab): readonly CheckRequest[] {
  const running = lab.containers.map((container): CheckRequest => ({
    kind: 'docker',
    subject: { container: container.name, path: 'State.Running' },
    expect: { is: 'value', value: true },
    why: `Nothing can be said of ${container.name} unless it runs.`,
  }));
  const linked = lab.containers.flatMap((container) =>
    container.links.map((link): CheckRequest => ({ kind: 'dns', subject: { from: container.name, name: link.alias, address: link.container }, why: `${container.name} is linked to ${link.container} by this name.` })),
  );
  return [...running, ...linked];
}
