/** Writing to disk, whole or not at all. Other rooms that must write call these. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, closeSync, constants, existsSync, linkSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beginningsOf, deadBeside, deadIn, temporaryName } from './leftovers.js';

/** Puts `content` at `path` through a temporary sibling and a rename: a reader sees the old file or the new one. */
export function writeAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  makeFolder(dirname(path));
  replaceFile(path, content, mode, newEnding());
}

/** The same in a folder that is there. */
export function replaceFile(path: string, content: string | Uint8Array, mode: number, ending: string): void {
  const temporary = temporaryName(path, ending);
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    chmodSync(temporary, mode); // the umask may have taken bits away
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What temporary files of one run end with. */
export function newEnding(): string {
  return randomBytes(4).toString('hex');
}

/**
 * Makes a file where nothing of that name is, whole or not at all; a link that lies there is not followed. What a run
 * left that died while it made the same file goes.
 * @throws EEXIST where something is there.
 */
export function createFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = temporaryName(path, newEnding());
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    chmodSync(temporary, mode);
    linkSync(temporary, path); // unlike a rename, never over something
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another one made the same file, and took ours for what a dead one left.
    if (code === 'ENOENT' && existsSync(path)) throw Object.assign(error as Error, { code: 'EEXIST' });
    // FAT and some network file systems have no hard links: not atomic there, but still over nothing.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(String(code))) throw error;
    createPlainly(path, content, mode);
  } finally {
    removeFile(temporary);
  }
  removeBeginnings(path, content);
}

/** Takes away what runs left that died while they made this file. */
export function removeBeginnings(path: string, content: string | Uint8Array): void {
  for (const each of beginningsOf(path, content)) removeFile(each);
}

function createPlainly(path: string, content: string | Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeFileSync(file, content);
  } catch (error) {
    removeFile(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

/**
 * Writes what comes in pieces into a folder. `nameOf` gives the file its name once all is there; where it or a piece
 * fails, nothing stays. The path of the file is returned.
 */
export async function writePieces(folder: string, pieces: AsyncIterable<Uint8Array>, nameOf: () => string): Promise<string> {
  makeFolder(folder);
  for (const each of deadIn(folder)) removeFile(each);
  const temporary = join(folder, `.labgen-${randomBytes(6).toString('hex')}`);
  const file = openSync(temporary, 'wx', 0o644);
  try {
    for await (const piece of pieces) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    const path = join(folder, nameOf());
    renameSync(temporary, path);
    return path;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** A copy that is there whole or not at all; `judge` may refuse it by throwing, before it has its name. In a folder of labgen's. */
export async function copyAtomic(from: string, to: string, mode = 0o644, judge: (copy: string) => Promise<void> = async () => {}): Promise<void> {
  makeFolder(dirname(to));
  for (const each of deadBeside(to)) removeFile(each);
  const temporary = temporaryName(to, newEnding());
  try {
    await copyFile(from, temporary, constants.COPYFILE_EXCL);
    chmodSync(temporary, mode);
    await judge(temporary);
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** One line more in a file that several processes may add to: each line is whole. A link that lies there is not followed. */
export function appendLine(path: string, line: string, mode: number): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), mode);
  try {
    appendFileSync(file, `${line}\n`);
  } finally {
    closeSync(file);
  }
}

/** With its parents. Not mkdir's own `recursive`: under /proc Node 20 then tries for ever. */
export function makeFolder(path: string, mode = 0o755): void {
  if (isFolder(path)) return;
  // Looked at first: an error is slow to make.
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(path)) throw error;
  }
}

/** Or a link to one. */
function isFolder(path: string): boolean {
  return existsSync(`${path}/.`);
}

/** One file, where it is there. (rmSync can do more, and Node loads for that.) */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** A symbolic link at `to` that leads to `from`. */
export function link(from: string, to: string): void {
  symlinkSync(from, to);
}

/** A new folder for work that is taken away again by the caller. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `${name}-`));
}
