/**
 * A seal remembers which manifest came of which inputs, so that a render that would change nothing need not think.
 * It stands for thinking only: whether the files still lie there as written is looked at each time, content and all
 * (a time stamp can be set back, and one of a coarse clock does not tell two writes apart).
 */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomic } from './files.js';
import { parentOf, readPlain, type Parent } from './look.js';
import { MANIFEST, parseManifest, sha256 } from './manifest.js';

/** Beside the manifest, but not to be committed: it holds in this folder on this machine only. */
export const SEAL = '.labgen/seal.json';

export interface Sealing {
  /** Digest of everything the plan is made from, labgen's build among it. */
  readonly inputs: string;
  /** What is said of such a render; it has to survive JSON. */
  readonly told: unknown;
}

/** `manifest`: its text as it lies there now. */
export function writeSeal(folder: string, manifest: string, { inputs, told }: Sealing): void {
  const text = `${JSON.stringify({ format: 1, inputs, told, proof: proofOf(folder, manifest, inputs, told) }, null, 2)}\n`;
  const path = join(folder, SEAL);
  const old = readPlain(path);
  if (typeof old !== 'object' || old.content.toString() !== text) writeAtomic(path, text);
}

/** What was told when these inputs were rendered here, and how many files; undefined unless every one of them lies there untouched. */
export function readSeal(folder: string, inputs: string): { readonly told: unknown; readonly files: number } | undefined {
  try {
    const sealed = (JSON.parse(textOf(join(folder, SEAL))) ?? {}) as { inputs?: unknown; told?: unknown; proof?: unknown };
    if (sealed.inputs !== inputs) return undefined;
    const manifest = textOf(join(folder, MANIFEST));
    if (sealed.proof !== proofOf(folder, manifest, inputs, sealed.told)) return undefined;
    const { entries } = parseManifest(manifest);
    const parents = new Map<string, Parent>();
    for (const { path, mode, sha256: hash, previous } of entries.values()) {
      if (previous !== undefined || parentOf(folder, dirname(path), parents) !== 'folder') return undefined;
      const file = readPlain(join(folder, path));
      if (typeof file !== 'object' || file.mode !== mode || sha256(file.content) !== hash) return undefined;
    }
    return entries.size === 0 ? undefined : { told: sealed.told, files: entries.size };
  } catch {
    // No seal, or none that can be read.
    return undefined;
  }
}

function textOf(path: string): string {
  const file = readPlain(path);
  return typeof file === 'object' ? file.content.toString() : '';
}

/**
 * Binds a seal to the manifest's bytes and to this very folder. A folder that was cloned or copied could carry a seal
 * made for altered files; what its `.labgen` will be on this disk, its maker cannot know.
 */
function proofOf(folder: string, manifest: string, inputs: string, told: unknown): string {
  const { ino, birthtimeNs } = lstatSync(join(folder, dirname(SEAL)), { bigint: true });
  return sha256(JSON.stringify([inputs, told, sha256(manifest), String(ino), String(birthtimeNs)]));
}
