/** What verbs on running labs share: the folder's engine, the way into it, Vagrant's and Ansible's environment. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findBox } from '../box/build.js';
import { runCommand, type RunCommand } from '../drivers/run-command.js';
import { isRunning, providerInUse, SSH_CONFIG } from '../drivers/in-use.js';
import { trustedHost } from '../drivers/ssh-command.js';
import { parseSshConfig, type SshHost } from '../drivers/ssh-config.js';
import type { VagrantPlace } from '../drivers/vagrant.js';
import { findEngine, type PrivateEngine } from '../engine/private-engine.js';
import { Failure, type ExitCode } from '../model/failure.js';
import { link, makeFolder } from '../write/files.js';
import { readPlain } from '../write/look.js';
import { MANIFEST } from '../write/manifest.js';
import type { Context } from './context.js';
import { isFolder } from './find-lab.js';
import { endWhatRuns, lockMark, takeLockBack } from './locked.js';
import { outputFolder, type LabOptions } from './open-lab.js';

/** The folder a verb on a running lab is about. LAB may name it; a lab's name means this folder, which has to hold that lab. */
export function runningFolder(context: Context, options: Pick<LabOptions, 'lab' | 'output'>): string {
  const folder = outputFolder(context, { output: options.output ?? (options.lab !== undefined && isFolder(resolve(context.cwd, options.lab)) ? options.lab : undefined) });
  if (options.lab === undefined || folder === resolve(context.cwd, options.lab)) return folder;
  const holds = renderedName(folder);
  // A folder out of a repository has forgotten the name.
  if (holds !== undefined && holds !== '' && holds !== basename(options.lab)) throw new Failure(2, `${folder} holds the lab "${holds}", not "${options.lab}"`, 'Go to the folder of that lab, or name it with -o.');
  return folder;
}

/** The lab that was rendered into a folder, empty where only that one was is known; undefined where none was. */
export function renderedName(folder: string): string | undefined {
  if (!existsSync(join(folder, MANIFEST))) return undefined;
  try {
    return String((JSON.parse(readFileSync(join(folder, '.labgen', 'render.json'), 'utf8')) as { name?: unknown } | null)?.name ?? '');
  } catch {
    return '';
  }
}

/** Runs this same command inside the folder's private engine, if there is one and we are not in it yet. */
export async function insideEngine(context: Context, folder: string): Promise<ExitCode | undefined> {
  const engine = await findEngine(folder);
  if (!engine || engine.enter.length === 0) return undefined;
  return enterEngine(context, engine, [...context.self, ...context.args]);
}

/** For what has to be brought to its end once it is begun. */
export const NEVER = new AbortController().signal;

/** Runs commands as this labgen's: known by the folder's lock should it be killed, and interrupted with it. */
export function runnerOf(context: Context, usual: AbortSignal = context.interrupt): RunCommand {
  const mark = lockMark(context);
  return (command, onLine, interrupt = usual) => runCommand({ ...command, env: { ...command.env, ...mark } }, onLine, interrupt);
}

/**
 * Runs a command inside an engine with this terminal. The way in ignores Ctrl-C and the loss of the terminal; what runs
 * inside answers them.
 */
export async function enterEngine(context: Context, engine: PrivateEngine, argv: readonly string[]): Promise<ExitCode> {
  const outcome = await runCommand(
    { argv: ['sh', '-c', 'trap "" INT HUP TERM; exec "$@"', 'labgen', ...engine.enter, ...argv], cwd: context.cwd, env: { ...engine.env, ...(await engineEnvironment(context, engine)) }, interactive: true },
    undefined,
    context.interrupt,
  );
  takeLockBack(context);
  if (outcome.signal === 'SIGKILL' && !context.interrupt.aborted) {
    endWhatRuns(context);
    throw new Failure(3, 'what ran inside the private engine was killed', 'Was there too little memory? "labgen up" goes on from here; "labgen down" takes away what is there.');
  }
  return (outcome.code ?? 130) as ExitCode;
}

/**
 * A Vagrant home and SSH control sockets of the engine's own: machines of a private engine must not stay in the
 * user's index, and two engines use the same ports and addresses. Boxes are shared.
 */
async function engineEnvironment(context: Context, engine: PrivateEngine): Promise<Record<string, string>> {
  const own = join(engine.dataDir, 'vagrant.d');
  const users = context.env['VAGRANT_HOME'] ?? join(context.env['HOME'] ?? '/root', '.vagrant.d');
  makeFolder(own, 0o700);
  makeFolder(join(users, 'boxes'));
  for (const name of ['boxes', 'gems', 'plugins.json']) {
    if (existsSync(join(users, name)) && !existsSync(join(own, name))) link(join(users, name), join(own, name));
  }
  const box = engine.kind === 'docker' ? await findBox({ cacheDir: cacheFolder(context), templatesDir: join(context.root, 'templates', 'box') }) : undefined;
  return { ...lockMark(context), ...(box?.container ? { LABGEN_NODE_IMAGE: box.container.image } : {}), LABGEN_PROVIDER: engine.kind, VAGRANT_DEFAULT_PROVIDER: engine.kind, VAGRANT_HOME: own, ANSIBLE_SSH_CONTROL_PATH_DIR: join('/run/labgen', engine.id, 'cp'), LABGEN_HOME_CACHE: cacheFolder(context) };
}

export function cacheFolder(context: Context): string {
  return context.env['LABGEN_HOME_CACHE'] ?? join(context.env['XDG_CACHE_HOME'] ?? join(context.env['HOME'] ?? '/root', '.cache'), 'labgen');
}

export function vagrantPlace(context: Context, folder: string, env: Readonly<Record<string, string>> = {}): VagrantPlace {
  const provider = providerInUse(folder);
  // Of a machine that was never made Vagrant asks its own choice of provider, which may not even run.
  return { run: runnerOf(context), folder, env: { ...(provider !== undefined && { VAGRANT_DEFAULT_PROVIDER: provider }), ...env }, interrupt: context.interrupt };
}

/** Where each node of a running lab answers SSH. @throws Failure (exit 3) where none is known, or what is said of one cannot be trusted. */
export function sshHosts(folder: string): readonly SshHost[] {
  const file = isRunning(folder) ? readPlain(join(folder, SSH_CONFIG)) : undefined;
  if (typeof file !== 'object') throw new Failure(3, 'no running lab is known here', 'Bring it up with "labgen up" or "vagrant up", or go to the folder where that was done.');
  return parseSshConfig(file.content.toString()).map((host) => trustedHost(host, folder));
}
