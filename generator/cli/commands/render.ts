/** labgen render [LAB]: the files of a lab, written whole or not at all. */
import { relative } from 'node:path';
import type { ExitCode } from '../../model/failure.js';
import { applyPlan } from '../../write/apply.js';
import { survey } from '../../write/survey.js';
import type { Context } from '../context.js';
import { locked } from '../locked.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';

interface Options extends LabOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

export async function render(context: Context, options: Options): Promise<ExitCode> {
  const open = openLab(context, options);
  const title = `${open.lab.name}${open.lab.stage === undefined ? '' : ` (stage ${open.lab.stage})`}`;
  if (options.dryRun === true) {
    const { files, orphans } = survey(open.folder, open.plan());
    if (options.format === 'json') context.out(`${JSON.stringify({ lab: open.lab.name, stage: open.lab.stage, files: files.map(({ file, standing }) => ({ path: file.path, mode: file.mode.toString(8), standing })), orphans }, null, 2)}\n`);
    else {
      for (const { file, standing } of files) context.out(`${standing.padEnd(8)} ${file.path}\n`);
      for (const path of orphans) context.out(`remove   ${path}\n`);
    }
    return 0;
  }
  return locked(context, open.folder, () => write(context, options, open, title));
}

function write(context: Context, options: Options, open: OpenLab, title: string): ExitCode {
  const done = applyPlan(open.folder, open.plan(), options.force === true);
  if (options.format === 'json') {
    context.out(`${JSON.stringify({ lab: open.lab.name, stage: open.lab.stage, ...done }, null, 2)}\n`);
    return 0;
  }
  for (const path of done.kept) context.err(`labgen: ${path} is no longer part of the lab, but was edited: left where it is\n`);
  const where = relative(context.cwd, open.folder);
  const removed = done.removed.length > 0 ? `, ${done.removed.length} removed` : '';
  context.out(`${title}: ${done.written.length} written, ${done.unchanged} unchanged${removed}${where === '' ? '' : ` in ${where}`}\n`);
  if (done.written.length > 0) context.out(`Next: ${where === '' ? '' : `cd ${where} && `}vagrant up; or labgen up, which also proves it. README.md tells the rest.\n`);
  return 0;
}
