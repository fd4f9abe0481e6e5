/** Writing to disk, whole or not at all. Other rooms that must write call these. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Puts `content` at `path` through a temporary sibling and a rename: a reader sees the old file or the new one. */
export function writeAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  makeFolder(dirname(path));
  const temporary = `${path}.labgen-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    chmodSync(temporary, mode); // the umask may have taken bits away
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** With its parents. Not mkdir's own `recursive`: under /proc Node 20 then tries for ever. */
export function makeFolder(path: string, mode = 0o755): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path));
    mkdirSync(path, { mode });
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
