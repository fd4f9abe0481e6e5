/** labgen ssh NODE and labgen exec NODE COMMAND…: over the settings the running lab left here. */
import { pasteable, runCommand } from '../../drivers/run-command.js';
import { sshCommand } from '../../drivers/ssh-command.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { suggest } from '../../model/nearest.js';
import type { Context } from '../context.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';

interface Options {
  readonly node: string;
  readonly output?: string;
  readonly lab?: string;
}

export async function ssh(context: Context, options: Options): Promise<ExitCode> {
  return connect(context, options, []);
}

export async function exec(context: Context, options: Options & { readonly command: readonly string[] }): Promise<ExitCode> {
  // As with kubectl, or ssh itself, "--" may stand before the command.
  const command = options.command[0] === '--' ? options.command.slice(1) : options.command;
  if (command.length === 0) throw new Failure(2, 'there is no command to run', `labgen exec ${options.node} ip route`);
  // sshd gives the words to a shell as one line; quoted, they arrive as they were.
  return connect(context, options, ['sudo', '-n', '--', pasteable(command)]);
}

async function connect(context: Context, options: Options, command: readonly string[]): Promise<ExitCode> {
  const folder = runningFolder(context, options);
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const hosts = sshHosts(folder);
  const host = hosts.find(({ node }) => node === options.node);
  if (!host) throw new Failure(2, `there is no running node "${options.node}"`, suggest(options.node, hosts.map(({ node }) => node).filter((name) => !/[.:]/.test(name)), 'node'));
  const outcome = await runCommand({ argv: sshCommand(host, command), cwd: folder, interactive: true }, undefined, context.interrupt);
  return (outcome.code ?? 130) as ExitCode;
}
