/** labgen walk [LAB]: the lesson in the terminal, stage by stage; it goes on where it was left. */
import { relative } from 'node:path';
import { pasteable } from '../../drivers/run-command.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Lab } from '../../model/lab.js';
import { features, labAt } from '../../plan/pipeline.js';
import { worldOf } from '../../plan/world.js';
import { differenceOf } from '../../predict/difference.js';
import { suggest } from '../../model/nearest.js';
import { oneLine } from '../../report/plain.js';
import { stageIntro, stepsText } from '../../report/walk.js';
import { differenceText } from '../../report/world-difference.js';
import { changed, type Context } from '../context.js';
import { openJournal } from '../journal.js';
import { openLab, outputFolder, type LabOptions, type OpenLab } from '../open-lab.js';
import { renderedName } from '../running.js';
import { forgetWalk, readWalk, writeWalk } from '../walk-state.js';
import { readWalkWords, WALK_HELP, type WalkWords } from '../walk-words.js';
import { explain } from './explain.js';
import { predict } from './predict.js';
import { familiesOf } from './predicted.js';
import { exec, ssh } from './ssh.js';
import { trace } from './trace.js';
import { up } from './up.js';
import { verify } from './verify.js';

interface Options extends Omit<LabOptions, 'stage' | 'strict'> {
  readonly goto?: string;
  readonly restart?: true;
  readonly yes?: true;
  readonly provider?: string;
  readonly private?: true;
  readonly limit?: readonly string[];
}

type Way = 'next' | 'back' | 'quit';

interface Walk {
  readonly context: Context;
  readonly options: Options;
  readonly open: OpenLab;
  /** As one would type it from here. */
  readonly near: string;
  readonly stages: readonly (string | undefined)[];
  /** Undefined: nobody is asked, all is gone through. */
  readonly ask: ((question: string) => Promise<string | undefined>) | undefined;
}

export async function walk(context: Context, options: Options): Promise<ExitCode> {
  const open = openLab(context, { ...options, ...(options.goto !== undefined && { stage: options.goto }) });
  const named = open.validated.stages.map((stage) => stage.name);
  const stages: readonly (string | undefined)[] = named.length === 0 ? [undefined] : named;
  const folder = outputFolder(context, options);
  const of: Walk = { context, options, open, near: relative(context.cwd, folder) || '.', stages, ask: options.yes === true ? undefined : context.ask };
  if (options.restart === true && options.goto !== undefined) throw new Failure(2, '"--goto" says nothing beside "--restart"', 'See "labgen help walk".');
  if (options.restart === true) forgetWalk(folder);
  const known = readWalk(folder, open.lab.name);
  const kept = known && stages.includes(known.stage) ? known : undefined;
  let at = options.goto !== undefined ? stages.indexOf(options.goto) : kept ? stages.indexOf(kept.stage) : 0;
  let made = kept?.made === true && kept.stage === stages[at];
  if (kept && options.goto === undefined) context.out(`walk: going on at ${placeOf(of, at)}${made ? ', which was made already' : ''}\n\n`);
  for (;;) {
    const result = await visit(of, at, made);
    if (typeof result === 'number') return result;
    if (result === 'quit') {
      context.out(`walk: left at ${placeOf(of, at)}; "labgen walk${of.near === '.' ? '' : ` -o ${of.near}`}" goes on there, "labgen down" takes the lab away\n`);
      return 0;
    }
    at = result === 'next' ? at + 1 : Math.max(0, at - 1);
    made = false;
    if (at === stages.length) return end(of);
  }
}

/** For `labgen serve`; `up` writes of itself. Nothing where nothing was rendered yet. */
function note({ open: { folder } }: Walk, lab: Lab, phase: string): void {
  if (renderedName(folder) === undefined) return;
  const journal = openJournal(folder, false);
  journal.begin('walk', lab.name, lab.stage);
  journal.phase(phase);
}

function placeOf({ open, stages }: Walk, at: number): string {
  return stages[at] === undefined ? open.lab.name : `stage ${at + 1} of ${stages.length}, "${stages[at]}"`;
}

function labOf({ open }: Walk, stage: string | undefined): Lab {
  const lab = labAt(open.validated, stage);
  if (typeof lab === 'string') throw new Failure(2, lab);
  return lab;
}

