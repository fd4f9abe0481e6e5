/** labgen validate [LAB]: everything that is wrong, at once. */
import type { ExitCode } from '../../model/failure.js';
import { explainedBy, formatProblems, problemsGithub, problemsJson } from '../../report/problems.js';
import { askLab } from '../ask-lab.js';
import type { Context } from '../context.js';
import { validateAsked } from '../open-lab.js';

interface Options {
  readonly lab?: string;
  readonly set: readonly string[];
  readonly vars: readonly string[];
  readonly format: 'text' | 'json' | 'github';
  readonly strict?: boolean;
}

export function validate(context: Context, options: Options): ExitCode {
  const asked = askLab(context, options);
  const { problems, stages, labs, texts } = validateAsked(context, asked);
  const errors = problems.filter((problem) => problem.severity === 'error' || options.strict === true).length;
  const warnings = problems.length - errors;
  if (options.format === 'json') context.out(problemsJson(problems));
  else if (options.format === 'github') context.out(problemsGithub(problems));
  else {
    context.out(formatProblems(problems, texts, context.colour));
    const nodes = [...labs.values()].at(-1)?.nodes.length ?? 0;
    const counts = [errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : '', warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : ''].filter(Boolean).join(', ');
    context.out(errors > 0 ? `\n${explainedBy(problems)}\n${asked.file}: ${counts}\n` : `${asked.file}: valid${counts === '' ? '' : ` (${counts})`}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${stages.length > 0 ? `, stages ${stages.map((stage) => stage.name).join(', ')}` : ''}\n`);
  }
  return errors > 0 ? 2 : 0;
}
