/** labgen break [LAB]: breaks the running lab in one of the ways it declares, for a learner to find; --undo gives up. */
import { randomInt } from 'node:crypto';
import { breakIt, repairIt } from '../../breaks/act.js';
import { chooseBreak, refuseNone } from '../../breaks/choose.js';
import { idsNotPassed } from '../../breaks/grade.js';
import { connectSsh } from '../../drivers/ssh.js';
import type { Connections } from '../../model/connections.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { BreakState } from '../../model/grade.js';
import type { Verdicts } from '../../model/verdict.js';
import { breakList, hintsInOrder, solutionText } from '../../report/grade.js';
import { labTitle } from '../../report/plain.js';
import { verdictText } from '../../report/text.js';
import { breakOf, forgetBreak, readBreak, writeBreak } from '../broken.js';
import type { Context } from '../context.js';
import { locked } from '../locked.js';
import { openLab, type LabOptions, type OpenLab } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';
import { judgeChecks } from './verify.js';

interface Options extends Pick<LabOptions, 'lab' | 'output'> {
  readonly which?: string;
  readonly seed?: number;
  readonly list?: true;
  readonly reveal?: true;
  readonly undo?: true;
  readonly patience?: number;
  readonly format: 'text' | 'json';
}

/** Seconds: a check that was passed a moment ago and holds no more is not waited for longer. */
const WITHIN = 5;
/** How often it is looked whether a check tells; some troubles show only when something runs out. */
const LOOKS = 6;

export async function breakLab(context: Context, options: Options): Promise<ExitCode> {
  refuseFlags(options);
  if (options.list === true) {
    const { lab } = openLab(context, options);
    refuseNone(lab);
    context.out(breakList(lab, options.reveal === true, options.format));
    return 0;
  }
  const folder = runningFolder(context, options);
  sshHosts(folder);
  return locked(context, folder, async (inner) => {
    const code = await insideEngine(inner, folder);
    if (code !== undefined) return code;
    const open = openLab(inner, { output: folder });
    return options.undo === true ? giveUp(inner, open, options.patience) : begin(inner, open, options);
  });
}

/** @throws Failure (exit 2): a flag that would mean nothing is a mistake. */
function refuseFlags({ which, seed, list, reveal, undo, patience, format }: Options): void {
  const useless = reveal === true && list !== true ? ['--reveal', 'without "--list"']
    : format !== 'text' && list !== true ? ['--format', 'without "--list"']
    : (list === true || undo === true) && which !== undefined ? ['--which', `beside "--${list === true ? 'list' : 'undo'}"`]
    : (list === true || undo === true || which !== undefined) && seed !== undefined ? ['--seed', 'where nothing is drawn']
    : list === true && undo === true ? ['--undo', 'beside "--list"']
    : list === true && patience !== undefined ? ['--patience', 'beside "--list"']
    : undefined;
  if (useless) throw new Failure(2, `"${useless[0] ?? ''}" says nothing ${useless[1] ?? ''}`, 'See "labgen help break".');
}

