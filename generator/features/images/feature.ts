/** images: which images are made on the node instead of pulled. */
import type { AssetWish } from '../../model/asset.js';
import type { Image, Lab } from '../../model/lab.js';
import type { Tree } from '../../model/merge.js';
import type { TaskRequest } from '../../model/plan.js';
import type { Feature } from '../feature.js';
import { namesAreMeant } from './name-rules.js';
import { resolveImages, TOOLBOX } from './resolve.js';
import { basesComeBefore, filesAreThere, nameIsFree, oneOfTheTwo } from './rules.js';
import { imagesSchema } from './schema.js';
import { imageSources, wishOf } from './sources.js';

export const feature: Feature = {
  name: 'images',
  blocks: { images: imagesSchema },
  after: ['containers', 'swarm'],
  assets: (source: Tree): readonly AssetWish[] => imageSources(source).flatMap((each) => wishOf(each) ?? []),
  rules: [nameIsFree, oneOfTheTwo, filesAreThere, basesComeBefore, namesAreMeant],
  resolve: resolveImages,
  tasks,
};

/** A folder of its own for each content, so that nothing stale is ever built. */
export function folderOnNode(image: Image): string {
  return `/var/lib/labgen/images/${image.name}-${image.hash ?? ''}`;
}

function tasks(lab: Lab): readonly TaskRequest[] {
  return lab.images
    .filter((image) => image.name !== TOOLBOX && image.nodes.length > 0)
    .map((image) => ({ phase: 'images', template: 'features/images/tasks.yml', view: { image: image.name, source: `${image.path ?? ''}/`, folder: `${folderOnNode(image)}/`, nodes: image.nodes } }));
}
