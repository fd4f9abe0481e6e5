/** A plan against a folder: what would be made, changed, removed, and what stands in the way. Reads only. */
import { dirname, join } from 'node:path';
import type { PlannedFile } from '../model/plan.js';
import { temporaryName } from './leftovers.js';
import { parentOf, readPlain, type Parent } from './look.js';
import { MANIFEST, readManifest, sha256, type Manifest } from './manifest.js';

export type Standing = 'new' | 'same' | 'changed' | 'foreign' | 'edited' | 'blocked';

export interface Surveyed {
  readonly file: PlannedFile;
  readonly standing: Standing;
  /** What lies there now, where it differs from the plan; undefined where nothing readable does. */
  readonly current: Buffer | undefined;
  /** It is changed in nothing but who may read and write it, which git does not keep. */
  readonly modeOnly?: boolean;
}

export interface Survey {
  readonly files: readonly Surveyed[];
  /** Files of ours the plan no longer has, unchanged since: they go. */
  readonly orphans: readonly string[];
  /** Files of ours the plan no longer has, edited since: they stay. */
  readonly keptOrphans: readonly string[];
  readonly manifest: Manifest;
  /** Temporary files of a render that died here. */
  readonly leftovers: readonly string[];
  /** Files such a render was to make or had removed, which the plan does not have and which are not there; their folders may be. */
  readonly gone: readonly string[];
}

export function survey(folder: string, plan: readonly PlannedFile[]): Survey {
  const manifest = readManifest(folder);
  const parents = new Map<string, Parent>();
  const files = plan.map((file): Surveyed => {
    const parent = parentOf(folder, dirname(file.path), parents);
    const current = parent === 'folder' ? readPlain(join(folder, file.path)) : parent === 'absent' ? undefined : 'other';
    if (current === undefined) return { file, standing: 'new', current };
    if (current === 'other') return { file, standing: 'blocked', current: undefined };
    const planned = typeof file.content === 'string' ? Buffer.from(file.content) : file.content;
    if (current.content.equals(planned)) return current.mode === file.mode ? { file, standing: 'same', current: undefined } : { file, standing: 'changed', current: current.content, modeOnly: ((current.mode ^ file.mode) & 0o100) === 0 };
    const entry = manifest.entries.get(file.path);
    if (!entry) return { file, standing: 'foreign', current: current.content };
    const hash = sha256(current.content);
    return { file, standing: hash === entry.sha256 || hash === entry.previous ? 'changed' : 'edited', current: current.content };
  });
  const planned = new Set(plan.map((file) => file.path));
  const orphans: string[] = [];
  const keptOrphans: string[] = [];
  const leftovers: string[] = [];
  const gone: string[] = [];
  for (const [path, entry] of manifest.entries) {
    if (path === MANIFEST) continue;
    const parent = parentOf(folder, dirname(path), parents);
    if (parent === 'other') continue;
    if (parent === 'folder' && manifest.writing !== undefined) {
      const temporary = temporaryName(path, manifest.writing);
      if (typeof readPlain(join(folder, temporary)) === 'object') leftovers.push(temporary);
    }
    if (planned.has(path)) continue;
    const current = parent === 'folder' ? readPlain(join(folder, path)) : undefined;
    if (current === undefined && manifest.writing !== undefined) gone.push(path);
    if (current === undefined || current === 'other') continue;
    const hash = sha256(current.content);
    (hash === entry.sha256 || hash === entry.previous ? orphans : keptOrphans).push(path);
  }
  return { files, orphans, keptOrphans, manifest, leftovers, gone };
}
