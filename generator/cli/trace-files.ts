/** Where the captures of a trace are kept: each trace has a folder of its own, and none is written over. */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import type { Question } from '../predict/question.js';
import { what } from '../predict/questions.js';
import type { TraceFile } from '../trace/files.js';
import { createFile, makeFolder } from '../write/files.js';
import { parentOf } from '../write/look.js';
import { refusal } from '../write/refusal.js';
import type { Context } from './context.js';

export interface Keeping {
  /** The rendered lab's. */
  readonly folder: string;
  /** Where the user wants them. */
  readonly save: string | undefined;
  readonly question: Question;
}

/** Their paths as messages name them. @throws Failure (exit 2) where something is there already, or leads elsewhere. */
export function keepTrace(context: Pick<Context, 'cwd' | 'now'>, files: readonly TraceFile[], { folder, save, question }: Keeping): readonly string[] {
  if (files.length === 0) return [];
  const into = save === undefined ? ownFolder(context, folder, question) : resolve(context.cwd, save);
  for (const { name } of files) if (existsSync(join(into, name))) throw new Failure(2, `${join(into, name)} is there already`, 'Name another folder with --save.');
  try {
    makeFolder(into);
    for (const { name, content } of files) createFile(join(into, name), content);
  } catch (error) {
    throw refusal(error, into, 'The packet was sent all the same. Name another folder with --save.');
  }
  return files.map(({ name }) => {
    const near = relative(context.cwd, join(into, name));
    return near.startsWith('..') ? join(into, name) : near;
  });
}

function ownFolder(context: Pick<Context, 'now'>, folder: string, question: Question): string {
  // Where .labgen is a link, what lies behind it is somebody else's.
  if (parentOf(folder, '.labgen/traces', new Map()) === 'other') throw new Failure(2, '.labgen/traces leads out of this folder', 'Name another one with --save.');
  const time = context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = [time, question.from, question.to, what(question)].join('-').replaceAll(/[^\w.-]+/g, '-');
  for (let count = 1; ; count++) {
    const path = join(folder, '.labgen', 'traces', count === 1 ? name : `${name}-${count}`);
    if (!existsSync(path)) return path;
  }
}
