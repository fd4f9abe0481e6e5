/** labgen down [LAB]: machines and engine away; the rendered files stay. It may be run again at any time. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../drivers/run-command.js';
import { destroy, providerInUse } from '../../drivers/vagrant.js';
import { findEngine, leftovers, removeLeftover, stopEngine, type Leftover } from '../../engine/private-engine.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { remove } from '../../write/files.js';
import { standingAt } from '../../write/look.js';
import type { Context } from '../context.js';
import { mustBeOwn } from '../foreign-code.js';
import { locked } from '../locked.js';
import type { LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { renderedName, runningFolder, vagrantPlace } from '../running.js';

export async function down(context: Context, options: LabOptions): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  // Someone else's Vagrant project must not lose its machines. An engine is ours even where its folder is gone.
  const ours = renderedName(folder) !== undefined || (await findEngine(folder)) !== undefined || (await deadEngines(folder)).length > 0;
  if (!ours) throw new Failure(2, `${folder} is not a folder of labgen`, 'Go to the folder "labgen up" was run in, or name it: labgen down -o DIR');
  if (!existsSync(folder)) return takeAway(context, folder);
  return locked(context, folder, (inner) => takeAway(inner, folder));
}

async function takeAway(context: Context, folder: string): Promise<ExitCode> {
  const progress = createProgress(context);
  const engine = await findEngine(folder);
  const dead = await deadEngines(folder);
  if (engine) {
    if (engine.enter.length === 0) throw new Failure(2, 'this runs inside the engine that is to end', 'Leave the shell first.');
    // Everything of the lab lives inside: the engine's end is the end of machines, networks and volumes.
    progress.step('ending the private engine');
    await stopEngine({ run: runCommand, engine, log: (line) => progress.line(line) });
  } else if (dead.length > 0) progress.line('nodes: gone with their engine');
  else if (providerInUse(folder) !== undefined) {
    mustBeOwn(context, folder);
    progress.step('taking the nodes away');
    await destroy(vagrantPlace(context, folder), (line) => progress.detail(line)).finally(() => progress.clear());
    progress.line('nodes: taken away');
  } else progress.line('nothing was running here');
  for (const each of dead) await removeLeftover(runCommand, each.id);
  remove(join(folder, '.vagrant'));
  // Where .labgen is a link, what lies behind it is somebody else's.
  for (const path of ['.labgen/ssh-config', '.labgen/known_hosts', '.labgen/known_hosts.old'].filter((each) => standingAt(folder, each) === 'plain')) remove(join(folder, path));
  return 0;
}

/** Engines of this folder that died, or were lost with a reboot: their files remain. */
async function deadEngines(folder: string): Promise<readonly Leftover[]> {
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return (await leftovers()).filter((each) => each.folder === real);
}
