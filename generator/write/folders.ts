/**
 * Folders in which `up` brought something up and `down` has not taken it away: noted in the user's cache, so that what a
 * dead run left is found where its folder, and all that lay in it, is gone.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFile, writeAtomic } from './files.js';

const home = (cacheDir: string): string => join(cacheDir, 'folders');
const noteOf = (cacheDir: string, folder: string): string => join(home(cacheDir), createHash('sha256').update(folder).digest('hex').slice(0, 16));

/** `folder`: its real path. */
export function noteFolder(cacheDir: string, folder: string): void {
  writeAtomic(noteOf(cacheDir, folder), `${folder}\n`, 0o600);
}

export function forgetFolder(cacheDir: string, folder: string): void {
  removeFile(noteOf(cacheDir, folder));
}

/** A note that does not bear the name of what it says is none of ours. */
export function notedFolders(cacheDir: string): readonly string[] {
  try {
    return readdirSync(home(cacheDir)).sort().flatMap((name) => {
      const folder = readFileSync(join(home(cacheDir), name), 'utf8').replace(/\n$/, '');
      return join(home(cacheDir), name) === noteOf(cacheDir, folder) ? [folder] : [];
    });
  } catch {
    return [];
  }
}
