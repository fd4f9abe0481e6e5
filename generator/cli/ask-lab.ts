/** What the command line asks for: the lab's text and all that thinking is given with it; nothing is thought yet. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { VarsFile } from '../source/settings.js';
import type { Context } from './context.js';
import { findLab } from './find-lab.js';
import { later, readVars } from './read-vars.js';

export interface LabOptions {
  readonly lab?: string;
  readonly output?: string;
  readonly stage?: string;
  readonly set?: readonly string[];
  /** Paths of files of variables. */
  readonly vars?: readonly string[];
}

/** Thinking gets no more than this: what it makes is a function of these values and of labgen's build. */
export interface Asked {
  /** The file as messages name it, and its content. */
  readonly file: string;
  readonly text: string;
  /** The lab as the rendered files name it. */
  readonly name: string;
  readonly stage: string | undefined;
  /** `PATH=VALUE`, as given. */
  readonly set: readonly string[];
  /** What --vars gives, the later over the earlier. */
  readonly vars: readonly VarsFile[];
  /** The folder that what the lab includes lies in. */
  readonly fragments: string;
  /** The folder that paths in the lab count from. */
  readonly home: string;
  /** That folder is a rendered one, where what the lab brings along lies as the render put it. */
  readonly rendered: boolean;
}

export function outputFolder(context: Context, options: Pick<LabOptions, 'output'>): string {
  return resolve(context.cwd, options.output ?? '.');
}

/** @throws Failure (exit 2) where there is no such lab. */
export function askLab(context: Context, options: LabOptions): Asked {
  const { file, text, name, home, fragments, kept } = findLab(context, options.lab, outputFolder(context, options));
  const vars = later(kept?.vars ?? [], readVars(context, options.vars ?? []));
  return { file, text, name, stage: options.stage ?? kept?.stage, set: [...(kept?.set ?? []), ...(options.set ?? [])], vars, home, fragments, rendered: kept !== undefined };
}

/**
 * One digest of all that a plan is made from, but for files a lab includes or brings along (such a render is never sealed); undefined where labgen does not know its own
 * build. Only messages name the file.
 */
export function inputsOf(context: Context, { text, name, stage, set, vars }: Asked): string | undefined {
  if (context.build === undefined) return undefined;
  return createHash('sha256').update(JSON.stringify([context.build, text, name, stage ?? null, set, vars.map((each) => each.text)])).digest('hex');
}
