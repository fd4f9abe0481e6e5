/** Who gets in to the nodes of a running lab and its engine: no key that every Vagrant has, no password; each node has host keys of its own; sockets are their owner's. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSshConfig } from '../../generator/drivers/ssh-config.js';

interface Outcome {
  readonly code: number | undefined;
  readonly text: string;
}

/** `inside` runs a command where the nodes can be reached. What is wrong is returned, a line each. */
export async function openDoors(folder: string, nodes: readonly string[], vagrantHome: string, inside: (argv: readonly string[]) => Promise<Outcome>): Promise<readonly string[]> {
  const hosts = parseSshConfig(readFileSync(join(folder, '.labgen/ssh-config'), 'utf8')).filter((host) => nodes.includes(host.node));
  const known = readFileSync(join(folder, '.labgen/known_hosts'), 'utf8').trim().split('\n').map((line) => line.split(' '));
  const keys = known.map(([, , key = '']) => key);
  const commonKeys = [join(vagrantHome, 'insecure_private_key'), ...inFolder(join(vagrantHome, 'insecure_private_keys'))].filter((path) => existsSync(path));
  const wrong: string[] = [];
  if (hosts.length !== nodes.length) wrong.push(`the ssh-config knows ${hosts.length} of ${nodes.length} nodes`);
  if (commonKeys.length === 0) wrong.push(`no common key to try in ${vagrantHome}`);
  if (new Set(keys).size !== keys.length) wrong.push('two nodes share a host key');
  for (const { node, address, port, user, identityFiles } of hosts) {
    if (!known.some(([name]) => name === node)) wrong.push(`no host key of ${node} was noted`);
    const common = ['-F', '/dev/null', '-p', String(port), '-o', `HostKeyAlias=${node}`, '-o', `UserKnownHostsFile="${join(folder, '.labgen/known_hosts')}"`, '-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'];
    const tries = (key: string, ...more: readonly string[]) => inside(['ssh', ...common, '-o', `IdentityFile="${key}"`, '-o', 'BatchMode=yes', ...more, `${user}@${address}`, 'cat .ssh/authorized_keys']);
    for (const key of commonKeys) {
      const { code, text } = await tries(key);
      if (code !== 255 || !/Permission denied/.test(text)) wrong.push(`${node} answers ${key} with ${String(code)}: ${text.trim()}`);
    }
    const own = await tries(identityFiles[0] ?? '');
    const accepted = own.text.split('\n').filter((line) => /^(ssh|ecdsa)-/.test(line));
    if (own.code !== 0 || accepted.length !== 1) wrong.push(`${node} takes ${accepted.length} keys (exit ${String(own.code)})`);
  }
  // To connect is to write. The system's bus has rules of its own.
  const sockets = await inside(['find', '/run', '-type', 's', '-perm', '/002', '-not', '-path', '/run/dbus/*']);
  if (sockets.code !== 0 || sockets.text.trim() !== '') wrong.push(`sockets that others may use: ${sockets.text.trim()}`);
  return wrong;
}

function inFolder(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