/** Tells of a stage, makes it, and lets the learner try. An exit code ends the walk. */
async function visit(of: Walk, at: number, made: boolean): Promise<Way | ExitCode> {
  const { context, ask } = of;
  const lab = labOf(of, of.stages[at]);
  note(of, lab, 'predict');
  if (!made) {
    tell(of, lab, at);
    if (ask) {
      const way = await prompt(of, lab, at, 'Enter makes it so, ? tells what else');
      if (way !== 'next') return way;
    }
    const code = await make(of, lab);
    if (code !== 0 && (code !== 1 || !ask)) return code;
    if (code === 1) context.out('walk: not all checks pass. "c" runs them again.\n\n');
  }
  note(of, lab, 'try');
  context.out(`\n${steps(of, lab)}`);
  if (!ask) {
    context.out('\n');
    return 'next';
  }
  return prompt(of, lab, at, at + 1 < of.stages.length ? 'Enter goes on to the next stage, ? tells what else' : 'Enter ends the lesson, ? tells what else', true);
}

function tell(of: Walk, lab: Lab, at: number): void {
  const { context, stages } = of;
  const before = at === 0 ? undefined : labOf(of, stages[at - 1]);
  let difference: string | undefined;
  if (before) {
    const families = [...new Set([...familiesOf(before), ...familiesOf(lab)])];
    difference = differenceText(`stage ${before.stage ?? ''}`, `stage ${lab.stage ?? ''}`, differenceOf(worldOf(before, features), worldOf(lab, features), families));
  }
  const whole = `labgen explain ${of.options.lab ?? ''} --diff ${before?.stage ?? ''} ${lab.stage ?? ''}`.replaceAll('  ', ' ');
  context.out(`${stageIntro({ lab, number: at + 1, of: stages.length, difference, whole })}\n`);
  showPrediction(of, lab);
}

/** Nothing where there is only one who could ask. */
function showPrediction({ context, options }: Walk, lab: Lab): undefined {
  if (lab.nodes.length + lab.containers.length < 2) return;
  predict(context, { ...named(options), ...(lab.stage !== undefined && { stage: lab.stage }), format: 'text' });
  context.out('\n');
}

function named({ lab, output, set, vars }: Options): LabOptions {
  return { ...(lab !== undefined && { lab }), ...(output !== undefined && { output }), ...(set !== undefined && { set }), ...(vars !== undefined && { vars }) };
}

/** The very `up --stage`; what was begun is remembered whatever becomes of it. */
async function make(of: Walk, lab: Lab): Promise<ExitCode> {
  const { context, options, open } = of;
  const words = ['up', ...(options.lab === undefined ? [] : [options.lab]), '--output', open.folder, ...(lab.stage === undefined ? [] : ['--stage', lab.stage]), ...(options.set ?? []).flatMap((each) => ['--set', each]), ...(options.vars ?? []).flatMap((each) => ['--vars', each]), ...(options.provider === undefined ? [] : ['--provider', options.provider]), ...(options.private === true ? ['--private'] : []), ...(options.limit ?? []).flatMap((each) => ['--limit', each])];
  const remember = (made: boolean): void => writeWalk(open.folder, { lab: lab.name, stage: lab.stage, made });
  remember(false);
  let code: ExitCode;
  try {
    code = await up(changed(context, { args: words }), { ...named(options), output: open.folder, ...(lab.stage !== undefined && { stage: lab.stage }), ...(options.provider !== undefined && { provider: options.provider }), ...(options.private === true && { private: true }), ...(options.limit !== undefined && { limit: options.limit }), verify: true });
  } catch (error) {
    remember(false);
    if (error instanceof Failure) throw new Failure(error.exitCode, error.message, error.hint?.replace('Go on with "labgen up"', 'Go on with "labgen walk"'));
    throw error;
  }
  remember(code === 0 || code === 1);
  if (context.interrupt.aborted) throw interrupted();
  return code;
}

const interrupted = (): Failure => new Failure(130, 'interrupted; "labgen walk" goes on from here');

function steps({ near }: Walk, lab: Lab): string {
  return stepsText(lab, (node, run) => pasteable(['labgen', 'exec', ...(near === '.' ? [] : ['-o', near]), node, 'sh', '-c', run]));
}

/** Until it is said where to go. `running`: the lab is at this stage. */
async function prompt(of: Walk, lab: Lab, at: number, hint: string, running = false): Promise<Way> {
  const { context, ask } = of;
  context.out(`${running ? '\n' : ''}${hint}\n`);
  for (;;) {
    const line = await ask?.(`walk${lab.stage === undefined ? '' : ` ${lab.stage}`}> `);
    if (context.interrupt.aborted) throw interrupted();
    // Ctrl-D.
    if (line === undefined) return 'quit';
    const way = await obey(of, lab, at, line, running);
    if (context.interrupt.aborted) throw interrupted();
    if (way) return way;
  }
}

