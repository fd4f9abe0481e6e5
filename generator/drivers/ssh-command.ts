/**
 * The call of ssh for one host, made of values alone. A folder's own ssh-config is never given to ssh: ProxyCommand,
 * LocalCommand, Match exec, KnownHostsCommand or Include in it would run whatever the folder's maker likes.
 */
import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { Failure } from '../model/failure.js';
import { printable } from '../model/problem.js';
import type { SshHost } from './ssh-config.js';

const WRITTEN = 'Vagrant writes them when a machine boots, into .labgen/ssh-config: "labgen up" has them written again.';

/** `words`: what the node's login shell is given; none for a shell of its own. @throws Failure (exit 3) where a path cannot be told to ssh. */
export function sshCommand(host: SshHost, words: readonly string[]): readonly string[] {
  const options = [
    `HostName=${host.address}`, `Port=${host.port}`, `User=${host.user}`, `HostKeyAlias=${host.hostKeyName}`,
    ...host.identityFiles.map((file) => `IdentityFile=${inConfig(file)}`),
    ...(host.knownHostsFile === undefined ? [] : [`UserKnownHostsFile=${inConfig(host.knownHostsFile)}`]),
    'GlobalKnownHostsFile=none', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'ForwardAgent=no', 'LogLevel=ERROR',
  ];
  return ['ssh', '-F', 'none', ...options.flatMap((option) => ['-o', option]), host.node, ...(words.length > 0 ? ['--', ...words] : [])];
}

/** A path as a word of a configuration: in quotes, and without tokens. */
function inConfig(path: string): string {
  if (/["\\\r\n]/.test(path)) throw new Failure(3, `ssh cannot be told of a path with quotes or backslashes: ${printable(path)}`, 'Give the folder another name.');
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * What ssh may be told of a host that a folder names. Keys and host keys are the folder's own: with another key, commands
 * of the lab could be run wherever that one opens.
 * @throws Failure (exit 3) that says what is odd.
 */
export function trustedHost(host: SshHost, folder: string): SshHost {
  const odd = Object.entries({ name: host.node, HostName: host.address, User: host.user, HostKeyAlias: host.hostKeyName }).find(([, value]) => !/^[A-Za-z0-9_[][\w.:%[\]-]*$/.test(value));
  if (odd) throw new Failure(3, `the SSH settings of ${printable(host.node)} have a ${odd[0]} that could be none: ${printable(odd[1].slice(0, 60))}`, WRITTEN);
  for (const [what, file] of [...host.identityFiles.map((file) => ['private key', file] as const), ...(host.knownHostsFile === undefined ? [] : [['file of host keys', host.knownHostsFile] as const])]) {
    if (leadsOut(file, folder)) throw new Failure(3, `the SSH settings of ${host.node} name a ${what} outside of this folder, which labgen does not use: ${printable(file)}`, WRITTEN);
  }
  return host;
}

function leadsOut(file: string, folder: string): boolean {
  const real = realOf(folder) ?? folder;
  // What is not there cannot be followed; whoever wants to read it says so.
  return ![real, ...(realOf(file) === undefined ? [folder] : [])].some((each) => resolve(realOf(file) ?? file).startsWith(each + sep));
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
