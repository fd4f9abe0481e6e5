/** labgen verify [LAB]: the checks on a running lab. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSsh } from '../../drivers/ssh.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Verdict, Verdicts } from '../../model/verdict.js';
import { features } from '../../plan/pipeline.js';
import { notRun, verify as verifyLab } from '../../verify/verify.js';
import { windowOf } from '../../verify/window.js';
import { missingInFolder } from '../artifacts.js';
import type { Context } from '../context.js';
import { openLab, outputFolder, type LabOptions, type OpenLab } from '../open-lab.js';
import { createProgress, type Progress } from '../progress.js';
import { keepResults } from '../results.js';
import { insideEngine, sshHosts } from '../running.js';
import { runMatrix } from './verify-matrix.js';
import { REPORTS, type ReportFormat } from './verify-reports.js';

interface Options extends LabOptions {
  readonly format: ReportFormat;
  readonly only: readonly string[];
  readonly within?: number;
  readonly patience?: number;
  readonly matrix?: boolean;
}

export async function verify(context: Context, options: Options): Promise<ExitCode> {
  const code = await insideEngine(context, outputFolder(context, options));
  if (code !== undefined) return code;
  const open = openLab(context, options);
  sshHosts(open.folder);
  const progress = options.format === 'text' ? createProgress(context) : undefined;
  if (options.matrix === true) {
    if (options.format !== 'text' && options.format !== 'json') throw new Failure(2, `a matrix has no form ${options.format}`, 'Use --format text or json.');
    return runMatrix(context, open, options.format, progress);
  }
  return runChecks(context, open, { ...options, progress });
}

interface CheckRun {
  readonly format: ReportFormat;
  readonly only: readonly string[];
  readonly within?: number;
  readonly patience?: number;
  readonly progress: Progress | undefined;
}

/** Exit code 1 where a check failed, else 3 where one could not be run. */
export async function runChecks(context: Context, open: OpenLab, options: CheckRun): Promise<ExitCode> {
  const verdicts = await judgeChecks(context, open, options);
  context.out(REPORTS[options.format](verdicts, context.colour));
  if (context.interrupt.aborted) return 130;
  return verdicts.failed > 0 ? 1 : verdicts.notRun > 0 ? 3 : 0;
}

/** Asks the checks and prints nothing of what came out. @throws Failure (exit 2) where there are none. */
export async function judgeChecks(context: Context, open: OpenLab, options: Omit<CheckRun, 'format'>): Promise<Verdicts> {
  const { lab } = open;
  const checks = lab.checks
    .filter((check) => options.only.length === 0 || options.only.some((text) => check.id.includes(text)))
    .map((check) => ({ ...check, within: windowOf(check, options) }));
  if (checks.length === 0) throw new Failure(2, options.only.length === 0 ? 'the lab has no checks' : 'no check of the lab has such a name', 'labgen verify --format json lists them all.');
  const missing = missingInFolder(open);
  if (missing.length > 0) return notRun(open.lab, checks, `artifact missing: ${missing.join(', ')}`);
  const connections = connectSsh(sshHosts(open.folder), { signal: context.interrupt });
  // Commands on nodes may take a minute; Ctrl-C does not wait for them.
  const leave = (): void => void connections.close();
  context.interrupt.addEventListener('abort', leave, { once: true });
  let done = 0;
  options.progress?.step(`checking: ${checks.length} checks`);
  try {
    const verdicts = await verifyLab(lab, connections, {
      kinds: features.flatMap((feature) => feature.checkKinds ?? []),
      checks,
      now: () => performance.now(),
      sleep: (milliseconds) => sleep(milliseconds),
      signal: context.interrupt,
      // Who gives a limit means it.
      ...(options.within === undefined ? {} : { stallMs: 0 }),
      ...(options.patience === undefined ? {} : { patienceMs: options.patience * 1000 }),
      onVerdict: (verdict: Verdict) => {
        options.progress?.detail(`${++done} of ${checks.length}: ${verdict.check.id}`);
        options.progress?.verdict?.(verdict);
      },
    });
    if (options.only.length === 0 && !context.interrupt.aborted) keepResults(context, open, { checks: { when: context.now().toISOString(), verdicts: verdicts.verdicts.map(({ check, state, node, command, seen, seconds }) => ({ id: check.id, state, node, command, seen, seconds })) } });
    return verdicts;
  } finally {
    options.progress?.clear();
    context.interrupt.removeEventListener('abort', leave);
    await connections.close();
  }
}
