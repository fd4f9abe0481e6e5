/** From what the command line asks for to a validated lab; what is wrong with it is printed here, once. */
import { join } from 'node:path';
import type { Code } from '../model/codes.js';
import { Failure } from '../model/failure.js';
import type { Lab } from '../model/lab.js';
import type { PlannedFile } from '../model/plan.js';
import { includedFiles, labAt, planOf, validateLab, wantedAssets, type Validated } from '../plan/pipeline.js';
import { explainedBy, formatProblems } from '../report/problems.js';
import { askLab, outputFolder, type Asked, type LabOptions } from './ask-lab.js';
import type { Context } from './context.js';
import { nearPath } from './find-lab.js';
import { readAssets } from './read-assets.js';
import { readFragments } from './read-fragments.js';
import { parseSettings } from './settings.js';

export { outputFolder, type LabOptions } from './ask-lab.js';

export interface OpenLab {
  readonly lab: Lab;
  readonly validated: Validated;
  readonly name: string;
  readonly folder: string;
  /** The folder of the lab file; that of a rendered lab is the rendered one. */
  readonly home: string;
  plan(): readonly PlannedFile[];
}

/** @throws Failure (exit 2) after printing all problems. */
export function openLab(context: Context, options: LabOptions): OpenLab {
  return thinkLab(context, askLab(context, options), outputFolder(context, options));
}

/** All that is right and wrong with it, once what lies beside it is read. */
export function validateAsked(context: Context, { file, text, set, vars, home, fragments: place, rendered }: Asked): Validated {
  const settings = parseSettings(set);
  const beside = { vars, fragments: readFragments(includedFiles(file, text), place, (path) => nearPath(context, join(place, path))) };
  return validateLab(file, text, settings, readAssets(wantedAssets(file, text, settings, beside), home, rendered), beside);
}

/** Prints all problems but those of a code that is no matter here. @throws Failure (exit 2) where there are errors. */
export function stopAtErrors(context: Context, { problems, texts }: Validated, file: string, passing?: Code): void {
  const told = problems.filter((problem) => problem.code !== passing);
  const errors = told.filter((problem) => problem.severity === 'error');
  if (told.length > 0) context.err(formatProblems(told, texts, context.colour));
  if (errors.length > 0) throw new Failure(2, `${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; nothing was written`, explainedBy(errors));
}

/** @throws Failure (exit 2) after printing all problems. */
export function thinkLab(context: Context, asked: Asked, folder: string): OpenLab {
  const validated = validateAsked(context, asked);
  stopAtErrors(context, validated, asked.file);
  const lab = labAt(validated, asked.stage);
  if (typeof lab === 'string') throw new Failure(2, lab);
  return { lab, validated, name: asked.name, folder, home: asked.home, plan: () => planOf(validated, lab, asked.name) };
}
