/** labgen diff [LAB]: what a render would change. Exit 1 where anything would. */
import type { ExitCode } from '../../model/failure.js';
import { differencesGithub, differencesJson, differencesJunit } from '../../report/differences.js';
import { diffPlan } from '../../write/diff.js';
import type { Context } from '../context.js';
import { inFolder } from '../find-lab.js';
import { openLab, type LabOptions } from '../open-lab.js';

interface Options extends LabOptions {
  readonly format: 'text' | 'json' | 'github' | 'junit';
}

export function diff(context: Context, options: Options): ExitCode {
  const open = openLab(context, options);
  const plan = open.plan();
  const differences = diffPlan(open.folder, plan);
  switch (options.format) {
    case 'json':
      context.out(differencesJson(differences));
      break;
    case 'github':
      context.out(differencesGithub(differences, inFolder(context, open.folder)));
      break;
    case 'junit':
      context.out(differencesJunit(differences, plan.map((file) => file.path), options.output ?? '.'));
      break;
    case 'text':
      for (const each of differences) context.out(each.patch);
      context.err(differences.length === 0 ? 'no difference\n' : `${differences.length} ${differences.length === 1 ? 'file differs' : 'files differ'}\n`);
  }
  return differences.length === 0 ? 0 : 1;
}
