/** containers: what runs on the nodes. */
import type { CheckRequest } from '../../model/check.js';
import type { Container, Lab, PublishedPort } from '../../model/lab.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';
import type { Feature } from '../feature.js';
import { formatPort } from './ports.js';
import { resolveContainers } from './resolve.js';
import { environmentIsText, namesAreUnique, networkFits, nodeIsThereWithDocker, portsAreFree } from './rules.js';
import { CONTAINERS_SCHEMA } from './schema.js';

export const feature: Feature = {
  name: 'containers',
  blocks: { containers: CONTAINERS_SCHEMA },
  rules: [nodeIsThereWithDocker, namesAreUnique, networkFits, portsAreFree, environmentIsText],
  resolve: resolveContainers,
  files,
  tasks,
  checks,
};

/** `docker run` of one container, as argv without the name and the label of its own hash. */
export function runWords(container: Container): readonly string[] {
  return [
    '--detach',
    '--restart', 'unless-stopped',
    '--network', container.network,
    ...(container.hostname === undefined ? [] : ['--hostname', container.hostname]),
    ...container.env.flatMap((each) => ['--env', `${each.name}=${each.value}`]),
    ...container.ports.flatMap((port: PublishedPort) => ['--publish', formatPort(port)]),
    container.image,
    ...(container.command ?? []),
  ];
}

/** Every Docker node has the script, also an empty one: changing stage has to take containers away too. */
function files(lab: Lab): readonly FileRequest[] {
  return lab.nodes
    .filter((node) => node.docker)
    .map((node) => {
      const own = lab.containers.filter((container) => container.node === node.name);
      return {
        path: `nodes/${node.name}/labgen-containers.sh`,
        mode: 0o755,
        template: 'features/containers/labgen-containers.sh',
        view: {
          lab: lab.name,
          node: node.name,
          // Changing stage takes away what the stage lacks, and this script runs in each of them.
          forgets: lab.stages.length > 1 && !lab.pipework.some((pipe) => pipe.node === node.name),
          toolbox: own.some((container) => container.image === 'toolbox'),
          names: own.map((container) => container.name),
          containers: own.map((container) => ({ name: container.name, words: runWords(container) })),
        },
      };
    });
}

function tasks(lab: Lab): readonly TaskRequest[] {
  return lab.nodes.some((node) => node.docker) ? [{ phase: 'containers', template: 'features/containers/tasks.yml', view: {} }] : [];
}

function checks(lab: Lab): readonly CheckRequest[] {
  return lab.containers.map((container) => ({
    kind: 'docker',
    subject: { container: container.name, path: 'State.Running' },
    expect: { is: 'value', value: true },
    why: `Nothing can be said of ${container.name} unless it runs.`,
  }));
}
