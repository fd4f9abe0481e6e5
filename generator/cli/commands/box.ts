/** labgen box build: the node image as a container image and as a libvirt box. */
import { join } from 'node:path';
import { buildBox } from '../../box/build.js';
import { runCommand } from '../../drivers/run-command.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Context } from '../context.js';
import { createProgress } from '../progress.js';
import { cacheFolder } from '../running.js';

export async function box(context: Context, options: { readonly action: string; readonly for: 'docker' | 'libvirt' | 'all'; readonly force?: boolean }): Promise<ExitCode> {
  if (options.action !== 'build') throw new Failure(2, `there is no "box ${options.action}"`, 'There is: labgen box build');
  const progress = createProgress(context);
  const formats = options.for === 'docker' ? (['container'] as const) : options.for === 'libvirt' ? (['libvirt'] as const) : (['container', 'libvirt'] as const);
  const built = await buildBox({ formats, cacheDir: cacheFolder(context), templatesDir: join(context.root, 'templates', 'box'), run: runCommand, log: (line) => progress.detail(line), addToVagrant: options.for !== 'docker', force: options.force === true });
  progress.clear();
  if (built.container) context.out(`container image ${built.container.image}\n  ${built.container.tar}\n`);
  if (built.libvirt) context.out(`libvirt box ${built.libvirt.name} ${built.libvirt.version}\n  ${built.libvirt.box}\n`);
  return 0;
}
