/** Puts a plan into a folder: nothing of others is touched, nothing is half-written, nothing unchanged is written. */
import { chmodSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../model/failure.js';
import type { PlannedFile } from '../model/plan.js';
import { makeFolder, writeAtomic } from './files.js';
import { formatManifest, MANIFEST, sha256, type Entry } from './manifest.js';
import { writeSeal, type Sealing } from './seal.js';
import { survey } from './survey.js';

export interface Applied {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Files that are no longer part of the lab but were edited: left where they are. */
  readonly kept: readonly string[];
}

/**
 * `sealing`: what the plan was made from, where the next render is to know it again.
 * @throws Failure (exit 1) before the first write where a file would be lost and `force` is not given.
 */
export function applyPlan(folder: string, plan: readonly PlannedFile[], force = false, sealing?: Sealing): Applied {
  const { files, orphans, keptOrphans, manifest } = survey(folder, plan);
  const lost = files.filter((each) => each.standing === 'blocked' || (!force && (each.standing === 'foreign' || each.standing === 'edited')));
  if (lost.length > 0) {
    const reasons = { foreign: 'labgen did not write it', edited: 'edited since labgen wrote it', blocked: 'not a plain file in a plain folder' } as const;
    const list = lost.map((each) => `  ${each.file.path}  (${reasons[each.standing as keyof typeof reasons]})`).join('\n');
    const movable = lost.every((each) => each.standing !== 'blocked');
    throw new Failure(1, `nothing was written: ${lost.length === 1 ? 'a file' : `${lost.length} files`} would be lost\n${list}`, `Move ${lost.length === 1 ? 'it' : 'them'} away${movable ? ', render into another folder with -o, or overwrite with --force' : ''}.`);
  }
  const write = files.filter((each) => each.standing !== 'same');
  const entries = files.map(({ file }): Entry => ({ path: file.path, mode: file.mode, sha256: sha256(file.content) }));
  const final = formatManifest(entries);
  const manifestPath = join(folder, MANIFEST);
  if (write.length > 0 || orphans.length > 0) {
    // First what is about to lie here, beside what does: a render that dies half-way knows its own files again.
    const pending = formatManifest([...entries.map((entry) => withPrevious(entry, manifest)), ...orphans.flatMap((path) => manifest.get(path) ?? [])]);
    writeAtomic(manifestPath, pending);
    const made = new Set<string>();
    for (const { file } of write) writeFile(folder, file, made);
    for (const path of orphans) rmSync(join(folder, path), { force: true });
    for (const path of orphans) removeEmptyFolders(folder, dirname(path));
    if (pending !== final) writeAtomic(manifestPath, final);
  } else if (manifest.size !== entries.length || entries.some((entry) => manifest.get(entry.path)?.sha256 !== entry.sha256 || manifest.get(entry.path)?.previous !== undefined)) {
    writeAtomic(manifestPath, final);
  }
  if (sealing) writeSeal(folder, final, sealing);
  return { written: write.map((each) => each.file.path), removed: orphans, unchanged: files.length - write.length, kept: keptOrphans };
}

function withPrevious(entry: Entry, manifest: ReadonlyMap<string, Entry>): Entry {
  const old = manifest.get(entry.path);
  return old && old.sha256 !== entry.sha256 ? { ...entry, previous: old.sha256 } : entry;
}

/** As `writeAtomic`, with folders made once for many files. */
function writeFile(folder: string, file: PlannedFile, made: Set<string>): void {
  const path = join(folder, file.path);
  const parent = dirname(path);
  if (!made.has(parent)) {
    makeFolder(parent);
    made.add(parent);
  }
  const temporary = `${path}.labgen-new`;
  try {
    writeNew(temporary, file);
    chmodSync(temporary, file.mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A temporary file may be left of a run that died: looking for one each time costs more than the odd surprise. */
function writeNew(path: string, file: PlannedFile): void {
  try {
    writeFileSync(path, file.content, { mode: file.mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(path, { force: true });
    writeFileSync(path, file.content, { mode: file.mode, flag: 'wx' });
  }
}

function removeEmptyFolders(folder: string, path: string): void {
  for (let part = path; part !== '.' && part !== ''; part = dirname(part)) {
    try {
      if (readdirSync(join(folder, part)).length > 0) return;
      rmdirSync(join(folder, part));
    } catch {
      return;
    }
  }
}
