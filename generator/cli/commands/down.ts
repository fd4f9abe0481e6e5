/** labgen down [LAB]: machines and engine away; the rendered files stay. */
import { join } from 'node:path';
import { runCommand } from '../../drivers/run-command.js';
import { destroy, providerInUse } from '../../drivers/vagrant.js';
import { findEngine, leftovers, removeLeftover, stopEngine } from '../../engine/private-engine.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { remove } from '../../write/files.js';
import type { Context } from '../context.js';
import { outputFolder, type LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { vagrantPlace } from '../running.js';

export async function down(context: Context, options: LabOptions): Promise<ExitCode> {
  const folder = outputFolder(context, { output: options.output ?? options.lab });
  const progress = createProgress(context);
  const engine = await findEngine(folder);
  const provider = providerInUse(folder);
  if (engine) {
    if (engine.enter.length === 0) throw new Failure(2, 'this runs inside the engine that is to end', 'Leave the shell first.');
    // Everything of the lab lives inside: the engine's end is the end of machines, networks and volumes.
    progress.step('ending the private engine');
    await stopEngine({ run: runCommand, engine, log: (line) => progress.line(line) });
  } else if (provider !== undefined) {
    const dead = (await leftovers()).filter((each) => each.folder === folder);
    if (dead.length === 0) await destroy(vagrantPlace(context, folder), (line) => progress.detail(line));
    progress.line('nodes: taken away');
  } else progress.line('nothing was running here');
  for (const dead of await leftovers()) if (dead.folder === folder) await removeLeftover(runCommand, dead.id);
  remove(join(folder, '.vagrant'));
  remove(join(folder, '.labgen', 'ssh-config'));
  return 0;
}
