/** From what the command line asks for to a validated lab; what is wrong with it is printed here, once. */
import { Failure } from '../model/failure.js';
import type { Lab } from '../model/lab.js';
import type { PlannedFile } from '../model/plan.js';
import { strictly } from '../model/problem.js';
import { TemplateFailed } from '../model/template-failed.js';
import { labAt, planOf, validateLab, wantedAssets, type Validated } from '../plan/pipeline.js';
import { refusedText } from '../plan/refused-text.js';
import { explainedBy, formatProblems } from '../report/problems.js';
import { askLab, outputFolder, type Asked, type LabOptions } from './ask-lab.js';
import type { Context } from './context.js';
import { readAssets } from './read-assets.js';
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

/** @throws Failure (exit 2) after printing all problems. */
export function openLab(context: Context, options: LabOptions): OpenLab {
  return thinkLab(context, askLab(context, options), outputFolder(context, options));
}

/** @throws Failure (exit 2) after printing all problems. */
export function thinkLab(context: Context, asked: Asked, folder: string): OpenLab {
  const settings = parseSettings(asked.set);
  const validated = validateLab(asked.file, asked.text, settings, readAssets(wantedAssets(asked.file, asked.text, settings), asked.home, asked.rendered));
  const problems = strictly(validated.problems, asked.strict);
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (problems.length > 0) context.err(formatProblems(problems, asked.text, asked.file, context.colour));
  if (errors.length > 0) throw new Failure(2, `${asked.file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; nothing was written`, explainedBy(errors));
  const lab = labAt(validated, asked.stage);
  if (typeof lab === 'string') throw new Failure(2, lab);
  return { lab, validated, name: asked.name, file: asked.file, folder, home: asked.home, plan: () => planned(context, asked, validated, lab) };
}

/** @throws Failure (exit 2) where the lab says what no file can carry; TemplateFailed where it is labgen that is wrong. */
function planned(context: Context, { file, text, name }: Asked, validated: Validated, lab: Lab): readonly PlannedFile[] {
  try {
    return planOf(validated, lab, name);
  } catch (error) {
    const problem = error instanceof TemplateFailed ? refusedText(error, file, text) : undefined;
    if (!problem) throw error;
    context.err(formatProblems([problem], text, file, context.colour));
    throw new Failure(2, `${file} has an error; nothing was written`, explainedBy([problem]));
  }
}
