/** labgen up [LAB]: render, choose a provider, boot, play, prove. The phases are one readable list. */
import { realpathSync } from 'node:fs';
import type { ExitCode } from '../../model/failure.js';
import { Failure } from '../../model/failure.js';
import { applyPlan } from '../../write/apply.js';
import { noteFolder } from '../../write/folders.js';
import { artifactsInPlace } from '../artifacts.js';
import { changed, type Context } from '../context.js';
import { readLimits, watch } from '../limits.js';
import { refuseForeign } from '../foreign-code.js';
import { journalled, openJournal, type Journal } from '../journal.js';
import { locked } from '../locked.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';
import { refuseOtherLab } from '../other-lab.js';
import { cacheFolder, insideEngine } from '../running.js';
import { createProgress } from '../progress.js';
import { bootPhase, boxPhase, enginePhase, playPhase, verifyPhase, whatIsLeft, type Run } from './up-phases.js';
import { explained, tooLate } from './up-report.js';

export interface UpOptions extends LabOptions {
  readonly provider?: string;
  readonly private?: boolean;
  readonly force?: boolean;
  readonly verify: boolean;
  /** Write a report at the end. */
  readonly report?: boolean;
  /** `boot=10m`. */
  readonly limit?: readonly string[];
}

/** What `up` does, in order. A phase that returns an exit code ends the run: the rest went on elsewhere. */
export const PHASES: readonly { readonly name: string; readonly run: (run: Run) => Promise<ExitCode | undefined> }[] = [
  { name: 'engine', run: enginePhase },
  { name: 'box', run: boxPhase },
  { name: 'boot', run: bootPhase },
  { name: 'play', run: playPhase },
  { name: 'verify', run: verifyPhase },
];

export async function up(context: Context, options: UpOptions): Promise<ExitCode> {
  readLimits(options.limit ?? []);
  const open = openLab(context, options, true);
  // Before anything is begun that would end in nothing.
  if (options.report === true) (await import('./report.js')).fileOf(context, open, {});
  return locked(context, open.folder, (inner) => bringUp(inner, options, open));
}

async function bringUp(context: Context, options: UpOptions, open: OpenLab): Promise<ExitCode> {
  // The one inside the engine goes on with what the one outside has begun.
  if (context.env['LABGEN_ENGINE'] !== undefined) return phases(context, options, open, openJournal(open.folder, false));
  refuseOtherLab(context, open.folder, open.lab.name, options.force === true);
  const done = applyPlan(open.folder, open.plan(), options.force === true, undefined, open.lab.name);
  context.out(`render: ${done.written.length} written, ${done.unchanged} unchanged${done.removed.length > 0 ? `, ${done.removed.length} removed` : ''}\n`);
  refuseForeign(open.folder);
  // From here on there may be something to take away.
  noteFolder(cacheFolder(context), realpathSync(open.folder));
  await artifactsInPlace(context, open, options.verify);
  const journal = openJournal(open.folder, true);
  journal.begin('up', open.lab.name, open.lab.stage);
  let code: number = 70;
  try {
    const elsewhere = await insideEngine(context, open.folder);
    const ended = elsewhere ?? (await phases(context, options, open, journal));
    code = ended;
    return ended;
  } catch (error) {
    if (error instanceof Failure) code = error.exitCode;
    throw error;
  } finally {
    journal.end(code);
  }
}

async function phases(context: Context, options: UpOptions, open: OpenLab, journal: Journal): Promise<ExitCode> {
  const progress = journalled(createProgress(context), journal);
  const state: Run['state'] = {};
  const limits = readLimits(options.limit ?? []);
  for (const phase of PHASES) {
    journal.phase(phase.name);
    const limit = limits[phase.name] ?? Infinity;
    const timer = watch(context.interrupt, limit);
    const lift = (): Context => {
      timer.lift();
      return context;
    };
    const run: Run = { context: changed(context, { interrupt: timer.signal }), options, open, progress, state, lines: [], lift };
    let code: ExitCode | undefined;
    let trouble: { readonly error: unknown } | undefined;
    try {
      code = await phase.run(run);
    } catch (error) {
      trouble = { error };
    }
    timer.lift();
    progress.clear();
    // The rest went on elsewhere, and has said all there is to say.
    if (code !== undefined && !timer.expired()) return code;
    if (context.interrupt.aborted) throw new Failure(130, `interrupted ${trouble ? 'in' : 'after'} the phase "${phase.name}"`, await whatIsLeft({ ...run, context }));
    if (timer.expired()) throw await tooLate({ ...run, context }, phase.name, limit);
    if (trouble) throw await explained({ ...run, context }, phase.name, trouble.error);
  }
  return 0;
}
