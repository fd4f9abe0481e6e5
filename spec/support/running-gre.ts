/** The lab gre as it was left by `up`; every node is the one server. */
import { join } from 'node:path';
import { inFolder, labgen } from './context.js';
import type { SshServer } from './ssh-server.js';
import { writeInto } from './trees.js';

export async function runningGre<T>(server: SshServer, work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre');
    writeInto(folder, '.labgen/key', server.key, 0o600);
    writeInto(folder, '.labgen/known_hosts', `gre ${server.hostKey}\n`);
    writeInto(folder, '.labgen/ssh-config', ['net-1', 'net-2', 'outside'].map((node) => `Host ${node}\n  HostName 127.0.0.1\n  User u\n  Port ${server.port}\n  IdentityFile ${join(folder, '.labgen/key')}\n  HostKeyAlias gre\n  UserKnownHostsFile ${join(folder, '.labgen/known_hosts')}\n`).join('\n'));
    return work(folder);
  });
}
