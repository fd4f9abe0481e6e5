/** The SHA-256 of a box, noted beside it when it is built, and held against its bytes before they are used. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { sha256Of } from '../drivers/artifact-cache.js';
import { Failure } from '../model/failure.js';
import { removeFile, writeAtomic } from '../write/files.js';

/** Where it is noted, in the form of `sha256sum`. */
export function checksumFile(path: string): string {
  return `${path}.sha256`;
}

export function noteChecksum(path: string, sha256: string): void {
  writeAtomic(checksumFile(path), `${sha256}  ${basename(path)}\n`);
}

export function forgetChecksum(path: string): void {
  removeFile(checksumFile(path));
}

/** Undefined where none was noted. */
export function notedChecksum(path: string): string | undefined {
  try {
    return /^([0-9a-f]{64}) /.exec(readFileSync(checksumFile(path), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** @throws Failure (exit 3) where a box is not what was built. */
export async function checkBox(path: string): Promise<string> {
  const [noted, found] = [notedChecksum(path), await sha256Of(path)];
  if (noted === found) return found;
  throw new Failure(3, `${path} is not what was built (its SHA-256 is ${found}, noted ${noted === undefined ? 'is none' : `is ${noted}`})`, 'It was damaged or exchanged. Build it anew: labgen box build --force');
}
