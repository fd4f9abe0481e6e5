/** labgen shell: a shell, or one line, inside the folder's private engine. */
import { Failure, type ExitCode } from '../../model/failure.js';
import { findEngine, type PrivateEngine } from '../../engine/private-engine.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { enterEngine, runningFolder } from '../running.js';
import { chooseEngine, loadNodeImage } from './up-phases.js';

interface Options extends LabOptions {
  readonly provider?: string;
  readonly private?: boolean;
  /** A line for the shell; undefined: an interactive one. */
  readonly command?: string;
}

export async function shell(context: Context, options: Options): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  const engine = (await findEngine(folder)) ?? (options.private === true ? await start(context, options, folder) : undefined);
  if (!engine) throw new Failure(3, 'no private engine runs for this folder', 'With an engine of your own, vagrant and docker work here as they are. --private starts one.');
  if (engine.enter.length === 0) throw new Failure(2, 'this shell is inside the engine already');
  if (context.isTerminal && options.command === undefined) context.err(`Inside the private ${engine.kind} engine ${engine.id}: vagrant, docker and virsh see this lab only. Leave with "exit".\n`);
  const program = context.env['SHELL'] ?? '/bin/sh';
  return enterEngine({ ...context, cwd: folder }, engine, options.command === undefined ? [program] : [program, '-c', options.command]);
}

/** An engine without machines, so that "vagrant up" can be tried by hand. */
async function start(context: Context, { lab: _, ...options }: Options, output: string): Promise<PrivateEngine | undefined> {
  const open = openLab(context, { ...options, output });
  const progress = createProgress(context);
  const engine = await chooseEngine({ context, options: { ...options, verify: false }, open, progress, state: {}, lines: [], lift: () => context });
  if (engine?.kind === 'docker') await loadNodeImage(context, progress, engine);
  progress.clear();
  return engine;
}
