/** labgen down [LAB]: machines and engine away; the rendered files stay. It may be run again at any time. */
import { existsSync } from 'node:fs';
import { findEngine } from '../../engine/private-engine.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Context } from '../context.js';
import { locked } from '../locked.js';
import type { LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { renderedName, runningFolder } from '../running.js';
import { deadEngines, enginePhase, filesPhase, nodesPhase, orphansPhase, triedIn, type Taking } from './down-phases.js';

/** What `down` does, in order. */
export const PHASES: readonly { readonly name: string; readonly run: (taking: Taking) => Promise<void> | void }[] = [
  { name: 'nodes', run: nodesPhase },
  { name: 'orphans', run: orphansPhase },
  // Before the engine: as long as that is known, so is where the machines are that these files tell of.
  { name: 'files', run: filesPhase },
  { name: 'engine', run: enginePhase },
];

export async function down(context: Context, options: LabOptions): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  // Someone else's Vagrant project must not lose its machines. An engine is ours even where its folder is gone.
  const ours = renderedName(folder) !== undefined || (await findEngine(folder)) !== undefined || (await deadEngines(folder)).length > 0;
  if (!ours) throw new Failure(2, `${folder} is not a folder of labgen`, 'Go to the folder "labgen up" was run in, or name it: labgen down -o DIR');
  if (!existsSync(folder)) return takeAway(context, folder);
  return locked(context, folder, (inner) => takeAway(inner, folder));
}

async function takeAway(context: Context, folder: string): Promise<ExitCode> {
  const engine = await findEngine(folder);
  if (engine?.enter.length === 0) throw new Failure(2, 'this runs inside the engine that is to end', 'Leave the shell first.');
  const taking: Taking = { context, folder, progress: createProgress(context), engine, dead: await deadEngines(folder), tried: triedIn(folder) };
  for (const phase of PHASES) {
    if (context.interrupt.aborted) throw new Failure(130, `interrupted before the phase "${phase.name}"`, '"labgen down" goes on from here.');
    await phase.run(taking);
  }
  return 0;
}
