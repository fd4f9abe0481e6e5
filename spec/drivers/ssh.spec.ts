/** The SSH driver against a real sshd on the loopback address. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectSsh, remoteLine } from '../../generator/drivers/ssh.js';
import { NodeUnreachable, type Connections } from '../../generator/model/connections.js';
import { hasEnded } from '../support/fakes.js';

const free = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
};

describe('drivers/ssh, a real sshd', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'labgen sshd '));
  let port = 0;
  let sshd: ChildProcess | undefined;
  const open: Connections[] = [];

  const start = async (): Promise<void> => {
    // sshd wants this folder; it is a tmpfs on most machines.
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const config = [
      `HostKey "${folder}/host"`, `AuthorizedKeysFile "${folder}/authorized"`, 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', 'MaxSessions 10', 'PidFile none',
      `SetEnv PATH="${folder}:${process.env['PATH']}"`, `ListenAddress 127.0.0.1`, `Port ${port}`, '',
    ].join('\n');
    writeFileSync(join(folder, 'config'), config);
    sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
    await sleep(300);
  };
  const stop = async (): Promise<void> => {
    const child = sshd;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  };
  const host = (more: object = {}) => ({ node: 'net-1', address: '127.0.0.1', port, user: userInfo().username, identityFiles: [join(folder, 'key')], hostKeyName: 'net-1', knownHostsFile: join(folder, 'known_hosts'), ...more });
  /** Notes the host key of a pair of files for the node. */
  const note = (name: string, file = 'known_hosts'): void => writeFileSync(join(folder, file), `net-1 ${readFileSync(join(folder, `${name}.pub`), 'utf8')}`);
  const connect = (more: object = {}, options: object = {}): Connections => {
    const connections = connectSsh([host(more)], options);
    open.push(connections);
    return connections;
  };

  before(async () => {
    assert.ok(existsSync('/usr/sbin/sshd'), 'needs openssh-server: apt-get install openssh-server');
    for (const name of ['host', 'other', 'key', 'wrong']) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
    note('host');
    copyFileSync(join(folder, 'key.pub'), join(folder, 'authorized'));
    chmodSync(join(folder, 'authorized'), 0o600);
    // A machine of ours may have no sudo: a stand-in that insists on -n and notes that it was asked.
    writeFileSync(join(folder, 'sudo'), '#!/bin/sh\n[ "$1 $2" = "-n --" ] || { echo "sudo: a password is required" >&2; exit 1; }\nshift 2\nAS=sudo exec "$@"\n', { mode: 0o755 });
    port = await free();
    await start();
  });
  afterEach(async () => {
    for (const connections of open.splice(0)) await connections.close();
  });
  after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hands every word over as it is, and brings code, stdout and stderr back', async () => {
    const words = ['a b', "it's", '$HOME', '`id`', '', '-n', '*', 'ü\n2', '"', '\\'];
    const result = await connect().run('net-1', ['sh', '-c', 'printf "<%s>" "$@"; echo oops >&2; exit 3', 'sh', ...words]);
    assert.deepEqual(result, { code: 3, stdout: words.map((word) => `<${word}>`).join(''), stderr: 'oops\n' });
  });

  it('runs as root through sudo -n, with English messages, and without it when told', async () => {
    const connections = connect();
    assert.equal((await connections.run('net-1', ['sh', '-c', 'echo $AS $LC_ALL'])).stdout, 'sudo C\n');
    assert.equal((await connections.run('net-1', ['sh', '-c', 'echo $AS $LC_ALL'], { sudo: false })).stdout, 'C\n');
    assert.equal(remoteLine(['ip', 'a b'], 1500, true), "sudo -n -- env LC_ALL=C timeout -k 2 2 ip 'a b'");
  });

  it('feeds input, and closes it', async () => {
    assert.equal((await connect().run('net-1', ['cat'], { input: 'one\ntwo' })).stdout, 'one\ntwo');
    assert.equal((await connect().run('net-1', ['cat'])).stdout, '');
  });

  it('keeps letters whole in a long output', async () => {
    const result = await connect().run('net-1', ['python3', '-c', 'print("ü€" * 200000, end="")']);
    assert.equal(result.stdout, 'ü€'.repeat(200_000));
  });

  it('says 127 for a program that is not there', async () => {
    assert.equal((await connect().run('net-1', ['no-such-program'])).code, 127);
  });

  it('ends what takes too long, on the node as well', async () => {
    const mark = join(folder, 'mark');
    const result = await connect().run('net-1', ['sh', '-c', 'echo $$ > "$1"; exec sleep 300', 'sh', mark], { timeoutMs: 1000 });
    assert.equal(result.code, undefined);
    if (existsSync(mark)) await hasEnded(Number(readFileSync(mark, 'utf8')));
  });

  it('does not take a command\'s own exit 124 for its end', async () => {
    assert.equal((await connect().run('net-1', ['sh', '-c', 'exit 124'])).code, 124);
  });

  it('has 50 commands at once on eight channels', async () => {
    const connections = connect();
    const results = await Promise.all(Array.from({ length: 50 }, async (_, i) => connections.run('net-1', ['sh', '-c', 'sleep 0.05; echo $1', 'sh', String(i)])));
    assert.deepEqual(results.map((result) => result.stdout.trim()), Array.from({ length: 50 }, (_, i) => String(i)));
  });

  it('streams bytes as they are, no faster than they are taken, and ends the command by its input when told', async () => {
    const connections = connectSsh([host()]);
    open.push(connections);
    const enough = new AbortController();
    let [taken, busy, most] = [0, 0, 0];
    const ended = await connections.stream('net-1', ['sh', '-c', 'head -c 3000000 /dev/zero; cat >/dev/null; printf "\\377\\000"; echo bye >&2; exit 3'], async (bytes) => {
      most = Math.max(most, ++busy);
      await sleep(1);
      busy--;
      taken += bytes.length;
      // It says no more until its input ends.
      if (taken === 3_000_000) enough.abort();
    }, { timeoutMs: 30_000, until: enough.signal });
    assert.deepEqual({ ...ended, taken, most }, { code: 3, stdout: '', stderr: 'bye\n', taken: 3_000_002, most: 1 });
  });

  it('streams: tells what went wrong with who takes the bytes', async () => {
    const connections = connectSsh([host()]);
    open.push(connections);
    await assert.rejects(connections.stream('net-1', ['yes'], async () => Promise.reject(new Error('the disk is full')), { timeoutMs: 30_000, until: new AbortController().signal }), /the disk is full/);
  });

  it('observes: comes back at "ready", and later with the rest', async () => {
    const gate = join(folder, 'gate');
    const observation = await connect().observe('net-1', ['sh', '-c', 'echo ready; until [ -e "$1" ]; do sleep 0.1; done; echo 10.0.0.1', 'sh', gate]);
    assert.equal(observation.ready, true);
    writeFileSync(gate, '');
    assert.deepEqual(await observation.ended, { code: 0, stdout: '10.0.0.1\n', stderr: '' });
  });

  it('observes: an observer that never gets ready', async () => {
    const observation = await connect().observe('net-1', ['sh', '-c', 'echo no socket >&2; exit 1']);
    assert.equal(observation.ready, false);
    assert.equal((await observation.ended).stderr, 'no socket\n');
  });

  it('tries the keys one after the other, and says which were refused', async () => {
    assert.equal((await connect({ identityFiles: [join(folder, 'wrong'), join(folder, 'key')] }).run('net-1', ['true'])).code, 0);
    await assert.rejects(connect({ identityFiles: [join(folder, 'wrong')] }, { connectWithinMs: 500, retryMs: 100 }).run('net-1', ['true']), (error: Error) => {
      assert.ok(error instanceof NodeUnreachable);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /node net-1 cannot be reached: .*the key was refused for .*wrong/);
      return true;
    });
  });

  it('names a node it does not know, a key it cannot read, a port nobody listens on', async () => {
    await assert.rejects(connect().run('net-9', ['true']), /net-9 cannot be reached: there is no SSH address for it/);
    await assert.rejects(connect({ identityFiles: ['/nonexistent/key'] }).run('net-1', ['true']), /its key cannot be read: ENOENT/);
    await assert.rejects(connect({ identityFiles: [] }).run('net-1', ['true']), /no IdentityFile is named/);
    const connections = connect({ port: await free() }, { connectWithinMs: 3000, retryMs: 100 });
    await assert.rejects(connections.run('net-1', ['true']), /127\.0\.0\.1 port \d+: .*ECONNREFUSED/);
    const again = Date.now();
    await assert.rejects(connections.run('net-1', ['true']), NodeUnreachable);
    assert.ok(Date.now() - again < 2000, 'the second one is told at once');
  });

  it('speaks to nobody who shows another host key than was noted, and says at once what to do', async () => {
    note('other', 'others');
    const begun = Date.now();
    await assert.rejects(connect({ knownHostsFile: join(folder, 'others') }).run('net-1', ['true']), (error: Error) => {
      assert.ok(error instanceof NodeUnreachable);
      assert.equal(error.exitCode, 3);
      assert.ok(error.message.startsWith(`node net-1 cannot be reached: who answers at 127.0.0.1 port ${port} shows another SSH host key than net-1 had when it was first met. `));
      assert.match(error.message, /forget the old: ssh-keygen -R net-1 -f '.*others'; then "labgen up" notes the new$/);
      return true;
    });
    assert.ok(Date.now() - begun < 5000, 'it tried again');
    // A key of another kind than any that was noted, too.
    spawnSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', join(folder, 'ecdsa')]);
    note('ecdsa', 'others');
    await assert.rejects(connect({ knownHostsFile: join(folder, 'others') }).run('net-1', ['true']), /shows another SSH host key/);
  });

  it('speaks to nobody of whom no host key was noted', async () => {
    writeFileSync(join(folder, 'none'), 'net-10 ssh-ed25519 AAAA\n');
    for (const [knownHostsFile, says] of [[undefined, /no SSH host key was noted for it$/], [join(folder, 'none'), /noted for it in .*none$/], [join(folder, 'absent'), /noted for it in .*absent$/]] as const) {
      await assert.rejects(connect({ knownHostsFile }).run('net-1', ['true']), says);
    }
  });

  it('uses no key that others may read', async () => {
    copyFileSync(join(folder, 'key'), join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o640);
    await assert.rejects(connect({ identityFiles: [join(folder, 'open')] }).run('net-1', ['true']), /its key may be read by others: chmod 600 '.*open'$/);
    assert.equal((await connect({ identityFiles: [join(folder, 'open'), join(folder, 'key')] }).run('net-1', ['true'])).code, 0);
  });

  it('leaves a node that never answers as soon as it is closed', async () => {
    const silent = createServer();
    const met = new Promise<void>((done) => silent.once('connection', () => done()));
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const connections = connect({ port: (silent.address() as { port: number }).port });
    const running = assert.rejects(connections.run('net-1', ['true']), /interrupted/);
    await met;
    const begun = Date.now();
    await connections.close();
    await running;
    assert.ok(Date.now() - begun < 8000, 'it waited for the end of the handshake');
    silent.close();
  });

  it('waits for an sshd that comes up late', async () => {
    await stop();
    const running = connect({}, { connectWithinMs: 10_000, retryMs: 200 }).run('net-1', ['echo', 'here']);
    await sleep(700);
    await start();
    assert.equal((await running).stdout, 'here\n');
  });

  it('tells when the connection breaks under a command, and connects again for the next', async () => {
    const connections = connect({}, { connectWithinMs: 3000, retryMs: 100 });
    const pidOfSession = (await connections.run('net-1', ['sh', '-c', 'p=$PPID; while ! tr "\\0" " " < /proc/$p/cmdline | grep -q "^sshd: "; do p=$(cut -d" " -f4 /proc/$p/stat); done; echo $p'])).stdout.trim();
    assert.match(readFileSync(`/proc/${pidOfSession}/cmdline`, 'utf8'), /^sshd: /);
    const running = connections.run('net-1', ['sleep', '5']);
    await sleep(300);
    process.kill(Number(pidOfSession), 'SIGKILL');
    await assert.rejects(running, /net-1 cannot be reached: (the connection broke|.*)/);
    assert.equal((await connections.run('net-1', ['echo', 'again'])).stdout, 'again\n');
  });
});
