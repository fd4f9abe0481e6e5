/** labgen grade [LAB]: how far the repair of a broken lab is; with --hint one hint more. */
import { resolve } from 'node:path';
import { gradeOf, idsNotPassed } from '../../breaks/grade.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { BreakState, Grade } from '../../model/grade.js';
import { gradeJson, gradeJunit, gradeText } from '../../report/grade.js';
import { breakOf, readBreak, writeBreak } from '../broken.js';
import type { Context } from '../context.js';
import { refuseOthers, writeGiven, type Kind } from '../given-file.js';
import { openLab, type LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';
import { judgeChecks } from './verify.js';

type Format = 'text' | 'json' | 'junit';

interface Options extends Pick<LabOptions, 'lab' | 'output'> {
  readonly hint?: true;
  readonly file?: string;
  /** Write it though a file that is no grade of labgen's is there. */
  readonly force?: boolean;
  readonly patience?: number;
  readonly format: Format;
}

/** In any of its forms. */
const OURS = [/^\{\n {2}"lab": ".*",\n {2}"stage": .*\n {2}"state": "(none|broken|healed)",\n {2}"healed": /, /^<\?xml .*\n<testsuites name="labgen .*\n {2}<testsuite name="grade"/, /^grade .*: \d+ of 100, .*\n$/m];
const KIND: Kind = { what: 'grade', flag: '--file', isOurs: (text) => OURS.some((each) => each.test(text)) };

/** Seconds: whoever repaired something looks again a moment later. */
const WITHIN = 10;

export async function grade(context: Context, options: Options): Promise<ExitCode> {
  // Before a hint is counted that nobody would read.
  if (options.file !== undefined) refuseOthers(resolve(context.cwd, options.file), KIND, options.force);
  const folder = runningFolder(context, options);
  sshHosts(folder);
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const open = openLab(context, { output: folder });
  const state = readBreak(folder);
  const was = state && breakOf(open, state);
  if (state && !was) throw new Failure(3, 'what was broken is not declared in this lab any more', '"labgen up" makes the lab as it should be, and forgets the break.');
  if (options.hint === true && (!state || state.healed !== undefined)) throw new Failure(2, 'there is nothing to give a hint about: nothing is broken on purpose', '"labgen break" breaks something.');
  const verdicts = await judgeChecks(context, open, { only: [], progress: options.format === 'text' ? createProgress(context) : undefined, ...(options.patience === undefined ? { within: WITHIN } : { patience: options.patience }) });
  if (context.interrupt.aborted) return 130;
  const now = context.now().getTime();
  const failing = idsNotPassed(verdicts);
  // What was healed and fails now is a trouble of its own.
  const current = state && (state.healed === undefined || failing.length === 0) ? later(state, failing, options.hint === true, now) : undefined;
  if (current && JSON.stringify(current) !== JSON.stringify(state)) writeBreak(folder, current);
  const result = gradeOf(verdicts, current && was ? { state: current, was } : undefined, now);
  tell(context, result, options);
  return failing.length === 0 ? 0 : 1;
}

/** What is known of the break after this look at it. A hint is told only while something fails. */
function later(state: BreakState, failing: readonly string[], hint: boolean, now: number): BreakState {
  if (failing.length === 0) return { ...state, healed: state.healed ?? now };
  return { ...state, red: state.red ?? failing, hints: Math.min(3, state.hints + (hint ? 1 : 0)) };
}

function tell(context: Context, result: Grade, { format, file }: Options): void {
  const text = (colour: boolean): string => (format === 'json' ? gradeJson(result) : format === 'junit' ? gradeJunit(result) : gradeText(result, { colour }));
  if (file === undefined) return context.out(text(context.colour));
  writeGiven(context, file, text(false), '--file');
  context.out(gradeText(result, { colour: context.colour }));
}
