/** labgen validate [LABS...]: everything that is wrong with some labs, at once. */
import type { ExitCode, Failure } from '../../model/failure.js';
import { strictly, type Problem } from '../../model/problem.js';
import type { Validated } from '../../plan/pipeline.js';
import { explainedBy, formatProblems, problemsGithub, problemsJson } from '../../report/problems.js';
import { askLab, type Asked } from '../ask-lab.js';
import type { Context } from '../context.js';
import { fromHere } from '../find-lab.js';
import { validateAsked } from '../open-lab.js';
import { readVars } from '../read-vars.js';

interface Options {
  /** None: the lab of this rendered folder. */
  readonly labs: readonly string[];
  readonly set: readonly string[];
  readonly vars: readonly string[];
  readonly format: 'text' | 'json' | 'github' | 'sarif' | 'junit';
  readonly strict?: boolean;
  readonly provider?: string;
  readonly memory?: number;
}

/** What is kept of a lab once it is judged. */
interface Judged {
  readonly file: string;
  readonly texts: Validated['texts'];
  readonly problems: readonly Problem[];
  readonly errors: number;
  /** Of a valid one: its size and stages. */
  readonly about: string;
}

export async function validate(context: Context, options: Options): Promise<ExitCode> {
  const asked = options.labs.length === 0 ? [undefined] : options.labs;
  // What --vars names is asked once, and is no lab that is wrong.
  readVars(context, options.vars);
  const judged: Judged[] = [];
  for (const [index, lab] of asked.entries()) {
    const one = judge(context, lab, options);
    judged.push(one);
    if (options.format === 'text') context.out(`${index > 0 ? '\n' : ''}${textOf(one, context.colour)}`);
  }
  const failed = judged.filter((each) => each.errors > 0).length;
  if (options.format === 'text') {
    if (judged.length > 1) context.out(`\nvalidate: ${judged.length - failed} valid, ${failed} with errors\n`);
  } else context.out(await report(context, options.format, judged));
  return failed > 0 ? 2 : 0;
}

function judge(context: Context, given: string | undefined, options: Options): Judged {
  const asked = given === undefined ? ask(context, options) : orMissing(() => ask(context, options, given), given);
  if ('problems' in asked) return asked;
  // Machines look for a file by its path from where they are.
  const file = options.format === 'github' || options.format === 'sarif' ? fromHere(context, asked.file) : asked.file;
  const validated = validateAsked(context, { ...asked, file }, { ...(options.provider === undefined ? {} : { provider: options.provider }), memory: options.memory ?? 0 });
  const problems = strictly(validated.problems, asked.strict);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return { file, texts: validated.texts, problems, errors, about: aboutOf(validated) };
}

function ask(context: Context, { set, vars, strict }: Options, lab?: string): Asked {
  return askLab(context, { set, vars, strict: strict === true, ...(lab === undefined ? {} : { lab }) });
}

/** A lab that is not there is one that is wrong: those beside it are judged all the same. */
function orMissing(work: () => Asked, file: string): Asked | Judged {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'Failure')) throw error;
    const { message, hint = '' } = error as Failure;
    return { file, texts: new Map(), problems: [{ code: 'LG001', severity: 'error', file, line: 0, column: 0, path: '', message, hint }], errors: 1, about: '' };
  }
}

function aboutOf({ labs, stages }: Validated): string {
  const nodes = [...labs.values()].at(-1)?.nodes.length ?? 0;
  return `${nodes} ${nodes === 1 ? 'node' : 'nodes'}${stages.length > 0 ? `, stages ${stages.map((stage) => stage.name).join(', ')}` : ''}`;
}

function textOf({ file, texts, problems, errors, about }: Judged, colour: boolean): string {
  const warnings = problems.length - errors;
  const counts = [errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : '', warnings > 0 ? `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : ''].filter(Boolean).join(', ');
  const closing = errors > 0 ? `\n${explainedBy(problems)}\n${file}: ${counts}\n` : `${warnings > 0 ? `\n${explainedBy(problems)}\n` : ''}${file}: valid${counts === '' ? '' : ` (${counts})`}, ${about}\n`;
  return formatProblems(problems, texts, colour) + closing;
}

async function report(context: Context, format: Exclude<Options['format'], 'text'>, judged: readonly Judged[]): Promise<string> {
  const problems = judged.flatMap((each) => each.problems);
  if (format === 'json') return problemsJson(problems);
  if (format === 'github') return problemsGithub(problems);
  const { problemsJunit, problemsSarif } = await import('../../report/problem-reports.js');
  if (format === 'junit') return problemsJunit(judged);
  return problemsSarif(judged, (await import('../../generated/explanations.js')).explanations, context.version);
}
