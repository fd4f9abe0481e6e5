/** labgen lint [DIR]: the real tools on rendered files, each with its result. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { lintFolder } from '../../drivers/lint-tools.js';
import { isOnPath } from '../../drivers/machine.js';
import { runCommand } from '../../drivers/run-command.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { LintResult } from '../../model/finding.js';
import { lintClosing, lintGithub, lintJson, lintJunit, lintLine, lintSarif } from '../../report/lint.js';
import type { Context } from '../context.js';
import { inFolder } from '../find-lab.js';
import { notAsRendered } from '../foreign-code.js';

interface Options {
  readonly dir?: string;
  readonly strict?: boolean;
  /** Code in the folder may run, whoever wrote it. */
  readonly trust?: boolean;
  readonly format: 'text' | 'json' | 'github' | 'sarif' | 'junit';
}

export async function lint(context: Context, options: Options): Promise<ExitCode> {
  const folder = resolve(context.cwd, options.dir ?? '.');
  if (!existsSync(join(folder, 'Vagrantfile'))) throw new Failure(2, `${options.dir ?? 'this folder'} holds no rendered lab`, 'Go to a folder "labgen render" wrote to, or name it: labgen lint DIR');
  const strict = options.strict === true;
  // iptables lies where only root's PATH leads.
  const path = [context.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);
  const from = inFolder(context, folder);
  const seen = (result: LintResult): LintResult => ({ ...result, findings: result.findings.map((finding) => ({ ...finding, file: from(finding.file) })) });
  const odd = options.trust === true ? [] : notAsRendered(context, folder);
  const foreign = odd.length === 0 ? undefined : `it would run code of this folder, and ${odd[0]}${odd.length > 1 ? ` and ${odd.length - 1} more` : ''} is not what labgen renders; --trust runs it all the same`;
  const results = (await lintFolder((command) => runCommand(command, undefined, context.interrupt), folder, (program) => isOnPath(program, path), foreign, (result) => {
    if (options.format === 'text') context.out(lintLine(seen(result)));
  })).map(seen);
  const reports = { text: lintClosing, json: lintJson, github: (all: readonly LintResult[]) => lintGithub(all, strict), sarif: lintSarif, junit: (all: readonly LintResult[]) => lintJunit(all, options.dir ?? '.', strict) } as const;
  context.out(reports[options.format](results));
  if (context.interrupt.aborted) return 130;
  if (results.some((result) => result.state === 'failed')) return 1;
  return strict && results.some((result) => result.state === 'not-run' && result.files > 0) ? 3 : 0;
}
