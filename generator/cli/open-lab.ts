/** From the command line's words to a validated lab; what is wrong with it is printed here, once. */
import { resolve } from 'node:path';
import { Failure } from '../model/failure.js';
import type { Lab } from '../model/lab.js';
import type { PlannedFile } from '../model/plan.js';
import { labAt, planOf, validateLab, wantedAssets, type Validated } from '../plan/pipeline.js';
import { formatProblems } from '../report/problems.js';
import type { Context } from './context.js';
import { findLab } from './find-lab.js';
import { readAssets } from './read-assets.js';
import { parseSettings } from './settings.js';

export interface LabOptions {
  readonly lab?: string;
  readonly output?: string;
  readonly stage?: string;
  readonly set?: readonly string[];
}

export interface OpenLab {
  readonly lab: Lab;
  readonly validated: Validated;
  readonly name: string;
  readonly folder: string;
  /** The folder of the lab file; that of a rendered lab is the rendered one. */
  readonly home: string;
  plan(): readonly PlannedFile[];
}

export function outputFolder(context: Context, options: Pick<LabOptions, 'output'>): string {
  return resolve(context.cwd, options.output ?? '.');
}

/** @throws Failure (exit 2) after printing all problems. */
export function openLab(context: Context, options: LabOptions): OpenLab {
  const folder = outputFolder(context, options);
  const found = findLab(context, options.lab, folder);
  const settings = parseSettings([...(found.kept?.set ?? []), ...(options.set ?? [])]);
  const validated = validateLab(found.file, found.text, settings, readAssets(wantedAssets(found.file, found.text, settings), found.home, found.kept !== undefined));
  const errors = validated.problems.filter((problem) => problem.severity === 'error');
  if (validated.problems.length > 0) context.err(formatProblems(validated.problems, found.text, found.file, context.colour));
  if (errors.length > 0) throw new Failure(2, `${found.file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; nothing was written`);
  const lab = labAt(validated, options.stage ?? found.kept?.stage);
  if (typeof lab === 'string') throw new Failure(2, lab);
  return { lab, validated, name: found.name, folder, home: found.home, plan: () => planOf(validated, lab, found.name) };
}
