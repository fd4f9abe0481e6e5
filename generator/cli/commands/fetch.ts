/** labgen fetch [LAB]: its artifacts into the cache, verified, and into the rendered folder, where the play takes them from. */
import type { ExitCode } from '../../model/failure.js';
import { fetchAll } from '../artifacts.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';
import { createProgress } from '../progress.js';

export async function fetchArtifacts(context: Context, options: LabOptions & { readonly pin?: boolean }): Promise<ExitCode> {
  const open = openLab(context, options);
  const progress = createProgress(context);
  const count = await fetchAll(context, open, { pin: options.pin === true, progress });
  if (count === 0) context.out(`${open.lab.name} needs no artifacts\n`);
  return 0;
}
