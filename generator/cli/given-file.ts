/** Files that the command line names to be written: what lies there and is not labgen's own stays, unless --force gives it up. */
import { resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import { writeAtomic } from '../write/files.js';
import { readPlain } from '../write/look.js';
import { refusal } from '../write/refusal.js';
import type { Context } from './context.js';
import { isFolder, nearPath } from './find-lab.js';

export interface Kind {
  /** What labgen writes there, such as "report". */
  readonly what: string;
  /** The flag that names the file. */
  readonly flag: string;
  /** Whether a text is one that labgen wrote. */
  readonly isOurs: (text: string) => boolean;
}

/** None of ours is larger. Bytes. */
const MOST = 1 << 24;

/** @throws Failure (exit 1) where a file of somebody else's is there, or what is no plain file; (exit 2) where it is a folder. */
export function refuseOthers(path: string, { what, flag, isOurs }: Kind, force = false): void {
  if (isFolderAt(path, flag)) throw new Failure(2, `"${path}" is no place for a file`, `A folder lies there: name a file with ${flag}.`);
  const there = readPlain(path);
  if (there === undefined || (there !== 'other' && (force || isOurs(there.content.subarray(0, MOST).toString())))) return;
  throw new Failure(1, `${path} is there, and no ${what} of labgen's`, there === 'other' ? `Name another file with ${flag}.` : `Name another file with ${flag}, or overwrite it with --force.`);
}

/** @throws Failure (exit 3) where nothing can lie there. */
function isFolderAt(path: string, flag: string): boolean {
  try {
    return isFolder(path);
  } catch (error) {
    throw refusal(error, path, `Name another file with ${flag}.`);
  }
}

/** @throws Failure (exit 3) in a sentence, where the system refuses. */
export function writeGiven(context: Context, path: string, content: string, flag: string, mode = 0o644): void {
  const full = resolve(context.cwd, path);
  try {
    writeAtomic(full, content, mode);
  } catch (error) {
    throw refusal(error, nearPath(context, full), `Nothing was written: name another place with ${flag}.`);
  }
}
