/** Who is who over SSH: the private keys we may use, the host keys a node was first met with, and what is said of a stranger. */
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { NodeUnreachable } from '../model/connections.js';
import { algorithmsFor, hostKeysOf, type HostKey } from './known-hosts.js';
import { pasteable } from './run-command.js';
import type { SshHost } from './ssh-config.js';

/** One at least. @throws NodeUnreachable that says why there is none. */
export async function privateKeys({ node, identityFiles }: SshHost): Promise<readonly string[]> {
  const keys: string[] = [];
  let reason = 'no IdentityFile is named for it';
  for (const file of identityFiles) {
    try {
      if (await isOpenToOthers(file)) reason = `its key may be read by others: chmod 600 ${pasteable([file])}`;
      else keys.push(await readFile(file, 'utf8'));
    } catch (error) {
      reason = `its key cannot be read: ${(error as Error).message}`;
    }
  }
  if (keys.length === 0) throw new NodeUnreachable(node, reason);
  return keys;
}

/** As ssh sees it: what others own they may answer for. */
async function isOpenToOthers(file: string): Promise<boolean> {
  const { mode, uid } = await stat(file);
  return uid === userInfo().uid && (mode & 0o077) !== 0;
}

/** What was noted when the node was first met; without it nobody could be told from a stranger. @throws NodeUnreachable */
export async function knownKeys({ node, hostKeyName, knownHostsFile = '' }: SshHost): Promise<readonly HostKey[]> {
  const keys = hostKeysOf(await readFile(knownHostsFile, 'utf8').catch(() => ''), hostKeyName);
  if (algorithmsFor(keys).length > 0) return keys;
  throw new NodeUnreachable(node, `no SSH host key was noted for it${knownHostsFile === '' ? '' : ` in ${knownHostsFile}`}`, '"labgen up" or "vagrant up" notes it.');
}

/** Verdicts carry the message alone, so it says what to do. */
export function strangerAt({ node, address, port, hostKeyName, knownHostsFile = '' }: SshHost): NodeUnreachable {
  const forget = pasteable(['ssh-keygen', '-R', hostKeyName, '-f', knownHostsFile]);
  return new NodeUnreachable(
    node,
    `who answers at ${address} port ${port} shows another SSH host key than ${node} had when it was first met. Where ${node} was given a new one on purpose, forget the old: ${forget}; then "labgen up" notes the new`,
    'Otherwise something else answers in its place: find out what, before anything is entrusted to it.',
  );
}
