/** labgen report [LAB]: one HTML page of what a lab does, predicted and measured. */
import { relative, resolve } from 'node:path';
import { isRunning } from '../../drivers/in-use.js';
import { parts } from '../../generated/page.js';
import type { ExitCode } from '../../model/failure.js';
import type { Results } from '../../model/results.js';
import { pageHtml } from '../../report/page/html.js';
import { labTitle, plain } from '../../report/plain.js';
import { collectReport } from '../collect-report.js';
import type { Context } from '../context.js';
import { refuseOthers, writeGiven, type Kind } from '../given-file.js';
import { openLab, outputFolder, type LabOptions, type OpenLab } from '../open-lab.js';
import { createProgress, type Progress } from '../progress.js';
import { insideEngine } from '../running.js';
import { runChecks } from './verify.js';
import { measureMatrix } from './verify-matrix.js';

interface Options extends LabOptions {
  readonly file?: string;
  /** Write it though a file that is no report of labgen's is there. */
  readonly force?: boolean;
}

export const REPORT_FILE = 'report.html';
/** All of them begin so. */
const KIND: Kind = { what: 'report', flag: '--file', isOurs: (text) => /^<!doctype html>\n<html lang="en">\n<head>\n[^]{0,2000}<meta name="generator" content="labgen /.test(text) };

/** Exit code 1 where a check failed or a measurement differs from its prediction, 3 where something could not be asked; a lab that does not run is no fault. */
export async function report(context: Context, options: Options): Promise<ExitCode> {
  const folder = outputFolder(context, options);
  if (isRunning(folder)) {
    const code = await insideEngine(context, folder);
    if (code !== undefined) return code;
  }
  const open = openLab(context, options, true);
  const file = fileOf(context, open, options);
  const progress = createProgress(context);
  if (!isRunning(folder)) {
    await writeReport(context, open, file);
    context.out('The lab is not running: all of it is predicted, nothing measured now. "labgen up --report" measures.\n');
    return 0;
  }
  const code = await measured(context, open, progress);
  if (context.interrupt.aborted) return 130;
  const results = await writeReport(context, open, file);
  if (!results) context.out('The folder holds another lab or another stage than was asked about, so what was measured is not shown. "labgen up" brings it there.\n');
  return code;
}

/** Where it goes. @throws Failure (exit 1) where a file of somebody else's is there. */
export function fileOf(context: Context, { folder }: Pick<OpenLab, 'folder'>, { file, force }: Pick<Options, 'file' | 'force'>): string {
  const path = file === undefined ? resolve(folder, REPORT_FILE) : resolve(context.cwd, file);
  refuseOthers(path, KIND, force);
  return path;
}

/** Checks, then who reaches whom: both are kept, whatever they find. 1 where something is not as it should be, 3 where something could not be asked. */
export async function measured(context: Context, open: OpenLab, progress: Progress, withChecks = true): Promise<ExitCode> {
  const code = withChecks && open.lab.checks.length > 0 ? await runChecks(context, open, { format: 'text', only: [], progress }) : 0;
  if (context.interrupt.aborted) return 130;
  const { pairs } = await measureMatrix(context, open, progress);
  if (code === 1 || pairs.some((pair) => pair.measured && pair.why !== undefined)) return 1;
  return pairs.some((pair) => !pair.measured) ? 3 : code;
}

export async function writeReport(context: Context, open: OpenLab, file: string): Promise<Results | undefined> {
  const { data, results } = await collectReport(context, open);
  const html = pageHtml(data, parts);
  // It tells what files of the lab say; who may not read those may not read this.
  writeGiven(context, file, html, '--file', open.lab.secrets.length > 0 ? 0o600 : 0o644);
  const pairs = results?.matrix?.pairs ?? [];
  const differ = pairs.filter((pair) => pair.measured && pair.why !== undefined);
  for (const { from, to, by, why } of differ) context.out(`measured otherwise than predicted: ${plain(`${from} → ${to}, ${by}: ${why ?? ''}`)}\n`);
  const found = pairs.length === 0 ? 'predicted only' : `${pairs.length} questions measured, ${differ.length === 0 ? 'all' : String(pairs.filter((pair) => pair.measured && pair.why === undefined).length)} as predicted`;
  context.out(`report ${labTitle({ lab: open.lab.name, stage: open.lab.stage })}: ${relative(context.cwd, file) || file} (${Math.ceil(html.length / 1024)} kB; ${data.stages.length === 1 ? '' : `${data.stages.length} stages; `}${found})\n`);
  return results;
}
