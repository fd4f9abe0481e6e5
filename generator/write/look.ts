/** Looking at what lies in a folder. Nothing is followed out of it, nothing is waited for. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PlainFile {
  readonly content: Buffer;
  readonly mode: number;
}

/** Windows has neither flag. Without the second one a pipe that lies there would be waited for. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A plain file; undefined where there is none; `other`: a folder, a symbolic link, something unreadable, not ours to replace. */
export function readPlain(path: string): PlainFile | 'other' | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, READ);
    const found = fstatSync(file);
    if (!found.isFile()) return 'other';
    const content = Buffer.allocUnsafe(found.size);
    let length = 0;
    for (let got = -1; got !== 0 && length < content.length; length += got) got = readSync(file, content, length, content.length - length, null);
    return { content: content.subarray(0, length), mode: found.mode & 0o777 };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'other';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export type Parent = 'folder' | 'absent' | 'other';

/** Each part of a path has to be a real folder, or not be there yet. `known` is kept between calls. */
export function parentOf(folder: string, path: string, known: Map<string, Parent>): Parent {
  if (path === '.' || path === '') return 'folder';
  const found = known.get(path);
  if (found) return found;
  const above = parentOf(folder, dirname(path), known);
  let kind: Parent = above;
  if (above === 'folder') {
    try {
      kind = lstatSync(join(folder, path)).isDirectory() ? 'folder' : 'other';
    } catch {
      kind = 'absent';
    }
  }
  known.set(path, kind);
  return kind;
}

/**
 * What lies at a path below a folder, followed through no link: a plain file, nothing yet in folders that are real (or not
 * there either), or something that whoever wrote the folder may have put there to lead elsewhere.
 */
export function standingAt(folder: string, path: string): 'plain' | 'absent' | 'other' {
  const parent = parentOf(folder, dirname(path), new Map());
  if (parent !== 'folder') return parent;
  const found = lstatSync(join(folder, path), { throwIfNoEntry: false });
  return found === undefined ? 'absent' : found.isFile() ? 'plain' : 'other';
}
