/** labgen validate [LAB]: everything that is wrong, at once. */
import type { ExitCode } from '../../model/failure.js';
import { strictly } from '../../model/problem.js';
import { validateLab, wantedAssets } from '../../plan/pipeline.js';
import { explainedBy, formatProblems, problemsGithub, problemsJson } from '../../report/problems.js';
import type { Context } from '../context.js';
import { findLab } from '../find-lab.js';
import { readAssets } from '../read-assets.js';
import { parseSettings } from '../settings.js';

interface Options {
  readonly lab?: string;
  readonly set: readonly string[];
  readonly format: 'text' | 'json' | 'github';
  readonly strict?: boolean;
  readonly provider?: string;
  readonly memory?: number;
}

export function validate(context: Context, options: Options): ExitCode {
  const found = findLab(context, options.lab, context.cwd);
  const settings = parseSettings([...(found.kept?.set ?? []), ...options.set]);
  const assets = readAssets(wantedAssets(found.file, found.text, settings), found.home, found.kept !== undefined);
  const { problems: all, stages, labs } = validateLab(found.file, found.text, settings, assets, { ...(options.provider === undefined ? {} : { provider: options.provider }), memory: options.memory ?? 0 });
  const problems = strictly(all, options.strict === true);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  if (options.format === 'json') context.out(problemsJson(problems));
  else if (options.format === 'github') context.out(problemsGithub(problems));
  else {
    context.out(formatProblems(problems, found.text, found.file, context.colour));
    const nodes = [...labs.values()].at(-1)?.nodes.length ?? 0;
    const counts = [errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : '', warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : ''].filter(Boolean).join(', ');
    context.out(errors > 0 ? `\n${explainedBy(problems)}\n${found.file}: ${counts}\n` : `${warnings > 0 ? `\n${explainedBy(problems)}\n` : ''}${found.file}: valid${counts === '' ? '' : ` (${counts})`}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${stages.length > 0 ? `, stages ${stages.map((stage) => stage.name).join(', ')}` : ''}\n`);
  }
  return errors > 0 ? 2 : 0;
}
