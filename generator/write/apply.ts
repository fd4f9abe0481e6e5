/** Puts a plan into a folder: nothing of others is touched, nothing is half-written, nothing unchanged is written. */
import { readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../model/failure.js';
import type { PlannedFile } from '../model/plan.js';
import { makeFolder, newEnding, removeFile, replaceFile, writeAtomic } from './files.js';
import { formatManifest, MANIFEST, sha256, type Entry } from './manifest.js';
import { refusal } from './refusal.js';
import { SEAL, writeSeal, type Sealing } from './seal.js';
import { survey, type Survey, type Surveyed } from './survey.js';

export interface Applied {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Files that are no longer part of the lab but were edited: left where they are. */
  readonly kept: readonly string[];
}

const WHOLE = 'Nothing here is half-written: each file is as it was or as it will be. Render again when that is mended; it goes on from here.';

/**
 * `sealing`: what the plan was made from, where the next render is to know it again; `lab`: its name, by which the folder is known.
 * @throws Failure (exit 1) before the first write where a file would be lost and `force` is not given; (exit 3) where the system refuses to write.
 */
export function applyPlan(folder: string, plan: readonly PlannedFile[], force = false, sealing?: Sealing, lab?: string): Applied {
  const found = survey(folder, plan);
  const { files, orphans, keptOrphans } = found;
  const lost = files.filter((each) => each.standing === 'blocked' || (!force && (each.standing === 'foreign' || each.standing === 'edited')));
  if (lost.length > 0) {
    const reasons = { foreign: 'labgen did not write it', edited: 'edited since labgen wrote it', blocked: 'not a plain file in a plain folder' } as const;
    const list = lost.map((each) => `  ${each.file.path}  (${reasons[each.standing as keyof typeof reasons]})`).join('\n');
    const movable = lost.every((each) => each.standing !== 'blocked');
    throw new Failure(1, `nothing was written: ${lost.length === 1 ? 'a file' : `${lost.length} files`} would be lost\n${list}`, `Move ${lost.length === 1 ? 'it' : 'them'} away${movable ? ', render into another folder with -o, or overwrite with --force' : ''}.`);
  }
  const write = files.filter((each) => each.standing !== 'same');
  const entries = files.map(({ file }): Entry => ({ path: file.path, mode: file.mode, sha256: sha256(file.content) }));
  const final = formatManifest(entries, { lab });
  put(folder, found, write, entries, lab);
  if (sealing) seal(folder, final, sealing);
  return { written: write.map((each) => each.file.path), removed: orphans, unchanged: files.length - write.length, kept: keptOrphans };
}

function put(folder: string, { files, orphans, manifest, leftovers, gone }: Survey, write: readonly Surveyed[], entries: readonly Entry[], lab: string | undefined): void {
  let at = MANIFEST;
  try {
    // First: only the manifest that lies there now knows their names.
    for (const path of leftovers) removeFile(join(folder, path));
    if (write.length > 0 || orphans.length > 0) {
      // What is about to lie here, beside what does: a render that dies half-way knows its own files again.
      const ending = newEnding();
      writeAtomic(join(folder, MANIFEST), formatManifest([...files.map((each, index) => withPrevious(entries[index]!, each)), ...orphans.flatMap((path) => manifest.entries.get(path) ?? [])], { lab, writing: ending }));
      const made = new Set<string>();
      for (const { file } of write) {
        at = file.path;
        writeFile(folder, file, made, ending);
      }
      for (const path of orphans) {
        at = path;
        removeFile(join(folder, path));
      }
    }
    for (const path of [...orphans, ...gone]) removeEmptyFolders(folder, dirname(path));
    at = MANIFEST;
    const { entries: old } = manifest;
    if (write.length > 0 || orphans.length > 0 || manifest.writing !== undefined || manifest.lab !== lab || old.size !== entries.length || entries.some((entry) => old.get(entry.path)?.sha256 !== entry.sha256 || old.get(entry.path)?.previous !== undefined)) writeAtomic(join(folder, MANIFEST), formatManifest(entries, { lab }));
  } catch (error) {
    throw refusal(error, at, WHOLE);
  }
}

function seal(folder: string, final: string, sealing: Sealing): void {
  try {
    writeSeal(folder, final, sealing);
  } catch (error) {
    throw refusal(error, SEAL, WHOLE);
  }
}

/** What lies there until it is replaced is ours only where it was before: what --force is to overwrite is not. */
function withPrevious(entry: Entry, { standing, current }: Surveyed): Entry {
  const previous = standing === 'changed' && current ? sha256(current) : entry.sha256;
  return previous === entry.sha256 ? entry : { ...entry, previous };
}

/** As `writeAtomic`, with folders made once for many files. */
function writeFile(folder: string, file: PlannedFile, made: Set<string>, ending: string): void {
  const path = join(folder, file.path);
  const parent = dirname(path);
  if (!made.has(parent)) {
    makeFolder(parent);
    made.add(parent);
  }
  replaceFile(path, file.content, file.mode, ending);
}

function removeEmptyFolders(folder: string, path: string): void {
  for (let part = path; part !== '.' && part !== ''; part = dirname(part)) {
    try {
      if (readdirSync(join(folder, part)).length > 0) return;
      rmdirSync(join(folder, part));
    } catch (error) {
      // Whoever died may have come as far as the one above it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return;
    }
  }
}
