/** The lock of an output folder: one labgen at a time changes it. A lock whose holder is gone is no lock. */
import { linkSync, lstatSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatHolder, parseHolder, type Holder } from '../model/holder.js';
import { makeFolder, newEnding, removeFile } from './files.js';
import { leftInside, temporaryName } from './leftovers.js';

/** Below the output folder; no part of the lab, so it is not in the manifest. */
export const LOCK = '.labgen/lock';

/** `dead`: who had it and is gone; what it started may still run. */
export type Taken = { readonly heldBy: Holder } | { readonly release: () => void; readonly dead?: Holder | undefined };

/**
 * `holds`: whether another holder has to be respected. Folders that had to be made go with the lock, unless something lies
 * in them. Temporary files of labgen's own go too: whoever made them is dead, or waits for this lock and makes them again.
 */
export function takeLock(folder: string, mine: Holder, holds: (other: Holder) => boolean): Taken {
  const path = join(folder, LOCK);
  // Through a link we would write outside the folder. Whoever writes next refuses it, with the files it is about.
  if (kindOf(dirname(path)) === 'other') return { release: () => {} };
  const made = missing(dirname(path));
  const removeMade = (): void => {
    for (const each of made) removeIfEmpty(each);
  };
  let dead: Holder | undefined;
  try {
    const heldBy = acquire(path, formatHolder(mine), holds, (replaced) => (dead = replaced));
    if (heldBy) return { heldBy };
  } catch (error) {
    removeMade();
    throw error;
  }
  const release = (): void => {
    if (parseHolder(read(path) ?? '')?.token === mine.token) removeFile(path);
    removeMade();
  };
  try {
    for (const each of leftInside(folder)) removeFile(each);
  } catch (error) {
    release();
    throw error;
  }
  return { release, dead };
}

/**
 * Makes another process the one whose life the lock hangs on: it does the rest of the work, and may outlive the one
 * that took the lock, which still gives it back. False where the lock is another one, or is just becoming one.
 */
export function passLock(folder: string, token: string, to: Partial<Holder>, holds: (other: Holder) => boolean): boolean {
  const path = join(folder, LOCK);
  const holder = parseHolder(read(path) ?? '');
  if (holder?.token !== token) return false;
  const content = formatHolder({ ...holder, ...to, token });
  const right = replacerOf(path, token);
  if (acquire(right, content, holds)) return false;
  try {
    if (parseHolder(read(path) ?? '')?.token !== token) return false;
    renameSync(write(path, content), path);
    return true;
  } finally {
    removeFile(right);
  }
}

/** A lock on just that lock: who has it may replace it. */
function replacerOf(path: string, token: string | undefined): string {
  return `${path}-${token ?? 'unreadable'}`;
}

/** Undefined where the lock at `path` is ours now; else who has it. A dead one's, which is replaced, is told. */
function acquire(path: string, content: string, holds: (other: Holder) => boolean, onDead: (replaced: Holder) => void = () => {}): Holder | undefined {
  for (;;) {
    if (create(path, content)) return undefined;
    const found = read(path);
    if (found === undefined) continue; // it was given back just now
    const other = parseHolder(found);
    if (other && holds(other)) return other;
    // Several may see a dead lock at once, and a slow one must not put its own in the place of a quick one's. Who
    // may replace this very lock is decided by a lock on just that; it is gone again when the new one is in force.
    const right = replacerOf(path, other?.token);
    const replacer = acquire(right, content, holds);
    if (replacer) return replacer;
    try {
      if (read(path) !== found) continue;
      const temporary = write(path, content);
      renameSync(temporary, path);
      if (other) onDead(other);
      return undefined;
    } finally {
      removeFile(right);
    }
  }
}

/** A link is made whole or not at all, so nobody reads half a lock. */
function create(path: string, content: string): boolean {
  for (let tries = 1; ; tries++) {
    const temporary = write(path, content);
    try {
      linkSync(temporary, path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      // Whoever has the lock took our file for what a dead one left.
      if (code === 'ENOENT' && tries < 100) continue;
      if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code ?? '')) throw error;
    } finally {
      removeFile(temporary);
    }
    return createWithoutLinks(path, content);
  }
}

/** Shared folders of some hypervisors know no links. */
function createWithoutLinks(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A finished file beside `path`. */
function write(path: string, content: string): string {
  const temporary = temporaryName(path, newEnding());
  for (let tries = 1; ; tries++) {
    makeFolder(dirname(path));
    try {
      writeFileSync(temporary, content, { flag: 'wx' });
      return temporary;
    } catch (error) {
      removeFile(temporary);
      // Whoever gave its lock back took the folder it had made along.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries >= 100) throw error;
    }
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function kindOf(path: string): 'folder' | 'absent' | 'other' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'other';
  } catch {
    return 'absent';
  }
}

/** Folders on the way to `path` that are not there, the innermost first. */
function missing(path: string): readonly string[] {
  return kindOf(path) === 'absent' && dirname(path) !== path ? [path, ...missing(dirname(path))] : [];
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something lies in it, or it was never made.
  }
}
