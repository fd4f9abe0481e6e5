/** What lies in a folder, modes and empty folders among it, and how two such differ. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST, readManifest, sha256 } from '../../generator/write/manifest.js';

/** Mode and content of files, `folder` for folders, by path. */
export type Lying = ReadonlyMap<string, string>;

export function lyingIn(folder: string): Lying {
  const found = new Map<string, string>();
  const visit = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      found.set(path, stat.isDirectory() ? 'folder' : `${(stat.mode & 0o777).toString(8)} ${readFileSync(join(folder, path), 'utf8')}`);
      if (stat.isDirectory()) visit(path);
    }
  };
  visit('');
  return found;
}

/** As one line: what is only in one of them, or not the same. Empty where they are alike. */
export function unlike(is: Lying, wanted: Lying, but: (path: string) => boolean = () => false): string {
  const paths = [...new Set([...is.keys(), ...wanted.keys()])].filter((path) => !but(path) && is.get(path) !== wanted.get(path));
  return paths.map((path) => `${path} (${is.has(path) ? (wanted.has(path) ? `${shown(is.get(path))} instead of ${shown(wanted.get(path))}` : `left: ${shown(is.get(path))}`) : 'missing'})`).join(', ');
}

function shown(lying = ''): string {
  return JSON.stringify(lying.length > 60 ? `${lying.slice(0, 60)}…` : lying);
}

/** Of labgen while it writes; the seal says the same of each folder in another way. */
export const TEMPORARY = /\.labgen-[0-9a-f]{8}$|^\.labgen\/lock/;
export const isBookkeeping = (path: string): boolean => path === MANIFEST || path === '.labgen/seal.json' || path === '.labgen';

/**
 * After a death: each file is the old one or the new one, whole; what the user had is there; the manifest knows all the rest.
 * @throws where it is not so. Returns how many temporary files there are.
 */
export function isOldOrNew(folder: string, before: Lying, old: Lying, wanted: Lying, users: Lying): number {
  const now = lyingIn(folder);
  for (const [path, lying] of users) if (now.get(path) !== lying) throw new Error(`what the user had is lost: ${path} is ${shown(now.get(path))}`);
  const { entries } = readManifest(folder);
  let temporary = 0;
  for (const path of new Set([...now.keys(), ...before.keys(), ...wanted.keys()])) {
    const lying = now.get(path);
    if (users.has(path) || isBookkeeping(path) || lying === 'folder') continue;
    if (lying !== undefined && TEMPORARY.test(path)) {
      temporary++;
      continue;
    }
    if (lying !== before.get(path) && lying !== wanted.get(path)) {
      // A folder that was to come or to go may be there or not.
      if (lying === undefined && [before.get(path), wanted.get(path)].includes('folder')) continue;
      throw new Error(`${path} is neither the old nor the new one: ${shown(lying)}`);
    }
    if (lying === undefined || !(old.has(path) || wanted.has(path))) continue;
    const hash = sha256(lying.slice(lying.indexOf(' ') + 1));
    const entry = entries.get(path);
    if (lying === before.get(path) && before.get(path) !== old.get(path) && lying !== wanted.get(path)) {
      if (entry && [entry.sha256, entry.previous].includes(hash)) throw new Error(`the manifest calls ${path} labgen's, and the user edited it`);
    } else if (!entry || ![entry.sha256, entry.previous].includes(hash)) throw new Error(`the manifest does not know ${path} as it is`);
  }
  return temporary;
}
