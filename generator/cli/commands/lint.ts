/** labgen lint [DIR]: the real tools on rendered files, each with its result. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lintFolder } from '../../drivers/lint-tools.js';
import { isOnPath } from '../../drivers/machine.js';
import { runCommand } from '../../drivers/run-command.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Context } from '../context.js';
import { createProgress } from '../progress.js';

export async function lint(context: Context, options: { readonly dir?: string; readonly strict?: boolean; readonly format: 'text' | 'json' }): Promise<ExitCode> {
  const folder = resolve(context.cwd, options.dir ?? '.');
  if (!existsSync(join(folder, 'Vagrantfile'))) throw new Failure(2, `${options.dir ?? 'this folder'} holds no rendered lab`, 'Go to a folder "labgen render" wrote to, or name it: labgen lint DIR');
  const progress = createProgress(context);
  const marks = { passed: '✓ passed ', failed: '✗ failed ', 'not-run': '– not run' } as const;
  const results = await lintFolder(runCommand, folder, (program) => isOnPath(program, context.env['PATH'] ?? ''), (result) => {
    if (options.format === 'json') return;
    progress.clear();
    const about = result.state === 'passed' ? `${result.files} ${result.files === 1 ? 'file' : 'files'}, ${result.seconds.toFixed(1)} s` : result.state === 'not-run' ? result.said : '';
    context.out(`${marks[result.state]}  ${result.tool.padEnd(32)} ${about}\n`);
    if (result.state === 'failed') context.out(`${result.said.replace(/^/gm, '    ')}\n`);
  });
  const count = (state: string): number => results.filter((result) => result.state === state).length;
  if (options.format === 'json') context.out(`${JSON.stringify(results, null, 2)}\n`);
  else context.out(`lint: ${count('passed')} passed, ${count('failed')} failed, ${count('not-run')} not run\n`);
  if (count('failed') > 0) return 1;
  return options.strict === true && count('not-run') > 0 ? 3 : 0;
}
