/** What makes an image impossible, said before anything is copied. */
import { findAsset } from '../../model/asset.js';
import { takenFolder } from '../../model/taken-names.js';
import type { RuleContext } from '../feature.js';
import { TOOLBOX } from './resolve.js';
import { basesOf, filesOf, imageSources, wishOf } from './sources.js';

export function nameIsFree(context: RuleContext): void {
  const block = Object.keys((context.source['images'] as object | undefined) ?? {});
  if (block.includes(TOOLBOX)) context.error('LG041', ['images', TOOLBOX], `"${TOOLBOX}" is the image labgen makes itself`, 'Choose another name.');
  for (const name of block) {
    const owner = takenFolder(name);
    if (owner !== undefined) context.error('LG042', ['images', name], `"${name}" is ${owner}`, 'Choose another name.');
  }
}

export function oneOfTheTwo(context: RuleContext): void {
  const all = imageSources(context.source);
  for (const name of Object.keys((context.source['images'] as object | undefined) ?? {})) {
    const count = all.filter((each) => each.name === name).length;
    if (count !== 1 && context.isSound(['images', name])) context.error('LG016', ['images', name], count === 0 ? `"${name}" does not say what it is made from` : `"${name}" is made from one thing, a folder or a tar`, 'Give "build: FOLDER" or "tar: FILE".');
  }
}

export function filesAreThere(context: RuleContext): void {
  for (const image of imageSources(context.source)) {
    const at = ['images', image.name, image.kind];
    const wish = wishOf(image);
    if (!wish || !context.isSound(at)) continue;
    const asset = findAsset(context.ground.assets, wish);
    if (asset === undefined) continue;
    if ('problem' in asset) context.error('LG110', at, `"${String(image.path)}" cannot be used: ${asset.problem}`, asset.problem.startsWith('another stage') ? 'Give the two images names of their own.' : image.kind === 'build' ? 'It is a folder with a Dockerfile, beside the lab file or below it.' : 'It is a file that "docker save" wrote, beside the lab file or below it.');
    else if (image.kind === 'build' && !asset.files.some((file) => file.path === 'Dockerfile')) context.error('LG110', at, `"${String(image.path)}" has no Dockerfile`, 'The file is called Dockerfile and lies in the folder itself.');
  }
}

/** They are built in the order they are written. */
export function basesComeBefore(context: RuleContext): void {
  const images = imageSources(context.source);
  images.forEach((image, index) => {
    const at = ['images', image.name, image.kind];
    if (image.kind !== 'build' || !context.isSound(at)) return;
    const late = basesOf(filesOf(context.ground, image) ?? []).find((base) => images.findIndex((each) => each.name === base) >= index);
    if (late !== undefined) context.error('LG110', at, late === image.name ? `"${late}" is built from itself` : `"${late}", which it is built from, comes later`, late === image.name ? 'Give it another base.' : `Put "${late}" before "${image.name}".`);
  });
}
