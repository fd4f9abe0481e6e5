/** A rendered folder that came from a stranger: what lies in it leads nowhere, and nothing of it runs here. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sshCommand, trustedHost } from '../../generator/drivers/ssh-command.js';
import { parseSshConfig } from '../../generator/drivers/ssh-config.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { MANIFEST, sha256 } from '../../generator/write/manifest.js';
import { inFolder, labgenIn, type Ran } from '../support/context.js';
import { Fakes } from '../support/fakes.js';
import { readTree } from '../support/trees.js';

describe('a folder from a stranger', function () {
  this.timeout(120_000);

  describe('links in it are not followed', () => {
    const BYTES = 'the tool itself';
    const LAB = `lab: t\nnodes: { a: { docker: false } }\nartifacts:\n  tool: { url: "https://files.lab/tool", version: v1, sha256: ${createHash('sha256').update(BYTES).digest('hex')}, file: tool, nodes: [a] }\n`;
    const inRendered = (work: (folder: string, run: (...args: readonly string[]) => Promise<Ran>) => Promise<void>) => inFolder(async (folder) => {
      writeFileSync(join(folder, 'lab.yaml'), LAB);
      mkdirSync(join(folder, '.cache/labgen/artifacts'), { recursive: true });
      writeFileSync(join(folder, '.cache/labgen/artifacts/tool-v1'), BYTES);
      mkdirSync(join(folder, 'home'));
      const run = (...args: readonly string[]): Promise<Ran> => labgenIn({ env: { HOME: folder } }, folder, ...args);
      assert.equal((await run('render', 'lab.yaml', '-o', 'out')).code, 0);
      await work(folder, run);
    });

    it('fetch: an artifact is not put where a link leads', () => inRendered(async (folder, run) => {
      assert.equal((await run('fetch', '-o', 'out')).code, 0);
      assert.ok(existsSync(join(folder, 'out/artifacts/tool-v1')) || readdirSync(join(folder, 'out/artifacts')).length > 0);
      rmSync(join(folder, 'out/artifacts'), { recursive: true });
      symlinkSync('../home', join(folder, 'out/artifacts'));
      const { code, err } = await run('fetch', '-o', 'out');
      assert.equal(code, 1);
      assert.match(err, /^labgen: \S+\/out\/artifacts\/\S+ is not a plain file in plain folders, so tool was not put there\n/);
      assert.deepEqual(readdirSync(join(folder, 'home')), []);
    }));

    it('down: what lies behind .labgen stays', async () => {
      const fakes = new Fakes();
      try {
        fakes.prepareLab();
        assert.equal((await labgenIn({ env: process.env }, fakes.folder, 'render', './lab.yaml', '-o', 'lab')).code, 0);
        for (const name of ['known_hosts', 'ssh-config']) writeFileSync(join(fakes.folder, 'home', name), 'mine');
        for (const name of ['manifest.json', 'render.json', 'lab.yaml']) writeFileSync(join(fakes.folder, 'home', name), readFileSync(join(fakes.lab, '.labgen', name)));
        rmSync(join(fakes.lab, '.labgen'), { recursive: true });
        symlinkSync('../home', join(fakes.lab, '.labgen'));
        await labgenIn({ env: process.env }, fakes.folder, 'down', '-o', 'lab');
        assert.deepEqual(['known_hosts', 'ssh-config'].map((name) => readFileSync(join(fakes.folder, 'home', name), 'utf8')), ['mine', 'mine']);
      } finally {
        fakes.end();
      }
    });

    it('up: nor what a running lab writes, where a link waits for it', async () => {
      const fakes = new Fakes();
      try {
        fakes.prepareLab();
        for (const name of ['ssh-config', 'known_hosts', 'controller-ssh-config']) {
          symlinkSync('../../home/mine', join(fakes.lab, '.labgen', name));
          const { code, err } = await labgenIn({ env: process.env }, fakes.folder, 'up', './lab.yaml', '-o', 'lab', '--no-verify');
          assert.deepEqual([code, fakes.calls()], [1, []], err);
          assert.match(err, new RegExp(`/lab/\\.labgen/${name} is not a plain file in a plain folder\\n`));
          rmSync(join(fakes.lab, '.labgen', name));
        }
        assert.equal(existsSync(join(fakes.folder, 'home/mine')), false);
      } finally {
        fakes.end();
      }
    });

    it('lint: a link in a ring is not walked, one to nowhere is no crash', () => inRendered(async (folder, run) => {
      symlinkSync('.', join(folder, 'out/nodes/ring'));
      symlinkSync('/nowhere/at/all', join(folder, 'out/nodes/dead.sh'));
      const { out } = await run('lint', 'out', '--format', 'json');
      assert.ok(!/ring|dead/.test(out) && /"tool"/.test(out), out);
    }));
  });

  it('its manifest takes nothing away that lies elsewhere', () => inFolder(async (folder) => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/file'), 'mine');
    const run = (...args: readonly string[]): Promise<Ran> => labgenIn({}, folder, ...args);
    assert.equal((await run('render', 'docker0', '-o', 'out')).code, 0);
    symlinkSync('../mine', join(folder, 'out/link'));
    const manifest = JSON.parse(readFileSync(join(folder, 'out', MANIFEST), 'utf8')) as { files: unknown[] };
    manifest.files.push(...['../mine/file', 'link/file', join(folder, 'mine/file'), 'nodes/../../mine/file', '..\\mine\\file', './link/file'].map((path) => ({ path, mode: '644', sha256: sha256('mine') })));
    writeFileSync(join(folder, 'out', MANIFEST), JSON.stringify({ ...manifest, writing: '../../aa' }));
    for (const args of [['diff', 'docker0', '-o', 'out'], ['render', 'docker0', '-o', 'out'], ['down', '-o', 'out'], ['lint', 'out']]) await run(...args);
    assert.equal(readFileSync(join(folder, 'mine/file'), 'utf8'), 'mine');
  }));

  describe('its ssh-config is read, and never given to ssh', () => {
    const OBEYED = ['ProxyCommand', 'LocalCommand', 'KnownHostsCommand'];
    const config = (folder: string, more: string): string => `Host n1\n  HostName 127.0.0.1\n  Port 1\n  User vagrant\n  IdentityFile ${join(folder, '.vagrant/key')}\n  HostKeyAlias n1\n  UserKnownHostsFile ${join(folder, '.labgen/known_hosts')}\n${more}\n`;

    it('no command of it runs, which ssh -F would', () => inFolder(async (folder) => {
      const canary = join(folder, 'canary');
      mkdirSync(join(folder, '.labgen'));
      writeFileSync(join(folder, 'included'), `ProxyCommand touch ${canary}\n`);
      for (const [what, more] of [...OBEYED.map((word) => [word, `  PermitLocalCommand yes\n  ${word} touch ${canary}`]), ['Match exec', `Match exec "touch ${canary}"\n  User x`], ['Include', `  Include ${join(folder, 'included')}`], ['ProxyJump', `  ProxyJump jump\nHost jump\n  HostName 127.0.0.1\n  ProxyCommand touch ${canary}`]] as const) {
        writeFileSync(join(folder, '.labgen/ssh-config'), config(folder, more ?? ''));
        const host = parseSshConfig(readFileSync(join(folder, '.labgen/ssh-config'), 'utf8')).map((each) => trustedHost(each, folder)).find(({ node }) => node === 'n1');
        assert.ok(host);
        await runCommand({ argv: sshCommand(host, ['true']), timeoutMs: 20_000 });
        assert.equal(existsSync(canary), false, what);
        // The proof that ssh itself would have obeyed; what only runs once connected cannot.
        if (what === 'LocalCommand' || what === 'KnownHostsCommand') continue;
        await runCommand({ argv: ['ssh', '-F', join(folder, '.labgen/ssh-config'), 'n1', 'true'], timeoutMs: 20_000 });
        assert.equal(existsSync(canary), true, `ssh -F obeys ${what}`);
        rmSync(canary);
      }
    }));

    it('ssh takes what it is told: paths with blanks, percent signs and dollars, an IPv6 address', async () => {
      const host = { node: 'n1', address: 'fd00::1', port: 2222, user: 'vagrant', identityFiles: ['/my 100% lab/key'], hostKeyName: '[fd00::1]:2222', knownHostsFile: '/my 100% lab/known' };
      const argv = sshCommand(trustedHost(host, '/my 100% lab'), []);
      const { code, stdout } = await runCommand({ argv: ['ssh', '-G', ...argv.slice(1)], timeoutMs: 20_000 });
      assert.equal(code, 0);
      for (const line of ['hostname fd00::1', 'port 2222', 'user vagrant', 'identityfile /my 100%% lab/key', 'hostkeyalias [fd00::1]:2222', 'userknownhostsfile /my 100%% lab/known', 'stricthostkeychecking true', 'identitiesonly yes']) assert.ok(stdout.split('\n').some((each) => each.replaceAll('%%', '%') === line.replaceAll('%%', '%')), `${line} in\n${stdout}`);
    });

    for (const [what, lines, says] of [
      ['an option for a name', 'Host -oProxyCommand=x\n', /have a name that could be none/],
      ['an option for an address', 'Host n1\n  HostName -oProxyCommand=x\n', /have a HostName that could be none/],
      ['a user with blanks', 'Host n1\n  User "a b"\n', /have a User that could be none/],
      ['a key of ours from elsewhere', 'Host n1\n  IdentityFile /root/.ssh/id_ed25519\n', /name a private key outside of this folder/],
      ['host keys from elsewhere', 'Host n1\n  UserKnownHostsFile /root/.ssh/known_hosts\n', /name a file of host keys outside of this folder/],
      ['a way back out', 'Host n1\n  IdentityFile /folder/../root/.ssh/id_ed25519\n', /name a private key outside of this folder/],
    ] as const) it(`refused: ${what}`, () => assert.throws(() => parseSshConfig(lines).map((host) => trustedHost(host, '/folder')), (error: Error & { exitCode?: number }) => error.exitCode === 3 && says.test(error.message)));

    it('ssh, exec and verify refuse a key that a link leads to', () => inFolder(async (folder) => {
      assert.equal((await labgenIn({}, folder, 'render', 'docker0', '-o', 'out')).code, 0);
      writeFileSync(join(folder, 'key'), 'mine', { mode: 0o600 });
      mkdirSync(join(folder, 'out/.vagrant'));
      symlinkSync('../../key', join(folder, 'out/.vagrant/key'));
      writeFileSync(join(folder, 'out/.labgen/ssh-config'), config(join(folder, 'out'), ''));
      for (const args of [['ssh', 'n1', '-o', 'out'], ['exec', '-o', 'out', 'n1', 'true'], ['verify', '-o', 'out']]) {
        const { code, err } = await labgenIn({}, folder, ...args);
        assert.deepEqual([code, /name a private key outside of this folder/.test(err)], [3, true], err);
      }
    }));
  });

  describe('no code of it runs', () => {
    let fakes: Fakes;
    beforeEach(() => {
      fakes = new Fakes();
      fakes.prepareLab();
    });
    afterEach(() => fakes.end());
    const run = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, fakes.folder, ...args);
    const up = (): Promise<Ran> => run('up', './lab.yaml', '-o', 'lab', '--no-verify');

    for (const name of ['filter_plugins', 'callback_plugins', 'library', 'group_vars', 'host_vars', 'roles', '.vagrant/plugins.json', '.vagrant/plugins']) {
      it(`up: ${name} beside the play`, async () => {
        mkdirSync(join(fakes.lab, name), { recursive: true });
        const { code, err } = await up();
        assert.deepEqual([code, fakes.calls()], [1, []]);
        assert.match(err, new RegExp(`would take code from here: ${name.replaceAll('.', '\\.')}\\n`));
      });
    }

    it('up: nor its own Vagrantfile, whatever its manifest says of it', async () => {
      assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
      alter(fakes.lab, 'Vagrantfile');
      assert.equal((await up()).code, 0);
      assert.doesNotMatch(readFileSync(join(fakes.lab, 'Vagrantfile'), 'utf8'), /canary/);
    });

    it('status and down: a Vagrantfile that no render writes is not run', async () => {
      assert.equal((await up()).code, 0);
      const told = fakes.calls().length;
      alter(fakes.lab, 'Vagrantfile');
      for (const verb of ['status', 'down']) {
        const { code, err } = await run(verb, '-o', 'lab');
        assert.deepEqual([code, fakes.calls().length], [2, told], err);
        assert.match(err, /^labgen: Vagrant was not asked, as it would run what labgen did not write so: \S+\/lab\/Vagrantfile\n {2}"labgen diff" shows/);
      }
      assert.equal((await run('render', '-o', 'lab')).code, 0);
      assert.match((await run('status', '-o', 'lab')).out, /^n1: running/);
      assert.equal((await run('down', '-o', 'lab')).code, 0);
    });

    it('lint: what runs code does not, unless it is trusted; the others look at it', async () => {
      assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
      const states = async (...args: string[]): Promise<Record<string, string>> => Object.fromEntries((JSON.parse((await run('lint', 'lab', '--format', 'json', ...args)).out) as { tool: string; state: string; said: string }[]).map(({ tool, state, said }) => [tool, `${state} ${said}`]));
      const before = await states();
      assert.match(before['vagrant validate'] ?? '', /^passed/);
      alter(fakes.lab, 'ansible.cfg');
      const untrusted = await states();
      for (const tool of ['vagrant validate', 'ansible-playbook --syntax-check']) assert.match(untrusted[tool] ?? '', /^not-run it would run code of this folder, and ansible\.cfg is not what labgen renders/);
      assert.match((await states('--trust'))['vagrant validate'] ?? '', /^passed/);
    });
  });
});

/** As a stranger would: with a manifest that says it is labgen's. */
function alter(folder: string, path: string): void {
  const text = `${readFileSync(join(folder, path), 'utf8')}# canary\n`;
  const before = readTree(folder)[path] ?? '';
  writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, MANIFEST), readFileSync(join(folder, MANIFEST), 'utf8').replace(sha256(before), sha256(text)));
}
