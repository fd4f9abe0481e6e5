/** Puts what a copied lab brings along, such as build folders of images, where its copy looks for it. */
import { dirname, join } from 'node:path';
import type { Asset, AssetFile } from '../model/asset.js';
import { Failure } from '../model/failure.js';
import { createFile, makeFolder, removeBeginnings, removeFile } from '../write/files.js';
import { parentOf, readPlain, type Parent } from '../write/look.js';

/**
 * The paths of assets of which something was copied. What lies there already and is the same is left as it is.
 * @throws Failure (exit 2) before anything is written, where something else is in the way.
 */
export function copyAssets(folder: string, assets: readonly Asset[]): readonly string[] {
  const known = new Map<string, Parent>();
  const wanted = assets.flatMap((asset) => ('files' in asset ? asset.files.map((file) => ({ asset: asset.path, file, path: join(asset.kind === 'folder' ? asset.path : dirname(asset.path), file.path) })) : []));
  const standing = wanted.map((each) => ({ ...each, is: standingOf(folder, each.path, each.file, known) }));
  const clashes = standing.filter((each) => each.is === 'clash').map((each) => each.path);
  if (clashes.length > 0) {
    throw new Failure(2, `the lab brings files along, and something else is in their place; nothing was written\n${clashes.map((path) => `  ${path}`).join('\n')}`, 'Go to another folder, or move these away first.');
  }
  const missing = standing.filter((each) => each.is === 'missing');
  const made: string[] = [];
  try {
    for (const { path, file } of missing) {
      makeFolder(join(folder, dirname(path)));
      createFile(join(folder, path), file.content, file.mode);
      made.push(path);
    }
  } catch (error) {
    for (const path of made) removeFile(join(folder, path));
    throw error;
  }
  for (const { path, file, is } of standing) if (is === 'same') removeBeginnings(join(folder, path), file.content);
  return [...new Set(missing.map((each) => each.asset))];
}

/** Links are not followed: what they lead to is not ours to fill. */
function standingOf(folder: string, path: string, file: AssetFile, known: Map<string, Parent>): 'missing' | 'same' | 'clash' {
  if (parentOf(folder, dirname(path), known) === 'other') return 'clash';
  const there = readPlain(join(folder, path));
  if (there === undefined) return 'missing';
  return there !== 'other' && there.content.equals(file.content) ? 'same' : 'clash';
}
