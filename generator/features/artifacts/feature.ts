/** artifacts: files that no distribution packages, named with URL, version and SHA-256, brought to the nodes that need them. */
import { neededArtifacts, originOf, pathInOutput, pathOnNode, variableOf } from '../../model/artifact.js';
import type { Ground } from '../../model/ground.js';
import type { Artifact, Lab } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { FileRequest, TaskRequest } from '../../model/plan.js';
import type { Contributions, Feature, RuleContext } from '../feature.js';
import { artifactsSchema } from './schema.js';

export const feature: Feature = {
  name: 'artifacts',
  blocks: { artifacts: artifactsSchema },
  rules: [nodesExist],
  resolve,
  files,
  tasks,
};

function sources(source: Tree): readonly { readonly name: string; readonly value: Tree; readonly nodes: readonly string[] }[] {
  return Object.entries(isTree(source['artifacts']) ? source['artifacts'] : {}).flatMap(([name, value]) =>
    isTree(value) ? [{ name, value, nodes: Array.isArray(value['nodes']) ? (value['nodes'] as unknown[]).map(String) : [] }] : [],
  );
}

function nodesExist(context: RuleContext): void {
  for (const { name, nodes } of sources(context.source)) {
    nodes.forEach((node, index) => {
      const at = ['artifacts', name, 'nodes', index];
      if (context.isSound(at) && !context.ground.members(node)) context.error('LG040', at, `there is no node "${node}"`, context.nearest(node, context.ground.names, 'node'));
    });
  }
}

function resolve(ground: Ground): Contributions {
  const all = sources(ground.source);
  return {
    artifacts: all.map(({ name, value }): Artifact => ({
      name,
      url: typeof value['url'] === 'string' ? value['url'] : undefined,
      about: String(value['about'] ?? ''),
      version: String(value['version']),
      sha256: value['sha256'] === 'unknown' ? undefined : String(value['sha256']),
      file: typeof value['file'] === 'string' ? value['file'] : fileAt(String(value['url'] ?? ''), name),
    })),
    artifactUses: all.flatMap(({ name, nodes }) => nodes.flatMap((group) => (ground.members(group) ?? []).map((node) => ({ node: node.name, artifact: name })))),
  };
}

/** The last part of a URL's path, where it can be a file name. */
function fileAt(url: string, otherwise: string): string {
  const last = /\/([^/?]*)(?:\?.*)?$/.exec(url)?.[1] ?? '';
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(last) ? last : otherwise;
}

/** The bytes are not the lab's to commit. */
function files(lab: Lab): readonly FileRequest[] {
  if (neededArtifacts(lab).length === 0) return [];
  return [{ path: 'artifacts/.gitignore', mode: 0o644, template: 'features/artifacts/gitignore', view: { lab: lab.name } }];
}

function tasks(lab: Lab): readonly TaskRequest[] {
  return neededArtifacts(lab).map((artifact) => ({
    phase: 'packages',
    template: 'features/artifacts/tasks.yml',
    view: {
      artifact: artifact.name,
      source: pathInOutput(artifact),
      lookedFor: `{{ playbook_dir }}/${pathInOutput(artifact)}`,
      folder: pathOnNode(artifact).replace(/[^/]*$/, ''),
      variable: variableOf(artifact.name),
      sha256: artifact.sha256 ?? false,
      // A line each: a URL may be longer than a line of the play should be.
      missing: [`artifact missing: ${artifact.name} ${artifact.version}, which comes from`, originOf(artifact), 'does not lie in', pathInOutput(artifact), 'or is not what the lab says; "labgen fetch" in this folder brings it.'],
      nodes: [...new Set(lab.artifactUses.filter((use) => use.artifact === artifact.name).map((use) => use.node))],
    },
  }));
}
