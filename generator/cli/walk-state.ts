/** How far somebody has come in a lesson, kept in its folder: the next `labgen walk` goes on there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, textOf } from '../model/foreign.js';
import { isTree } from '../model/merge.js';
import { remove, writeAtomic } from '../write/files.js';
import { readPlain, standingAt } from '../write/look.js';
import { MANIFEST } from '../write/manifest.js';

export interface WalkState {
  readonly lab: string;
  /** Undefined in a lab without stages. */
  readonly stage: string | undefined;
  /** Whether the running lab was brought to it. */
  readonly made: boolean;
}

const STATE = '.labgen/walk.json';

/** Of this lab only; undefined where none was begun here. */
export function readWalk(folder: string, lab: string): WalkState | undefined {
  const file = standingAt(folder, STATE) === 'plain' ? readPlain(join(folder, STATE)) : undefined;
  const found = typeof file === 'object' ? parseJson(file.content.toString()) : undefined;
  if (!isTree(found) || textOf(found['lab']) !== lab) return undefined;
  return { lab, stage: textOf(found['stage']), made: found['made'] === true };
}

/** Nothing is written where nothing was rendered yet, or where it would land elsewhere. */
export function writeWalk(folder: string, { lab, stage, made }: WalkState): void {
  if (existsSync(join(folder, MANIFEST)) && standingAt(folder, STATE) !== 'other') writeAtomic(join(folder, STATE), `${JSON.stringify({ lab, stage: stage ?? null, made }, null, 2)}\n`);
}

export function forgetWalk(folder: string): void {
  if (standingAt(folder, STATE) === 'plain') remove(join(folder, STATE));
}
