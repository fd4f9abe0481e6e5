/** Reads what a lab needs from beside its file: within the lab's own folder, plain files only, and not too much. */
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Asset, AssetFile, AssetWish } from '../model/asset.js';

export const MAX_FILES = 200;
export const MAX_FOLDER_BYTES = 8 << 20;
export const MAX_FILE_BYTES = 256 << 20;

/** Names that every file system and every tool on the way takes. */
const FILE_NAME = /^[A-Za-z0-9._@+-][A-Za-z0-9._@+ -]*$/;

class Refused extends Error {}

/** `home`: the folder the paths count from. `kept`: that of a rendered lab, where assets lie where the render put them. */
export function readAssets(wishes: readonly AssetWish[], home: string, kept = false): readonly Asset[] {
  return wishes.map((wish): Asset => {
    try {
      return { ...wish, files: wish.kind === 'folder' ? readFolder(home, kept ? wish.kept : wish.path) : [readSingle(home, kept ? join(wish.kept, baseOf(wish.path)) : wish.path)] };
    } catch (error) {
      return { ...wish, problem: error instanceof Refused ? error.message : `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}` };
    }
  });
}

function baseOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

/** The real path, where it is inside the lab's folder. */
function inside(home: string, path: string): string {
  let real: string;
  try {
    real = realpathSync(join(home, path));
  } catch {
    throw new Refused(`there is no ${path} beside the lab file`);
  }
  const root = realpathSync(home);
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw new Refused('it leads out of the folder of the lab file');
  return real;
}

function readSingle(home: string, path: string): AssetFile {
  const real = inside(home, path);
  const stat = lstatSync(real);
  if (!stat.isFile()) throw new Refused('it is not a file');
  if (stat.size > MAX_FILE_BYTES) throw new Refused(`it is larger than ${MAX_FILE_BYTES >> 20} MiB`);
  return { path: baseOf(path), mode: 0o644, content: readFileSync(real) };
}

function readFolder(home: string, path: string): readonly AssetFile[] {
  const root = inside(home, path);
  if (!lstatSync(root).isDirectory()) throw new Refused('it is not a folder');
  const files: AssetFile[] = [];
  let bytes = 0;
  const visit = (below: string): void => {
    for (const name of readdirSync(join(root, below)).sort()) {
      const relative = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(root, relative));
      if (!FILE_NAME.test(name)) throw new Refused(`the name ${JSON.stringify(relative)} has characters that not every tool takes`);
      if (stat.isDirectory()) visit(relative);
      else if (!stat.isFile()) throw new Refused(`${relative} is not a plain file`);
      else {
        bytes += stat.size;
        if (files.length >= MAX_FILES || bytes > MAX_FOLDER_BYTES) throw new Refused(`it holds more than ${MAX_FILES} files or ${MAX_FOLDER_BYTES >> 20} MiB`);
        if (files.some((each) => each.path.toLowerCase() === relative.toLowerCase())) throw new Refused(`${relative} and another file differ in case only`);
        files.push({ path: relative, mode: (stat.mode & 0o100) !== 0 ? 0o755 : 0o644, content: readFileSync(join(root, relative)) });
      }
    }
  };
  visit('');
  return files;
}
