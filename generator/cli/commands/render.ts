/** labgen render [LAB]: the files of a lab, written whole or not at all. */
import { relative } from 'node:path';
import type { ExitCode } from '../../model/failure.js';
import type { PlannedFile } from '../../model/plan.js';
import type { Problem } from '../../model/problem.js';
import { sh } from '../../render/quote.js';
import { applyPlan, type Applied } from '../../write/apply.js';
import { isTidy } from '../../write/leftovers.js';
import { readSeal } from '../../write/seal.js';
import { survey } from '../../write/survey.js';
import { askLab, inputsOf, outputFolder, type LabOptions } from '../ask-lab.js';
import type { Context } from '../context.js';
import { locked, tidyUp } from '../locked.js';
import type { OpenLab } from '../open-lab.js';
import { otherLab, refuseOtherLab } from '../other-lab.js';
import { isClosed, readyPlan } from '../ready-plan.js';

interface Options extends LabOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

/** What a render says of its lab, also where it need not think again. */
interface Told {
  readonly lab: string;
  readonly stage?: string;
  /** The lab file as the warnings name it. */
  readonly file: string;
  readonly warnings: readonly Problem[];
}

export async function render(context: Context, options: Options): Promise<ExitCode> {
  const folder = outputFolder(context, options);
  const asked = askLab(context, options);
  const inputs = inputsOf(context, asked);
  const sealed = inputs === undefined || options.dryRun === true ? undefined : readSeal(folder, inputs);
  const known = sealed?.told as Told | undefined;
  // From another folder the same file has another name, which warnings begin with; and where they are errors, nothing is done.
  if (sealed && known && (known.warnings.length === 0 || (known.file === asked.file && !asked.strict))) {
    if (known.warnings.length > 0) context.err((await import('../../report/problems.js')).formatProblems(known.warnings, new Map([[asked.file, asked.text]]), context.colour));
    if (!isTidy(folder)) tidyUp(context, folder);
    say(context, options, folder, known, { written: [], removed: [], unchanged: sealed.files, kept: [] });
    return 0;
  }
  const ready = inputs === undefined || options.dryRun === true ? undefined : readyPlan(context, inputs);
  if (inputs !== undefined && ready) return write(context, options, folder, { lab: ready.lab, ...(ready.stage === undefined ? {} : { stage: ready.stage }), file: '', warnings: [] }, ready.files, inputs);
  // Loaded late: where nothing changed, most of labgen is not needed.
  const open = (await import('../open-lab.js')).thinkLab(context, asked, folder, true);
  if (options.dryRun === true) return dryRun(context, options, open);
  const { name: lab, stage } = open.lab;
  const told: Told = { lab, ...(stage === undefined ? {} : { stage }), file: open.validated.problems.length === 0 ? '' : asked.file, warnings: open.validated.problems };
  return write(context, options, folder, told, open.plan(), isClosed(open) ? inputs : undefined);
}

/** `inputs`: their digest, where it stands for all that the plan is made from. */
function write(context: Context, options: Options, folder: string, told: Told, plan: readonly PlannedFile[], inputs: string | undefined): Promise<ExitCode> {
  return locked(context, folder, () => {
    refuseOtherLab(context, folder, told.lab, options.force === true);
    say(context, options, folder, told, applyPlan(folder, plan, options.force === true, inputs === undefined ? undefined : { inputs, told }, told.lab));
    return 0;
  });
}

function dryRun(context: Context, options: Options, open: OpenLab): ExitCode {
  const { lab } = open;
  const { files, orphans } = survey(open.folder, open.plan());
  if (options.format === 'json') context.out(`${JSON.stringify({ lab: lab.name, stage: lab.stage, files: files.map(({ file, standing }) => ({ path: file.path, mode: file.mode.toString(8), standing })), orphans }, null, 2)}\n`);
  else {
    for (const { file, standing } of files) context.out(`${standing.padEnd(8)} ${file.path}\n`);
    for (const path of orphans) context.out(`remove   ${path}\n`);
  }
  const other = otherLab(open.folder, lab.name);
  if (other !== undefined) context.err(`labgen: ${open.folder} holds the lab "${other}": without --force a render refuses\n`);
  return 0;
}

function say(context: Context, options: Options, folder: string, { lab, stage }: Told, done: Applied): void {
  if (options.format === 'json') {
    context.out(`${JSON.stringify({ lab, stage, ...done }, null, 2)}\n`);
    return;
  }
  for (const path of done.kept) context.err(`labgen: ${path} is no longer part of the lab, but was edited: left where it is\n`);
  const where = relative(context.cwd, folder);
  const removed = done.removed.length > 0 ? `, ${done.removed.length} removed` : '';
  context.out(`${lab}${stage === undefined ? '' : ` (stage ${stage})`}: ${done.written.length} written, ${done.unchanged} unchanged${removed}${where === '' ? '' : ` in ${where}`}\n`);
  if (done.written.length > 0) context.out(`Next: ${where === '' ? '' : `cd ${sh(where)} && `}vagrant up; or labgen up, which also proves it. README.md tells the rest.\n`);
}
