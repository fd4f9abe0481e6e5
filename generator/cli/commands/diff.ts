/** labgen diff [LAB]: what a render would change. Exit 1 where anything would. */
import type { ExitCode } from '../../model/failure.js';
import { diffPlan } from '../../write/diff.js';
import type { Context } from '../context.js';
import { openLab, type LabOptions } from '../open-lab.js';

export function diff(context: Context, options: LabOptions & { readonly format: 'text' | 'json' }): ExitCode {
  const open = openLab(context, options);
  const differences = diffPlan(open.folder, open.plan());
  if (options.format === 'json') context.out(`${JSON.stringify(differences, null, 2)}\n`);
  else {
    for (const each of differences) context.out(each.patch);
    context.err(differences.length === 0 ? 'no difference\n' : `${differences.length} ${differences.length === 1 ? 'file differs' : 'files differ'}\n`);
  }
  return differences.length === 0 ? 0 : 1;
}
