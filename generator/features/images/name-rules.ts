/** Names of images that are nearly those of the lab. */
import { isTree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import { nearest } from '../../model/nearest.js';
import type { RuleContext } from '../feature.js';
import { TOOLBOX } from './resolve.js';

/** Any name may be pulled, so this is no more than likely; a tag says that it is meant. */
export function namesAreMeant(context: RuleContext): void {
  const own = [TOOLBOX, ...namesIn(context.source['images'])];
  const swarm = context.source['swarm'];
  const users: readonly (readonly [unknown, Path])[] = [[context.source['containers'], ['containers']], [isTree(swarm) ? swarm['services'] : undefined, ['swarm', 'services']]];
  for (const [block, path] of users) {
    for (const [name, value] of Object.entries(isTree(block) ? block : {})) {
      const image = isTree(value) ? value['image'] : undefined;
      const at = [...path, name, 'image'];
      if (typeof image !== 'string' || !/^[a-z0-9_-]+$/.test(image) || own.includes(image) || !context.isSound(at)) continue;
      const meant = nearest(image, own);
      if (meant !== undefined) context.warning('LG180', at, `the lab makes no image "${image}", and it is pulled`, `Did you mean "${meant}"? If not, say so by a tag: ${image}:latest.`);
    }
  }
}

function namesIn(block: unknown): readonly string[] {
  return Object.keys(isTree(block) ? block : {});
}
