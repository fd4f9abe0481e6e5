/** Who may log in to a node, and who is taken for one: the rendered Vagrantfile's own Ruby, then ssh and Ansible with what it wrote. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSshConfig } from '../../generator/drivers/ssh-config.js';
import { applyPlan } from '../../generator/write/apply.js';
import { root } from '../support/context.js';
import { planFor } from '../support/labs.js';

const INSECURE = 'ssh-rsa AAAAB3NzaInsecure== vagrant insecure public key';
const OTHER_INSECURE = 'ssh-ed25519 AAAAC3OtherInsecure some other comment';
const LAB = 'lab: two\nnodes: { n1: { docker: false }, n2: { docker: false } }\n';

describe('a rendered Vagrantfile', function () {
  this.timeout(180_000);
  let home: string;
  /** What is inside the nodes; a node's own paths have no blanks. */
  let inside: string;
  let folder: string;
  let port = 2222;
  const known = (): string => readFileSync(join(folder, '.labgen/known_hosts'), 'utf8');
  const nodeFile = (node: string, path: string): string => join(inside, node, path);

  beforeEach(() => {
    // As awkward a folder as ssh's configuration can name.
    home = mkdtempSync(join(tmpdir(), 'labgen 100% vagrantfile '));
    inside = mkdtempSync(join(tmpdir(), 'labgen-nodes-'));
    folder = join(home, 'lab');
    applyPlan(folder, planFor(LAB, 'two'));
    mkdirSync(join(home, 'vagrant/keys'), { recursive: true });
    writeFileSync(join(home, 'vagrant/keys/vagrant.pub'), `${INSECURE}\n`);
    writeFileSync(join(home, 'vagrant/keys/vagrant.pub.ed25519'), `${OTHER_INSECURE}\n`);
    for (const node of ['n1', 'n2']) {
      for (const path of ['home/.ssh', 'etc/ssh/sshd_config.d', 'bin']) mkdirSync(nodeFile(node, path), { recursive: true });
      writeFileSync(nodeFile(node, 'bin/sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
      writeFileSync(nodeFile(node, 'bin/systemctl'), `#!/bin/sh\necho "$*" >>'${nodeFile(node, 'systemctl')}'\n`, { mode: 0o755 });
      writeFileSync(nodeFile(node, 'home/.ssh/authorized_keys'), `ssh-ed25519 AAAAown${node} vagrant\n`, { mode: 0o600 });
      for (const type of ['ed25519', 'ecdsa']) hostKey(node, type);
    }
  });
  afterEach(() => {
    for (const each of [home, inside]) rmSync(each, { recursive: true, force: true });
  });

  function hostKey(node: string, type: string): void {
    const path = nodeFile(node, `etc/ssh/ssh_host_${type}_key`);
    for (const each of [path, `${path}.pub`]) rmSync(each, { force: true });
    assert.equal(spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path]).status, 0);
  }

  interface Change { readonly ids?: Readonly<Record<string, string>>; readonly key?: string; readonly newKey?: string }
  function up({ ids = {}, key = join(home, 'key'), newKey }: Change = {}): { readonly status: number | null; readonly stderr: string } {
    const scene = ['n1', 'n2'].map((name) => ({ name, id: ids[name] ?? `id-of-${name}`, root: join(inside, name), ssh: { host: '127.0.0.1', port, username: userInfo().username, private_key_path: [key] }, new_key: newKey }));
    return spawnSync('ruby', [join(root, 'spec/fixtures/vagrant-stand-in.rb'), 'Vagrantfile'], { cwd: folder, input: JSON.stringify(scene), encoding: 'utf8', env: { ...process.env, LABGEN_PLAY: 'later', VAGRANT_SOURCE: join(home, 'vagrant') } });
  }

  it('notes the host keys of each node when it is first met, for its owner only, and tells ssh to take nobody else', () => {
    const { status, stderr } = up();
    assert.equal(status, 0, stderr);
    const keyOf = (node: string, type: string): string => readFileSync(nodeFile(node, `etc/ssh/ssh_host_${type}_key.pub`), 'utf8').split(' ').slice(0, 2).join(' ');
    assert.equal(known(), ['n1', 'n2'].flatMap((node) => ['ecdsa', 'ed25519'].map((type) => `${node} ${keyOf(node, type)} id-of-${node}\n`)).join(''));
    for (const file of ['known_hosts', 'ssh-config']) assert.equal(statSync(join(folder, '.labgen', file)).mode & 0o777, 0o600);
    const text = readFileSync(join(folder, '.labgen/ssh-config'), 'utf8');
    assert.deepEqual(parseSshConfig(text).filter((host) => /^n\d$/.test(host.node)).map((host) => [host.node, host.hostKeyName, host.knownHostsFile, host.identityFiles]), ['n1', 'n2'].map((node) => [node, node, join(folder, '.labgen/known_hosts'), [join(home, 'key')]]));
    for (const node of ['n1', 'n2']) {
      const asSshReadsIt = spawnSync('ssh', ['-G', '-F', '.labgen/ssh-config', node], { cwd: folder, encoding: 'utf8' }).stdout;
      assert.match(asSshReadsIt, /^stricthostkeychecking (true|yes)$/m);
      assert.match(asSshReadsIt, new RegExp(`^hostkeyalias ${node}$`, 'm'));
    }
  });

  it('leaves no key in the node that others have as well, and lets no password in', () => {
    const own = readFileSync(nodeFile('n1', 'home/.ssh/authorized_keys'), 'utf8');
    writeFileSync(nodeFile('n1', 'home/.ssh/authorized_keys'), `${INSECURE}\n${own}${OTHER_INSECURE}\n`);
    // labgen's own node image: it has no password to begin with.
    writeFileSync(nodeFile('n2', 'etc/ssh/sshd_config.d/labgen.conf'), 'UseDNS no\n');
    assert.equal(up().status, 0);
    assert.equal(readFileSync(nodeFile('n1', 'home/.ssh/authorized_keys'), 'utf8'), own);
    assert.equal(statSync(nodeFile('n1', 'home/.ssh/authorized_keys')).mode & 0o777, 0o600);
    assert.equal(readFileSync(nodeFile('n1', 'etc/ssh/sshd_config.d/labgen.conf'), 'utf8'), 'PasswordAuthentication no\nKbdInteractiveAuthentication no\n');
    assert.equal(up().status, 0);
    assert.equal(readFileSync(nodeFile('n1', 'systemctl'), 'utf8'), 'reload ssh\n', 'once is enough');
    assert.equal(existsSync(nodeFile('n2', 'systemctl')), false);
    assert.equal(readFileSync(nodeFile('n2', 'etc/ssh/sshd_config.d/labgen.conf'), 'utf8'), 'UseDNS no\n');
  });

  it('goes no further with a node that still takes the key of all', () => {
    const { status, stderr } = up({ key: '/home/me/.vagrant.d/insecure_private_keys/vagrant.key.ed25519' });
    assert.equal(status, 1);
    assert.match(stderr, /^n1 takes the key that every Vagrant has; make it anew: vagrant destroy -f n1$/m);
    assert.equal(existsSync(join(folder, '.labgen/ssh-config')), false);
  });

  it('gives a node a key of its own where an interrupted "vagrant up" had not come to that', () => {
    const own = join(home, 'own-key');
    const { status, stderr } = up({ key: '/home/me/.vagrant.d/insecure_private_key', newKey: own });
    assert.equal(status, 0, stderr);
    assert.deepEqual(parseSshConfig(readFileSync(join(folder, '.labgen/ssh-config'), 'utf8')).find((host) => host.node === 'n1')?.identityFiles, [own]);
  });

  it('tells a node that shows other host keys from one that was made anew', () => {
    assert.equal(up().status, 0);
    const before = known();
    assert.equal(up().status, 0);
    assert.equal(known(), before);
    hostKey('n2', 'ed25519');
    const { status, stderr } = up();
    assert.equal(status, 1);
    assert.match(stderr, /^n2 shows other SSH host keys than when it was first met: something else may answer in its place\. If you made it new ones yourself, forget the old: ssh-keygen -R n2 -f ".*\/lab\/\.labgen\/known_hosts"$/m);
    assert.equal(known(), before);
    assert.equal(up({ ids: { n2: 'another' } }).status, 0, 'made anew');
    assert.deepEqual(known().split('\n').filter((line) => line.startsWith('n1 ')), before.split('\n').filter((line) => line.startsWith('n1 ')));
    assert.equal(known().match(/^n2 .* another$/gm)?.length, 2);
    assert.doesNotMatch(known(), /id-of-n2/);
    hostKey('n1', 'ecdsa');
    assert.equal(spawnSync('ssh-keygen', ['-R', 'n1', '-f', join(folder, '.labgen/known_hosts')]).status, 0, 'what the message says');
    assert.equal(up({ ids: { n2: 'another' } }).status, 0);
  });

  describe('what it wrote, with a real sshd', () => {
    let sshd: ChildProcess | undefined;
    beforeEach(async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      ({ port } = server.address() as { port: number });
      await new Promise((done) => server.close(done));
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'key')]);
      await serve();
    });
    afterEach(stop);

    async function serve(): Promise<void> {
      mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
      writeFileSync(join(home, 'sshd_config'), `HostKey "${nodeFile('n1', 'etc/ssh/ssh_host_ed25519_key')}"\nAuthorizedKeysFile "${join(home, 'key.pub').replaceAll('%', '%%')}"\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile none\nListenAddress 127.0.0.1\nPort ${port}\n`);
      sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(home, 'sshd_config')], { stdio: 'ignore' });
      await sleep(300);
    }
    async function stop(): Promise<void> {
      if (!sshd || sshd.exitCode !== null) return;
      const ended = new Promise((done) => sshd?.once('exit', done));
      sshd.kill('SIGTERM');
      await ended;
    }
    const ssh = () => spawnSync('ssh', ['-F', '.labgen/ssh-config', '-o', 'BatchMode=yes', 'n1', 'echo in'], { cwd: folder, encoding: 'utf8' });
    const ansible = () => spawnSync('ansible', ['n1', '-m', 'ansible.builtin.raw', '-a', 'echo in'], { cwd: folder, encoding: 'utf8', env: { ...process.env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1', ANSIBLE_SSH_ARGS: '-o ControlMaster=no -o BatchMode=yes' } });

    it('ssh and Ansible go in to who was met, and never to another', async () => {
      assert.equal(up().status, 0);
      assert.equal(ssh().stdout, 'in\n', ssh().stderr);
      const played = ansible();
      assert.equal(played.status, 0, played.stdout + played.stderr);
      await stop();
      hostKey('n1', 'ed25519');
      await serve();
      const refused = ssh();
      assert.deepEqual([refused.status, refused.stdout], [255, '']);
      assert.match(refused.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED[^]*ssh-keygen -f .*known_hosts.* -R .*n1/);
      const unreachable = ansible();
      assert.notEqual(unreachable.status, 0);
      assert.match(unreachable.stdout, /n1 \| UNREACHABLE![^]*IDENTIFICATION HAS CHANGED/);
    });
  });
});