async function obey(of: Walk, lab: Lab, at: number, line: string, running: boolean): Promise<Way | undefined> {
  const words = readWalkWords(line);
  try {
    switch (words.to) {
      case 'next':
      case 'quit': return words.to;
      case 'back': return at > 0 ? 'back' : say(of.context, 'This is the first stage.');
      case 'help': return say(of.context, WALK_HELP.trimEnd());
      case 'predict': return showPrediction(of, lab);
      case 'steps': return say(of.context, steps(of, lab).trimEnd());
      case 'explain': return explained(of, lab, words);
      case 'unknown': return say(of.context, `"${oneLine(words.text, 60)}" is no word of this prompt; ? tells them.`);
      case 'check':
      case 'measure':
      case 'trace':
      case 'shell':
      case 'step': return running ? await onNodes(of, lab, words) : say(of.context, 'The lab is not at this stage yet: Enter makes it so.');
    }
  } catch (error) {
    // A mistake at the prompt does not end the lesson.
    if (!(error instanceof Failure) || error.exitCode === 130) throw error;
    return say(of.context, `${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`);
  }
}

function explained({ context, options, open }: Walk, lab: Lab, { from, end: to, port }: Extract<WalkWords, { to: 'explain' }>): undefined {
  explain(context, { ...named(options), ...(options.lab === undefined && { lab: open.folder }), ...(lab.stage !== undefined && { stage: lab.stage }), from, to, ...(port !== undefined && { port }), format: 'text' });
}

type OnNodes = Extract<WalkWords, { to: 'check' | 'measure' | 'trace' | 'shell' | 'step' }>;

/** Each verb as it would be typed: inside a private engine it is begun anew by these words. */
async function onNodes({ context, open: { folder } }: Walk, lab: Lab, words: OnNodes): Promise<undefined> {
  const inside = (...args: readonly string[]): Context => changed(context, { args });
  switch (words.to) {
    case 'check': return void (await verify(inside('verify', '--output', folder), { output: folder, only: [], format: 'text' }));
    case 'measure': return void (await verify(inside('verify', '--output', folder, '--matrix'), { output: folder, only: [], format: 'text', matrix: true }));
    case 'trace': {
      const { from, end: to, port } = words;
      return void (await trace(inside('trace', '--output', folder, ...(port === undefined ? [] : ['--port', port]), '--', from, to), { output: folder, from, to, ...(port !== undefined && { port }), format: 'text' }));
    }
    case 'shell': {
      const node = nodeFor(lab, words.node);
      say(context, `A shell on ${node}; "sudo -i" makes you root, "exit" comes back here.`);
      return void (await ssh(inside('ssh', '--output', folder, node), { node, output: folder }));
    }
    case 'step': {
      const step = lab.steps[words.number - 1];
      if (!step) return say(context, lab.steps.length === 0 ? 'There are no steps here.' : `Steps are 1 to ${lab.steps.length}.`);
      say(context, `${step.node}# ${oneLine(step.run, 2000)}`);
      const command = ['sh', '-c', step.run];
      return void (await exec(inside('exec', '--output', folder, step.node, ...command), { node: step.node, output: folder, command }));
    }
  }
}

function say(context: Context, text: string): undefined {
  context.out(`${text}\n`);
}

function nodeFor(lab: Lab, wanted: string | undefined): string {
  const names = lab.nodes.map((node) => node.name);
  const node = wanted ?? lab.steps[0]?.node ?? names[0] ?? '';
  if (!names.includes(node)) throw new Failure(2, `there is no node "${oneLine(node, 40)}"`, suggest(node, names, 'node'));
  return node;
}

function end(of: Walk): ExitCode {
  const { context, open, near, stages } = of;
  forgetWalk(open.folder);
  if (renderedName(open.folder) !== undefined) openJournal(open.folder, false).end(0);
  const there = near === '.' ? '' : ` -o ${near}`;
  context.out(`That was the lesson. ${labOf(of, stages.at(-1)).breaks.length > 0 ? `"labgen break${there}" breaks the lab for you to repair, ` : ''}"labgen down${there}" takes it away.\n`);
  return 0;
}
