/** A plan against a folder: what would be made, changed, removed, and what stands in the way. Reads only. */
import { constants, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlannedFile } from '../model/plan.js';
import { MANIFEST, readManifest, sha256, type Entry } from './manifest.js';

export type Standing = 'new' | 'same' | 'changed' | 'foreign' | 'edited' | 'blocked';

export interface Surveyed {
  readonly file: PlannedFile;
  readonly standing: Standing;
  /** What lies there now, where it differs from the plan; undefined where nothing readable does. */
  readonly current: Buffer | undefined;
}

export interface Survey {
  readonly files: readonly Surveyed[];
  /** Files of ours the plan no longer has, unchanged since: they go. */
  readonly orphans: readonly string[];
  /** Files of ours the plan no longer has, edited since: they stay. */
  readonly keptOrphans: readonly string[];
  readonly manifest: ReadonlyMap<string, Entry>;
}

export function survey(folder: string, plan: readonly PlannedFile[]): Survey {
  const manifest = readManifest(folder);
  const parents = new Map<string, 'folder' | 'absent' | 'other'>();
  const files = plan.map((file): Surveyed => {
    if (parent(folder, dirname(file.path), parents) === 'other') return { file, standing: 'blocked', current: undefined };
    const current = parent(folder, dirname(file.path), parents) === 'absent' ? undefined : read(join(folder, file.path));
    if (current === undefined) return { file, standing: 'new', current };
    if (current === 'other') return { file, standing: 'blocked', current: undefined };
    const planned = typeof file.content === 'string' ? Buffer.from(file.content) : file.content;
    if (current.content.equals(planned)) return current.mode === file.mode ? { file, standing: 'same', current: undefined } : { file, standing: 'changed', current: current.content };
    const entry = manifest.get(file.path);
    if (!entry) return { file, standing: 'foreign', current: current.content };
    const hash = sha256(current.content);
    return { file, standing: hash === entry.sha256 || hash === entry.previous ? 'changed' : 'edited', current: current.content };
  });
  const planned = new Set(plan.map((file) => file.path));
  const orphans: string[] = [];
  const keptOrphans: string[] = [];
  for (const [path, entry] of manifest) {
    if (planned.has(path) || path === MANIFEST || parent(folder, dirname(path), parents) !== 'folder') continue;
    const current = read(join(folder, path));
    if (current === undefined || current === 'other') continue;
    const hash = sha256(current.content);
    (hash === entry.sha256 || hash === entry.previous ? orphans : keptOrphans).push(path);
  }
  return { files, orphans, keptOrphans, manifest };
}

function read(path: string): { content: Buffer; mode: number } | 'other' | undefined {
  try {
    const content = readFileSync(path, { flag: NO_FOLLOW as unknown as string });
    return { content, mode: lstatSync(path).mode & 0o777 };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    // A folder, a symbolic link, something unreadable: not ours to replace.
    return 'other';
  }
}

/** A symbolic link is never followed out of the folder. Windows has no such flag; Node takes the number, its types do not say so. */
const NO_FOLLOW = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Each part of a path has to be a real folder, or not be there yet. */
function parent(folder: string, path: string, known: Map<string, 'folder' | 'absent' | 'other'>): 'folder' | 'absent' | 'other' {
  if (path === '.' || path === '') return 'folder';
  const found = known.get(path);
  if (found) return found;
  const above = parent(folder, dirname(path), known);
  let kind: 'folder' | 'absent' | 'other' = above;
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
