/** LAB on the command line: a shipped name, a path, or nothing inside a rendered folder. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import { textsOf } from '../model/foreign.js';
import { suggest } from '../model/nearest.js';
import { KEPT_FRAGMENTS, keptVars } from '../plan/kept.js';
import type { VarsFile } from '../source/settings.js';
import { reasonOf } from '../write/refusal.js';
import type { Context } from './context.js';
import { readVars } from './read-vars.js';

export interface FoundLab {
  /** The file as messages name it. */
  readonly file: string;
  readonly text: string;
  /** The folder that paths in the lab count from: the file's, or the rendered one. */
  readonly home: string;
  /** The folder that what it includes lies in. */
  readonly fragments: string;
  /** As given: a shipped name, or the file's base name. */
  readonly name: string;
  /** What a rendered folder remembers of its own render. */
  readonly kept?: { readonly stage: string | undefined; readonly set: readonly string[]; readonly vars: readonly VarsFile[] };
}

export function shippedLabs(root: string): readonly string[] {
  return readdirSync(join(root, 'labs'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5))
    .sort();
}

/** @throws Failure (exit 2) where there is no such lab. */
export function findLab(context: Context, given: string | undefined, folder: string): FoundLab {
  if (given === undefined) return renderedLab(context, folder);
  if (!/[/\\.]/.test(given)) {
    const names = shippedLabs(context.root);
    if (names.includes(given)) {
      const path = join(context.root, 'labs', `${given}.yaml`);
      return { file: nearPath(context, path), text: readLab(path, given), home: dirname(path), fragments: dirname(path), name: given };
    }
    if (!existsSync(resolve(context.cwd, given))) throw new Failure(2, `there is no lab "${given}"`, suggest(given, names, 'shipped lab').replace('Known are', 'Shipped are') + ' A file is named by its path: ./my-lab.yaml');
  }
  const path = resolve(context.cwd, given);
  if (!existsSync(path)) throw new Failure(2, `there is no file ${given}`, 'Give the path of a lab file, or a name that "labgen list" shows.');
  if (isFolder(path)) return renderedLab(context, path, given);
  return { file: given, text: readLab(path, given), home: dirname(path), fragments: dirname(path), name: basename(given) };
}

/** Whether a word on the command line is meant for a lab: a shipped name, or the path of something that is there. */
export function namesLab(context: Context, word: string): boolean {
  return shippedLabs(context.root).includes(word) || existsSync(resolve(context.cwd, word));
}

/** @throws Failure (exit 2) where it may not be read. */
function readLab(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(2, `${shown} cannot be read: ${reasonOf(error) ?? (error as Error).message}`, 'A lab is a file that you may read.');
  }
}

const labIn = (folder: string): string => join(folder, '.labgen', 'lab.yaml');

export function isRendered(folder: string): boolean {
  return existsSync(labIn(folder));
}

/** `given`: the word that named the folder, if one did. */
function renderedLab(context: Context, folder: string, given?: string): FoundLab {
  const path = labIn(folder);
  if (!isRendered(folder) && given !== undefined) throw new Failure(2, `${given} is no lab file, and not a rendered folder`, 'Name a lab file in it, or a folder "labgen render" wrote to.');
  if (!isRendered(folder)) throw new Failure(2, 'no lab is named, and this is not a rendered folder', 'Name one: "labgen list" shows them; or go to a folder "labgen render" wrote to.');
  let kept: { name?: unknown; stage?: unknown; set?: unknown; vars?: unknown } = {};
  try {
    kept = (JSON.parse(readFileSync(join(folder, '.labgen', 'render.json'), 'utf8')) ?? {}) as typeof kept;
  } catch {
    // Without it the lab is taken at its last stage.
  }
  return {
    file: nearPath(context, path),
    text: readLab(path, nearPath(context, path)),
    home: folder,
    fragments: join(folder, KEPT_FRAGMENTS),
    name: typeof kept.name === 'string' ? kept.name : basename(folder),
    kept: { stage: typeof kept.stage === 'string' ? kept.stage : undefined, set: textsOf(kept.set) ?? [], vars: readVars(context, keptVarsFiles(context, folder, kept.vars)) },
  };
}

/** As many as the render says it kept, under names that are ours. */
function keptVarsFiles(context: Context, folder: string, count: unknown): readonly string[] {
  return Array.from({ length: typeof count === 'number' ? Math.min(Math.max(0, Math.trunc(count)), 100) : 0 }, (_, index) => nearPath(context, join(folder, keptVars(index))));
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A path as one would type it from here. */
export function nearPath(context: Context, path: string): string {
  const near = relative(context.cwd, path);
  return near.startsWith('..') && near.length > path.length ? path : near || path;
}

/** A path from here, with `/`, such as an annotation in CI needs it; as it is where it does not lie below. */
export function fromHere(context: Context, path: string): string {
  const near = relative(context.cwd, resolve(context.cwd, path)).replaceAll('\\', '/');
  return near === '..' || near.startsWith('../') ? path : near;
}

/** Paths of files in a folder, as seen from here. */
export function inFolder(context: Context, folder: string): (file: string) => string {
  return (file) => fromHere(context, join(folder, file));
}
