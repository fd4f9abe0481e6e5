/** labgen diff: by its exit code CI knows whether what is committed is what the lab says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';

const rendered = (work: (folder: string) => Promise<void>): Promise<void> => inFolder(async (folder) => {
  await labgen(folder, 'render', 'gre', '-o', 'out');
  await work(folder);
});

/** Each way to differ, once. */
function change(folder: string): void {
  const vagrantfile = join(folder, 'out/Vagrantfile');
  writeFileSync(vagrantfile, readFileSync(vagrantfile, 'utf8').replace('config.vm.box_check_update = false', 'config.vm.box_check_update = true'));
  rmSync(join(folder, 'out/site.yml'));
  chmodSync(join(folder, 'out/nodes/net-1/labgen-network.sh'), 0o644);
}

describe('labgen diff', () => {
  it('says its exit codes', async () => assert.match((await labgen('/', 'diff', '--help')).out, /^Exit codes: 0 the files are what the lab says, 1 one is not, 2 the lab is wrong\.$/m));

  for (const umask of ['022', '002', '077']) {
    it(`0 in a clone of the repository the files were committed to (umask ${umask})`, () => inFolder(async (folder) => {
      const git = (...args: readonly string[]): string => execFileSync('sh', ['-c', `umask ${umask}; exec git -c init.defaultBranch=main -c user.name=t -c user.email=t@example.invalid "$@"`, 'git', ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      git('init', 'first');
      for (const [lab, stage] of [['gre', 'closed'], ['weave', 'encrypted']] as const) await labgen(folder, 'render', lab, '--stage', stage, '--set', 'title=Another', '-o', `first/${lab}`);
      git('-C', 'first', 'add', '.');
      git('-C', 'first', 'commit', '-m', 'rendered');
      git('clone', 'first', 'second');
      for (const [lab, stage] of [['gre', 'closed'], ['weave', 'encrypted']] as const) {
        assert.deepEqual(await labgen(folder, 'diff', lab, '--stage', stage, '--set', 'title=Another', '-o', `second/${lab}`), { code: 0, out: '', err: 'no difference\n' });
        // The clone knows its own stage and sets.
        assert.equal((await labgen(join(folder, 'second', lab), 'diff')).code, 0);
      }
      assert.equal((await labgen(folder, 'diff', 'gre', '-o', 'second/gre')).code, 1);
    }));
  }

  it('1, and a patch that says what', () => rendered(async (folder) => {
    change(folder);
    const { code, out, err } = await labgen(folder, 'diff', 'gre', '-o', 'out');
    assert.deepEqual([code, err], [1, '3 files differ\n']);
    assert.match(out, /^--- a\/Vagrantfile$/m);
    assert.match(out, /^--- \/dev\/null\n\+\+\+ b\/site\.yml$/m);
    assert.match(out, /^a\/nodes\/net-1\/labgen-network\.sh may not be run, but b\/nodes\/net-1\/labgen-network\.sh may$/m);
  }));

  it('JSON', () => rendered(async (folder) => {
    change(folder);
    const { code, out } = await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'json');
    assert.equal(code, 1);
    assert.deepEqual((JSON.parse(out) as { path: string; kind: string }[]).map(({ path, kind }) => `${kind} ${path}`), ['changed Vagrantfile', 'new site.yml', 'changed nodes/net-1/labgen-network.sh']);
  }));

  it('GitHub: an annotation at the line that differs', () => rendered(async (folder) => {
    change(folder);
    const line = readFileSync(join(folder, 'out/Vagrantfile'), 'utf8').split('\n').findIndex((text) => text.includes('box_check_update')) + 1;
    const { code, out } = await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'github');
    assert.equal(code, 1);
    assert.match(out, new RegExp(`^::error file=out/Vagrantfile,line=${line},title=labgen diff::out/Vagrantfile is not what the lab says\\. Render the lab again, and commit what changed\\.$`, 'm'));
    assert.match(out, /^::error file=out\/site\.yml,title=labgen diff::out\/site\.yml is not there, and the lab has it\./m);
  }));

  it('GitHub: nothing where nothing differs; lines that were added at the end', () => rendered(async (folder) => {
    assert.deepEqual(await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'github'), { code: 0, out: '', err: '' });
    const count = readFileSync(join(folder, 'out/ansible.cfg'), 'utf8').split('\n').length;
    appendFileSync(join(folder, 'out/ansible.cfg'), '# mine\n');
    assert.match((await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'github')).out, new RegExp(`^::error file=out/ansible\\.cfg,line=${count},`));
  }));

  it('JUnit: one case a file', () => rendered(async (folder) => {
    const whole = await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'junit');
    assert.equal(whole.code, 0);
    assert.match(whole.out, /<testsuites name="labgen diff out" tests="(\d{2})" failures="0"/);
    change(folder);
    const { code, out } = await labgen(folder, 'diff', 'gre', '-o', 'out', '--format', 'junit');
    assert.equal(code, 1);
    assert.match(out, /failures="3"/);
    assert.match(out, /<testcase classname="diff out" name="site\.yml" time="0\.000">\n {6}<failure message="site\.yml is not there, and the lab has it" type="new">/);
  }));
});
