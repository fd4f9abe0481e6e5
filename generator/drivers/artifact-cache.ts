/** The cache of artifacts: bytes are taken from it only when they are what the lab or the user's pin says. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.js';
import type { Artifact } from '../model/lab.js';
import { copyAtomic, writePieces } from '../write/files.js';
import { download, type Fetch } from './download.js';

/** A larger file is no program of a lab. */
const MAX_BYTES = 1 << 30;
const TIMEOUT_MS = 15 * 60_000;

/** Where a file put there by hand is looked for. */
export function placeByHand(cache: string, artifact: Artifact): string {
  return join(cache, `${artifact.name}-${artifact.version}`);
}

export type Found =
  | { readonly state: 'ready'; readonly path: string; readonly sha256: string }
  /** Nobody says what it has to be; `path` is what lies in the cache, if anything. */
  | { readonly state: 'unpinned'; readonly path?: string; readonly sha256?: string }
  | { readonly state: 'missing' }
  /** A file put there by hand that is not what it has to be. */
  | { readonly state: 'different'; readonly path: string; readonly sha256: string };

/** What there is of an artifact. `wanted`: its SHA-256, where somebody says it; `more`: other places it may lie in. */
export async function lookFor(cache: string, artifact: Artifact, wanted: string | undefined, more: readonly string[] = []): Promise<Found> {
  const byHand = placeByHand(cache, artifact);
  if (wanted === undefined) return existsSync(byHand) ? { state: 'unpinned', path: byHand, sha256: await sha256Of(byHand) } : { state: 'unpinned' };
  for (const path of [join(cache, wanted), ...more, byHand].filter((each) => existsSync(each))) {
    const sha256 = await sha256Of(path);
    if (sha256 === wanted) return { state: 'ready', path, sha256 };
    // What labgen put somewhere itself it may fetch anew; what a person put there is theirs to judge.
    if (path === byHand) return { state: 'different', path, sha256 };
  }
  return { state: 'missing' };
}

/**
 * Downloads an artifact into the cache, under the name of its own hash.
 * @throws Failure (exit 3) where it is not what it has to be; then nothing is kept of it.
 */
export async function fetchInto(cache: string, artifact: Artifact, wanted: string | undefined, options: { readonly interrupt?: AbortSignal; readonly fetch?: Fetch }): Promise<{ readonly path: string; readonly sha256: string }> {
  const { url } = artifact;
  if (url === undefined) throw new Failure(3, `${artifact.name} ${artifact.version} has no URL`, `It comes from: ${artifact.about}`);
  const hash = createHash('sha256');
  let sha256 = '';
  const path = await writePieces(cache, through(download(url, { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, ...options }), hash), () => {
    sha256 = hash.digest('hex');
    if (wanted !== undefined && sha256 !== wanted) throw new Failure(3, `${artifact.name} ${artifact.version} from ${url} is not what it has to be\nexpected SHA-256 ${wanted}\nreceived         ${sha256}`, 'Nothing of it was kept. Either what lies there was changed, or the lab or your pin is wrong.');
    return sha256;
  });
  return { path, sha256 };
}

/**
 * Puts an artifact where the play takes it from; a file that is already right stays.
 * @throws Failure (exit 3) where the bytes are no longer those that were found.
 */
export async function place(found: { readonly path: string; readonly sha256: string }, target: string): Promise<boolean> {
  if (found.path === target || (existsSync(target) && (await sha256Of(target)) === found.sha256)) return false;
  await copyAtomic(found.path, target, 0o644, async (copy) => {
    if ((await sha256Of(copy)) !== found.sha256) throw new Failure(3, `${found.path} changed while it was being copied`, 'Nothing of it was kept. Who else writes there?');
  });
  return true;
}

async function* through(pieces: AsyncIterable<Uint8Array>, hash: { update(data: Uint8Array): unknown }): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
