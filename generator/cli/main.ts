/** A context (arguments, streams, environment) in, an exit code out. The commands are in commands.ts; each runs in a file of its own. */
import { CommanderError } from 'commander';
import type { Failure, ExitCode } from '../model/failure.js';
import { printable } from '../model/problem.js';
import { harmless, WIPE } from '../report/plain.js';
import { reasonOf } from '../write/refusal.js';
import { buildProgram } from './commands.js';
import { changed, type Context } from './context.js';

export async function main(outside: Context): Promise<ExitCode> {
  // Help on help is help.
  const context = guarded(outside.args.join(' ') === 'help help' ? changed(outside, { args: ['help'] }) : outside);
  let code: ExitCode = 0;
  try {
    const program = buildProgram(context, (result) => {
      code = result;
    });
    await program.parseAsync(context.args, { from: 'user' });
    return context.interrupt.aborted && code !== 0 ? 130 : code;
  } catch (error) {
    return exitOf(error, context);
  }
}

/** Whatever is said goes through one gate: no sign of a lab, a folder or a node is obeyed by who shows it. */
function guarded(outside: Context): Context {
  const asCommands = outside.args.some((word, index) => word === '--format=github' || (word === 'github' && outside.args[index - 1] === '--format'));
  const onActions = outside.env['GITHUB_ACTIONS'] === 'true';
  const safe = (text: string, commands: boolean): string => harmless(text, { coloured: text.includes('\u001b') && outside.colour, commands });
  return changed(outside, { out: (text) => outside.out(safe(text, onActions && !asCommands)), err: (text) => outside.err(safe(text, onActions)) });
}

function exitOf(error: unknown, context: Context): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // What was being done may still stand there.
  if (context.isTerminal) context.err(WIPE);
  if (context.interrupt.aborted && !(isFailure(error) && error.exitCode === 130)) {
    context.err('labgen: interrupted\n');
    return 130;
  }
  if (isFailure(error)) {
    context.err(`labgen: ${error.message}\n${error.hint === undefined ? '' : `${error.hint.replace(/^/gm, '  ')}\n`}`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'CommandFailed') {
    context.err(`labgen: ${error.message}\n`);
    return 3;
  }
  if (error instanceof Error && error.name === 'TemplateFailed') {
    context.err(`labgen: a bug in labgen: ${printable(error.message)}\n  Nothing was written. Please report it with the command and the lab file.\n`);
    return 70;
  }
  const system = error as NodeJS.ErrnoException;
  if (typeof system.code === 'string' && typeof system.syscall === 'string') {
    const reason = reasonOf(error);
    // A file that is written has another name until it is whole.
    const path = system.path?.replace(/\.labgen-[0-9a-f]+$/, '');
    context.err(`labgen: ${reason === undefined || path === undefined ? system.message : `${path}: ${reason}`}\n  The system refused: is the path right, and is there room and permission?\n`);
    return 3;
  }
  context.err(`labgen: a bug in labgen: ${String(system.message ?? error)}\n  Please report it with the command, the lab file, and this:\n${String(system.stack ?? '').split('\n').slice(1, 6).join('\n')}\n`);
  return 70;
}

/** The verbs on running labs are a bundle of their own, with a class of their own: the mark counts, not the class. */
function isFailure(error: unknown): error is Failure {
  return error instanceof Error && typeof (error as Partial<Failure>).exitCode === 'number' && !(error instanceof CommanderError);
}
