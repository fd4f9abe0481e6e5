/** What labgen wrote into a folder, so that it never touches what it did not. The file itself is not trusted. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const MANIFEST = '.labgen/manifest.json';

export interface Entry {
  readonly path: string;
  readonly mode: number;
  /** SHA-256 of the content, hex. */
  readonly sha256: string;
  /** While a render is under way: what lies there until it is replaced. */
  readonly previous?: string;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export interface Manifest {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Of a render that is under way, or died: what the names of its temporary files end with. */
  readonly writing: string | undefined;
  /** Which lab it was rendered from; undefined where nobody said. */
  readonly lab: string | undefined;
}

/** `writing`: while a render is under way. */
export function formatManifest(entries: readonly Entry[], { lab, writing }: Partial<Pick<Manifest, 'lab' | 'writing'>> = {}): string {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  return `{\n  "format": 1,\n${lab === undefined ? '' : `  "lab": ${JSON.stringify(lab)},\n`}${writing === undefined ? '' : `  "writing": "${writing}",\n`}  "files": [\n${sorted.map((entry) => `    ${JSON.stringify({ path: entry.path, mode: entry.mode.toString(8), sha256: entry.sha256, previous: entry.previous })}`).join(',\n')}\n  ]\n}\n`;
}

/** Entries that lead out of the folder, or are not entries at all, are left out. */
export function parseManifest(text: string): Manifest {
  const entries = new Map<string, Entry>();
  const none: Manifest = { entries, writing: undefined, lab: undefined };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return none;
  }
  const { files, writing, lab } = (value ?? {}) as { files?: unknown; writing?: unknown; lab?: unknown };
  if (!Array.isArray(files)) return none;
  for (const file of files as unknown[]) {
    const { path, mode, sha256: hash, previous } = (file ?? {}) as Record<string, unknown>;
    if (typeof path !== 'string' || typeof hash !== 'string' || !insideFolder(path)) continue;
    entries.set(path, { path, mode: (typeof mode === 'string' && parseInt(mode, 8)) || 0o644, sha256: hash, ...(typeof previous === 'string' ? { previous } : {}) });
  }
  return { entries, writing: typeof writing === 'string' && /^[0-9a-f]{8}$/.test(writing) ? writing : undefined, lab: typeof lab === 'string' ? lab : undefined };
}

export function readManifest(folder: string): Manifest {
  try {
    return parseManifest(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch {
    return { entries: new Map(), writing: undefined, lab: undefined };
  }
}

/** A relative path of plain parts. */
export function insideFolder(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\\') && !path.includes('\u0000') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
