/** labgen shell: a shell inside the folder's private engine. */
import { Failure, type ExitCode } from '../../model/failure.js';
import { findEngine } from '../../engine/private-engine.js';
import type { Context } from '../context.js';
import type { LabOptions } from '../open-lab.js';
import { enterEngine, runningFolder } from '../running.js';

export async function shell(context: Context, options: LabOptions): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  const engine = await findEngine(folder);
  if (!engine) throw new Failure(3, 'no private engine runs for this folder', 'With an engine of your own, vagrant and docker work here as they are. "labgen up --private" starts one.');
  if (engine.enter.length === 0) throw new Failure(2, 'this shell is inside the engine already');
  if (context.isTerminal) context.err(`Inside the private ${engine.kind} engine ${engine.id}: vagrant, docker and virsh see this lab only. Leave with "exit".\n`);
  return enterEngine({ ...context, cwd: folder }, engine, [context.env['SHELL'] ?? '/bin/sh']);
}