async function begin(context: Context, open: OpenLab, options: Options): Promise<ExitCode> {
  const { lab, folder } = open;
  const before = readBreak(folder);
  if (before && before.healed === undefined) throw new Failure(3, 'something is broken here already', '"labgen grade" tells how far its repair is, "labgen break --undo" gives up and repairs it.');
  const chosen = chooseBreak(lab, { which: options.which, draw: options.seed ?? randomInt(2 ** 31), before: before?.name });
  await refuseUnwell(context, open, options.patience);
  // Written first: whatever becomes of this run, "up", "--undo" and "grade" know what to repair.
  const state: BreakState = { name: chosen.name, stage: lab.stage, begun: context.now().getTime(), red: undefined, hints: 0, healed: undefined };
  writeBreak(folder, state);
  await withNodes(context, folder, async (connections) => {
    try {
      await breakIt(connections, chosen);
    } catch (error) {
      // A node that cannot be reached any more may have done it all the same.
      if (error instanceof Failure && error.name === 'Failure') forgetBreak(folder);
      throw error;
    }
  });
  const red = await whatIsRed(context, open);
  if (context.interrupt.aborted) throw new Failure(130, 'interrupted; something is broken in the lab now', '"labgen grade" tells what does not pass, "labgen break --undo" repairs it.');
  if (red.length === 0) {
    await withNodes(context, folder, (connections) => repairIt(connections, chosen));
    forgetBreak(folder);
    throw new Failure(1, `no check of the lab notices the break "${chosen.name}"; it was taken back`, 'A lab needs a check for each of its breaks; "labgen break" draws another one.');
  }
  writeBreak(folder, { ...state, red });
  context.out(`break: something is broken in ${labTitle({ lab: lab.name, stage: lab.stage })}; ${red.length} of ${lab.checks.length} checks do not pass any more\n  Find out what, and repair it on the nodes: "labgen ssh NODE", "labgen exec NODE COMMAND".\n  "labgen grade" tells how far you are, "labgen grade --hint" gives a hint, "labgen break --undo" gives up.\n`);
  return 0;
}

/** @throws Failure (exit 1) after telling what does not pass: nobody could tell one trouble from the other. */
async function refuseUnwell(context: Context, open: OpenLab, patience: number | undefined): Promise<void> {
  const verdicts = await judge(context, open, patience === undefined ? {} : { patience });
  if (context.interrupt.aborted) throw new Failure(130, 'interrupted; nothing was broken');
  const wrong = verdicts.verdicts.filter((each) => each.state !== 'passed');
  if (wrong.length === 0) return;
  context.out(wrong.map((each) => verdictText(each, { colour: context.colour })).join(''));
  throw new Failure(1, `the lab is not as it should be already: ${wrong.length} of ${verdicts.verdicts.length} checks do not pass`, 'Nothing was broken. "labgen up" makes it as it should be, "labgen verify" tells whether it is.');
}

/** Checks that tell; empty where none does. */
async function whatIsRed(context: Context, open: OpenLab): Promise<readonly string[]> {
  for (let look = 0; look < LOOKS && !context.interrupt.aborted; look++) {
    const red = idsNotPassed(await judge(context, open, { within: WITHIN }));
    if (red.length > 0) return red;
  }
  return [];
}

function judge(context: Context, open: OpenLab, haste: { readonly within?: number; readonly patience?: number }): Promise<Verdicts> {
  return judgeChecks(context, open, { only: [], progress: createProgress(context), ...haste });
}

async function giveUp(context: Context, open: OpenLab, patience: number | undefined): Promise<ExitCode> {
  const { folder } = open;
  const state = readBreak(folder);
  if (!state || state.healed !== undefined) {
    context.out('break: nothing is broken on purpose\n');
    return 0;
  }
  const was = breakOf(open, state);
  if (!was) throw new Failure(3, 'what was broken is not declared in this lab any more', '"labgen up" makes the lab as it should be.');
  await withNodes(context, folder, (connections) => repairIt(connections, was));
  forgetBreak(folder);
  context.out(`break: repaired. What it was\n${solutionText(was)}How it could have been found\n${hintsInOrder(was.hints)}`);
  const verdicts = await judge(context, open, patience === undefined ? {} : { patience });
  if (context.interrupt.aborted) return 130;
  const wrong = verdicts.verdicts.filter((each) => each.state !== 'passed');
  context.out(`${wrong.map((each) => verdictText(each, { colour: context.colour })).join('')}${wrong.length === 0 ? `All ${verdicts.verdicts.length} checks pass again.\n` : ''}`);
  if (wrong.length > 0) throw new Failure(1, `${wrong.length} checks do not pass all the same`, 'Something else was changed on the nodes: "labgen up" makes the lab as it should be.');
  return 0;
}

async function withNodes(context: Context, folder: string, work: (connections: Connections) => Promise<void>): Promise<void> {
  const connections = connectSsh(sshHosts(folder), { signal: context.interrupt });
  try {
    await work(connections);
  } finally {
    await connections.close();
  }
}
