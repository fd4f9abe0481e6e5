/** labgen status [LAB]: what is running here. */
import type { ExitCode } from '../../model/failure.js';
import { providerInUse } from '../../drivers/in-use.js';
import { machineStates } from '../../drivers/vagrant.js';
import { findEngine } from '../../engine/private-engine.js';
import type { Context } from '../context.js';
import { mustBeOwn } from '../foreign-code.js';
import type { LabOptions } from '../open-lab.js';
import { insideEngine, runningFolder, vagrantPlace } from '../running.js';

export async function status(context: Context, options: LabOptions & { readonly format: 'text' | 'json' }): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const engine = await findEngine(folder);
  const provider = providerInUse(folder);
  if (provider !== undefined) mustBeOwn(context, folder);
  const nodes = provider === undefined ? [] : await machineStates(vagrantPlace(context, folder));
  if (options.format === 'json') {
    context.out(`${JSON.stringify({ folder, provider: provider ?? null, engine: engine ? { id: engine.id, kind: engine.kind, emulated: engine.emulated } : null, nodes }, null, 2)}\n`);
    return 0;
  }
  if (engine) context.out(`engine: private ${engine.kind} ${engine.id}${engine.emulated ? ', emulated' : ''}\n`);
  if (nodes.length === 0) context.out('no nodes: bring the lab up with "labgen up"\n');
  for (const { node, state } of nodes) context.out(`${node}: ${state}${provider === undefined ? '' : ` (${provider})`}\n`);
  return 0;
}
