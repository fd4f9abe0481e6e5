/** A folder holds one lab: another one is not rendered over it unasked, and over machines not at all. */
import { isRunning, providerInUse } from '../drivers/in-use.js';
import { Failure } from '../model/failure.js';
import { sh } from '../render/quote.js';
import { readManifest } from '../write/manifest.js';
import type { Context } from './context.js';
import { nearPath } from './find-lab.js';

/** Another lab that was rendered into a folder; undefined where there is none, or nobody noted which. */
export function otherLab(folder: string, lab: string): string | undefined {
  const { lab: there } = readManifest(folder);
  return there === lab ? undefined : there;
}

/** @throws Failure (exit 2) where files of another lab would go: `force` gives them up, but not while its nodes are there. */
export function refuseOtherLab(context: Context, folder: string, lab: string, force: boolean): void {
  const other = otherLab(folder, lab);
  if (other === undefined) return;
  const found = `${folder} holds the lab "${other}", not "${lab}"`;
  // Without its files neither Vagrant nor labgen knows what is to be taken away.
  if (isRunning(folder) || providerInUse(folder) !== undefined) throw new Failure(2, `${found}, and its nodes were brought up there; nothing was written`, `Take them away first: labgen down -o ${sh(nearPath(context, folder))}\nOr name another folder with -o.`);
  if (!force) throw new Failure(2, `${found}, whose files would go; nothing was written`, 'Name another folder with -o, or give them up with --force.');
}
