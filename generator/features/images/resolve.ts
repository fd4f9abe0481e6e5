/** Images as values: each with the nodes that need it and the hash of all that it is made from. */
import { createHash } from 'node:crypto';
import { hashOf } from '../../model/asset.js';
import type { Ground } from '../../model/ground.js';
import type { Image, ImageUse, Package } from '../../model/lab.js';
import type { Contributions, SoFar } from '../feature.js';
import { basesOf, exposedBy, filesOf, imageSources } from './sources.js';

/** The image every lab may use without a registry: busybox and socat of the node's own distribution. */
export const TOOLBOX = 'toolbox';

export function resolveImages(ground: Ground, soFar: SoFar): Contributions {
  const written = imageSources(ground.source).map((source) => {
    const files = filesOf(ground, source) ?? [];
    return { ...source, files, bases: source.kind === 'build' ? basesOf(files) : [] };
  });
  const users = usersOf([...soFar.containers, ...soFar.imageUses]);
  // A node that builds an image needs what the image begins with; later ones are built on earlier ones.
  for (const image of [...written].reverse()) {
    for (const base of image.bases) for (const node of users.get(image.name) ?? []) users.set(base, new Set([...(users.get(base) ?? []), node]));
  }
  const hashes = new Map<string, string>();
  const made = written.map((image): Image => {
    // A new base makes a new image.
    const below = image.bases.map((base) => hashes.get(base) ?? '').join(' ');
    const own = hashOf(image.files);
    const hash = below.trim() === '' ? own : createHash('sha256').update(`${own} ${below}`).digest('hex').slice(0, 16);
    hashes.set(image.name, hash);
    return { name: image.name, kind: image.kind, nodes: [...(users.get(image.name) ?? [])], path: `images/${image.name}`, hash, exposes: image.kind === 'build' ? exposedBy(image.files) : [] };
  });
  const nodes = [...(users.get(TOOLBOX) ?? [])];
  const toolbox: Image[] = nodes.length === 0 ? [] : [{ name: TOOLBOX, kind: 'toolbox', nodes, path: undefined, hash: undefined }];
  const packages = nodes.flatMap((node): Package[] => [{ node, name: 'busybox-static' }, { node, name: 'socat' }]);
  const lines = made.map((image) => `- \`${image.name}\` from \`${image.path ?? ''}\`${image.nodes.length === 0 ? ', which no container here uses' : ''}`);
  const handout = lines.length === 0 ? [] : [{ title: 'Images made on the nodes', lines: [lines.join('\n')] }];
  return { images: [...toolbox, ...made], packages, handout };
}

function usersOf(uses: readonly ImageUse[]): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  for (const { image, node } of uses) {
    const name = image.replace(/:latest$/, '');
    const known = users.get(name);
    if (known) known.add(node);
    else users.set(name, new Set([node]));
  }
  return users;
}
