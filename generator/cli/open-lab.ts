/** From what the command line asks for to a validated lab; what is wrong with it is printed here, once. */
import { join } from 'node:path';
import type { Code } from '../model/codes.js';
import { Failure } from '../model/failure.js';
import type { Host } from '../model/host.js';
import type { Lab } from '../model/lab.js';
import type { PlannedFile } from '../model/plan.js';
import { strictly, type Problem } from '../model/problem.js';
import { TemplateFailed } from '../model/template-failed.js';
import { includedFiles, labAt, planOf, validateLab, wantedAssets, type Validated } from '../plan/pipeline.js';
import { refusedText } from '../plan/refused-text.js';
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
  /** The lab file as messages name it. */
  readonly file: string;
  readonly folder: string;
  /** The folder of the lab file; that of a rendered lab is the rendered one. */
  readonly home: string;
  plan(): readonly PlannedFile[];
}

/** `writes`: the verb would have written something. @throws Failure (exit 2) after printing all problems. */
export function openLab(context: Context, options: LabOptions, writes = false): OpenLab {
  return thinkLab(context, askLab(context, options), outputFolder(context, options), writes);
}

/** All that is right and wrong with it, once what lies beside it is read. */
export function validateAsked(context: Context, { file, text, set, vars, home, fragments: place, rendered }: Asked, host?: Host): Validated {
  const settings = parseSettings(set);
  const beside = { vars, fragments: readFragments(includedFiles(file, text), place, (path) => nearPath(context, join(place, path))) };
  return validateLab(file, text, settings, readAssets(wantedAssets(file, text, settings, beside), home, rendered), beside, host);
}

/** Prints all problems but those of a code that is no matter here. @throws Failure (exit 2) where there are errors. */
export function stopAtErrors(context: Context, { problems, texts }: Validated, { file, strict }: Pick<Asked, 'file' | 'strict'>, writes: boolean, passing?: Code): void {
  const told = strictly(problems.filter((problem) => problem.code !== passing), strict);
  const errors = told.filter((problem) => problem.severity === 'error');
  if (told.length > 0) context.err(formatProblems(told, texts, context.colour));
  if (errors.length > 0) throw hasErrors(file, errors, writes);
}

function hasErrors(file: string, errors: readonly Problem[], writes: boolean): Failure {
  return new Failure(2, `${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}${writes ? '; nothing was written' : ''}`, explainedBy(errors));
}

/** @throws Failure (exit 2) after printing all problems. */
export function thinkLab(context: Context, asked: Asked, folder: string, writes: boolean): OpenLab {
  const validated = validateAsked(context, asked);
  stopAtErrors(context, validated, asked, writes);
  const lab = labAt(validated, asked.stage);
  if (typeof lab === 'string') throw new Failure(2, lab);
  return { lab, validated, name: asked.name, file: asked.file, folder, home: asked.home, plan: () => planned(context, asked, validated, lab, writes) };
}

/** @throws Failure (exit 2) where the lab says what no file can carry; TemplateFailed where it is labgen that is wrong. */
function planned(context: Context, { file, name }: Asked, validated: Validated, lab: Lab, writes: boolean): readonly PlannedFile[] {
  try {
    return planOf(validated, lab, name);
  } catch (error) {
    const problem = error instanceof TemplateFailed ? refusedText(error, validated.texts) : undefined;
    if (!problem) throw error;
    context.err(formatProblems([problem], validated.texts, context.colour));
    throw hasErrors(file, [problem], writes);
  }
}
