/** What a node image is made from, as one short name: the same recipe is never built twice. Reads, never writes. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import { checksumFile } from './checksum.js';

export const DEFAULT_RELEASE = 'bookworm';
export const BOX_NAME = 'labgen/debian-12';

/** Releases whose packages this recipe was proven with, and the number Debian gives them. */
const RELEASES: Readonly<Record<string, number>> = { bookworm: 12 };

export type BoxFormat = 'container' | 'libvirt';

/** Where the results of one recipe lie, whether they were built already or not. */
export interface BoxPaths {
  readonly recipe: string;
  readonly folder: string;
  /** For `docker load`. */
  readonly tar: string;
  readonly image: string;
  /** For `vagrant box add`, through `metadata`. */
  readonly box: string;
  readonly metadata: string;
  readonly version: string;
}

/** Every file below `folder`, as relative paths with `/`, in an order that depends on no locale. */
function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}

/** The first 12 hex digits of the SHA-256 of all scripts, lists and files of the recipe, the release and the architecture. */
export function recipeOf(templatesDir: string, release: string, architecture: string = arch()): string {
  const hash = createHash('sha256').update(`${release}\0${architecture}\0`);
  for (const path of filesBelow(templatesDir)) {
    const content = readFileSync(join(templatesDir, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}

/** Vagrant wants a version of numbers. It names the recipe; a larger one is not a newer one, so labs pin it. */
export function versionOf(recipe: string): string {
  return `1.0.${parseInt(recipe.slice(0, 6), 16)}`;
}

export function boxPaths(cacheDir: string, templatesDir: string, release: string = DEFAULT_RELEASE): BoxPaths {
  const number = RELEASES[release];
  if (number === undefined) {
    throw new Failure(2, `no recipe for the release '${release}'`, `Known: ${Object.keys(RELEASES).join(', ')}.`);
  }
  const recipe = recipeOf(templatesDir, release);
  const folder = resolve(cacheDir, 'boxes');
  const stem = join(folder, `debian-${number}-${recipe}`);
  return {
    recipe,
    folder,
    tar: `${stem}.container.tar`,
    image: `labgen/node:debian-${number}-${recipe}`,
    box: `${stem}.libvirt.box`,
    metadata: `${stem}.libvirt.json`,
    version: versionOf(recipe),
  };
}

/** The formats that are there, complete: each file appears by one rename, its checksum last. */
export function formatsThere(paths: BoxPaths): BoxFormat[] {
  const formats: BoxFormat[] = [];
  const there = (path: string): boolean => existsSync(path) && existsSync(checksumFile(path));
  if (there(paths.tar)) formats.push('container');
  if (there(paths.box)) formats.push('libvirt');
  return formats;
}
