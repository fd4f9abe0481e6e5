/**
 * What a run that died left behind: temporary files. Found by names that labgen alone makes, in places where it was at
 * work; nobody else's file goes because its name looks like one of them.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readPlain } from './look.js';

/** The name under which a file is written beside its place. `ending`: eight hex digits that nobody has used for it. */
export function temporaryName(path: string, ending: string): string {
  return `${path}.labgen-${ending}`;
}

const FOLDER = '.labgen';
/** Manifest, seal and lock while they are written, and the right to replace a dead one's lock; each is written by whoever has the lock, or is about to ask for it. */
const OWN = /^((manifest|seal)\.json|lock(-([0-9a-f]{16}|unreadable))*)\.labgen-[0-9a-f]{8}$|^lock(-([0-9a-f]{16}|unreadable))+$/;

/** Paths of temporary files in labgen's own folder. To whoever has the lock they are a dead one's. */
export function leftInside(folder: string): readonly string[] {
  return plainFiles(join(folder, FOLDER)).filter((name) => OWN.test(name)).map((name) => join(folder, FOLDER, name));
}

/** Whether nobody is at work in a folder, and nobody died there: a lock is somebody's. */
export function isTidy(folder: string): boolean {
  return !plainFiles(join(folder, FOLDER)).some((name) => name === 'lock' || OWN.test(name));
}

/**
 * Files beside `path` that were to become it: they have a temporary name of it, and hold the beginning of what it holds
 * now, so that nothing is lost with them whoever made them.
 */
export function beginningsOf(path: string, content: string | Uint8Array): readonly string[] {
  const whole = Buffer.from(content);
  return besides(path).filter((each) => {
    const file = readPlain(each);
    return typeof file === 'object' && whole.subarray(0, file.content.length).equals(file.content);
  });
}

/** No write takes so long without a byte. */
const DEAD_MS = 60 * 60_000;

/** Temporary files beside `path`, in a folder of labgen's, that nobody has written to for an hour. */
export function deadBeside(path: string): readonly string[] {
  return besides(path).filter(isDead);
}

/** Those of files that are named only when they are whole. */
export function deadIn(folder: string): readonly string[] {
  return plainFiles(folder).filter((name) => /^\.labgen-[0-9a-f]{12}$/.test(name)).map((name) => join(folder, name)).filter(isDead);
}

function besides(path: string): readonly string[] {
  const start = `${basename(path)}.labgen-`;
  return plainFiles(dirname(path)).filter((name) => name.startsWith(start) && /^[0-9a-f]{8}$/.test(name.slice(start.length))).map((name) => join(dirname(path), name));
}

function isDead(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > DEAD_MS;
}

/** Names of plain files; none where the folder cannot be read, or is a link. */
function plainFiles(folder: string): readonly string[] {
  try {
    if (!lstatSync(folder).isDirectory()) return [];
    return readdirSync(folder, { withFileTypes: true }).filter((each) => each.isFile()).map((each) => each.name);
  } catch {
    return [];
  }
}
