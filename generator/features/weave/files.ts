/** What weave needs on the nodes: a script, its unit, and a secret only root may read. */
import { pathOnNode } from '../../model/artifact.js';
import type { Artifact, Lab, WeaveRouter } from '../../model/lab.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';

export function weaveFiles(lab: Lab): readonly FileRequest[] {
  return lab.weaveRouters.flatMap((router): readonly FileRequest[] => {
    const file = (name: string, mode: number, view: Readonly<Record<string, unknown>>): FileRequest => ({ path: `nodes/${router.node}/${name}`, mode, template: `features/weave/${name}`, view: { lab: lab.name, node: router.node, ...view } });
    return [
      file('labgen-weave.sh', 0o755, scriptView(lab, router)),
      file('labgen-weave.service', 0o644, {}),
      ...(router.password === undefined ? [] : [file('weave-secret.env', 0o600, { password: router.password })]),
    ];
  });
}

function scriptView(lab: Lab, router: WeaveRouter): Readonly<Record<string, unknown>> {
  // The rules have seen to it that there is one.
  const path = (name: string): string => pathOnNode(lab.artifacts.find((each) => each.name === name) as Artifact);
  const tagged = (image: string, tag: string): string => `${router.publisher}/${image}:${tag}`;
  return {
    weave: path(router.script),
    // Another version brings its own.
    helpers: `weave-${router.version}`,
    exec: tagged('weaveexec', router.version),
    environment: [
      'CHECKPOINT_DISABLE=1', `WEAVE_VERSION=${router.version}`, `DOCKERHUB_USER=${router.publisher}`,
      ...(router.fastDatapath ? [] : ['WEAVE_NO_FASTDP=1']),
      ...(router.mtu === undefined ? [] : [`WEAVE_MTU=${router.mtu}`]),
      ...(router.api === undefined ? [] : [`DOCKER_API_VERSION=${router.api}`, `WEAVE_DOCKER_ARGS=-e DOCKER_API_VERSION=${router.api}`]),
    ],
    // Containers are attached by name; its plugin and its proxy for `docker` would only delay dockerd's restart.
    launch: ['--plugin=false', '--proxy=false', '--name', router.name, '--ipalloc-range', router.range, '--ipalloc-init', `consensus=${router.quorum}`, ...router.peers],
    ipsec: router.fastDatapath && router.password !== undefined,
    tar: router.images === undefined ? false : path(router.images),
    images: [tagged('weave', router.version), tagged('weaveexec', router.version), tagged('weavedb', 'latest')],
    attached: router.attached,
  };
}

export function weaveTasks(lab: Lab): readonly TaskRequest[] {
  const routers = lab.weaveRouters;
  const leaving: readonly TaskRequest[] = lab.weaveLeavers.length === 0 ? [] : [{ phase: 'services', template: 'features/weave/leave.yml', view: { nodes: lab.weaveLeavers } }];
  if (routers.length === 0) return leaving;
  const view = { nodes: routers.map((router) => router.node), secret: routers.some((router) => router.password !== undefined), legacy: routers[0]?.iptables === 'legacy' };
  return [
    ...(view.legacy ? [{ phase: 'kernel' as const, template: 'features/weave/iptables.yml', view }] : []),
    { phase: 'services', template: 'features/weave/tasks.yml', view },
    ...leaving,
  ];
}
