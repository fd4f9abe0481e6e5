/** Two labgens in one folder: the second is told; a dead one's lock is none. Vagrant, Ansible and Docker are fakes. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { locked, LOCK_VARIABLE } from '../../generator/cli/locked.js';
import { enterEngine } from '../../generator/cli/running.js';
import { markOf } from '../../generator/engine/holder.js';
import { PLACES } from '../../generator/engine/places.js';
import type { PrivateEngine } from '../../generator/engine/private-engine.js';
import { formatHolder, parseHolder, type Holder } from '../../generator/model/holder.js';
import { LOCK } from '../../generator/write/lock.js';
import { contextOf, labgenIn, root, type Ran } from '../support/context.js';
import { Fakes, hasEnded } from '../support/fakes.js';
import { readTree } from '../support/trees.js';

const TSX = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs')];

describe('one labgen at a time in a folder', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let controller: AbortController;
  beforeEach(() => {
    fakes = new Fakes();
    fakes.prepareLab();
    controller = new AbortController();
  });
  afterEach(() => fakes.end());
  const world = (more: Record<string, string> = {}) => ({ env: { ...process.env, ...more }, interrupt: controller.signal });
  const labgen = (...args: string[]): Promise<Ran> => labgenIn(world(), fakes.folder, ...args);
  const up = (): Promise<Ran> => labgen('up', './lab.yaml', '-o', 'lab', '--no-verify');
  const lockFile = (): string => join(fakes.lab, LOCK);
  const me = markOf({ places: PLACES, pid: process.pid, host: hostname() });
  const lockOf = (more: Partial<Holder>): void => {
    mkdirSync(join(fakes.lab, '.labgen'), { recursive: true });
    writeFileSync(lockFile(), formatHolder({ ...me, token: 'a'.repeat(16), command: 'labgen up gre', since: '2026-01-02T03:04:05.678Z', ...more }));
  };

  it('up, down and render are told who has it; verbs that only read are not held up; then all goes on', async () => {
    fakes.answer('vagrant-up', 'hold boot');
    const first = up();
    await fakes.until(/^held boot/m);
    const before = readTree(fakes.lab);
    for (const args of [['up', './lab.yaml', '-o', 'lab'], ['down', '-o', 'lab'], ['render', './lab.yaml', '-o', 'lab', '--set', 'nodes.n1.memory=2048']]) {
      const { code, out, err } = await labgen(...args);
      assert.deepEqual([code, out], [3, ''], args.join(' '));
      assert.equal(err, `labgen: another labgen is at work in ${fakes.lab}: process ${process.pid}, "labgen up ./lab.yaml -o lab --no-verify", since 1970-01-01 00:00:00 UTC\n  Wait for its end, or interrupt it: kill -INT ${process.pid}\n  "labgen status" shows meanwhile what is running.\n`);
    }
    assert.deepEqual(readTree(fakes.lab), before);
    for (const args of [['status', '-o', 'lab'], ['diff', './lab.yaml', '-o', 'lab'], ['lint', 'lab'], ['verify', '-o', 'lab'], ['ssh', 'n1', '-o', 'lab'], ['render', './lab.yaml', '-o', 'lab', '--dry-run'], ['render', './lab.yaml', '-o', 'elsewhere']]) {
      assert.doesNotMatch((await labgen(...args)).err, /another labgen/, args.join(' '));
    }
    fakes.release();
    const { code, err } = await first;
    assert.deepEqual([code, err], [0, '']);
    assert.equal(existsSync(lockFile()), false);
    assert.equal((await labgen('down', '-o', 'lab')).code, 0);
  });

  it('is no part of the lab: not in the manifest, and nothing of it stays', async () => {
    fakes.answer('vagrant-up', 'cp=$(cat .labgen/lock); echo "$cp" >"$LABGEN_FAKE/lock-seen"');
    assert.equal((await up()).code, 0);
    const seen = parseHolder(readFileSync(join(fakes.folder, 'fake/lock-seen'), 'utf8'));
    assert.deepEqual([seen?.pid, seen?.startTime, seen?.command], [me.pid, me.startTime, 'labgen up ./lab.yaml -o lab --no-verify']);
    assert.doesNotMatch(readFileSync(join(fakes.lab, '.labgen/manifest.json'), 'utf8'), /lock/);
    assert.deepEqual(Object.keys(readTree(fakes.lab)).filter((path) => path.includes('lock')), []);
  });

  it('says nothing of what --set gives', async () => {
    fakes.answer('vagrant-up', 'cp=$(cat .labgen/lock); echo "$cp" >"$LABGEN_FAKE/lock-seen"');
    assert.equal((await labgen('up', './lab.yaml', '-o', 'lab', '--no-verify', '--set', 'nodes.n1.memory=2048', '--set=nodes.n1.cpus=2')).code, 0);
    assert.equal(parseHolder(readFileSync(join(fakes.folder, 'fake/lock-seen'), 'utf8'))?.command, 'labgen up ./lab.yaml -o lab --no-verify --set nodes.n1.memory=… --set=nodes.n1.cpus=…');
  });

  for (const [title, prepare, code] of [
    ['a boot that fails', () => fakes.answer('vagrant-up', 'exit 1'), 3],
    ['a play that fails', () => fakes.answer('ansible-playbook-site.yml', 'exit 2'), 1],
    ['a file in the way', () => writeFileSync(join(fakes.lab, 'Vagrantfile'), 'mine'), 1],
  ] as const) {
    it(`is gone after ${title}`, async () => {
      prepare();
      assert.equal((await up()).code, code);
      assert.equal(existsSync(lockFile()), false);
    });
  }

  it('is gone after Ctrl-C', async () => {
    fakes.answer('vagrant-up', 'hold boot; exit 1');
    const first = up();
    await fakes.until(/^held boot/m);
    controller.abort();
    assert.ok(existsSync(lockFile()), 'Vagrant is still tidying up');
    fakes.release();
    assert.equal((await first).code, 130);
    assert.equal(existsSync(lockFile()), false);
  });

  it('of a process that is gone, of a used-again pid, of another boot: taken over without a word', async () => {
    const gone = spawnSync('/bin/true').pid;
    for (const more of [{ pid: gone, startTime: '5' }, { startTime: '5' }, { boot: 'an earlier one' }, { namespace: 'pid:[7]' }]) {
      lockOf(more);
      const { code, err } = await up();
      assert.deepEqual([code, err], [0, ''], JSON.stringify(more));
      assert.equal(existsSync(lockFile()), false);
    }
  });

  it('on another host: says that it cannot be seen, and which file to remove', async () => {
    lockOf({ host: 'far\u001b[2J', command: 'labgen\u001b[31m up' });
    const { code, err } = await up();
    assert.equal(code, 3);
    assert.match(err, /process \d+ on far\\x1b\[2J, "labgen\\x1b\[31m up", since 2026-01-02 03:04:05 UTC\n {2}It cannot be seen from here\. Wait for its end; if it has ended, remove \S+\/\.labgen\/lock\n$/);
  });

  it('of a labgen that crashed: the next one goes on', async () => {
    fakes.answer('vagrant-up', 'hold boot');
    const program = `import { labgenIn } from ${JSON.stringify(join(root, 'spec/support/context.ts'))}; await labgenIn({ env: process.env }, ${JSON.stringify(fakes.folder)}, 'up', './lab.yaml', '-o', 'lab', '--no-verify');`;
    const child = spawn(process.execPath, [...TSX, '--input-type=module', '-e', program], { stdio: 'inherit' });
    const [, vagrant = ''] = await fakes.until(/^held boot pid=(\d+)/m);
    assert.match((await up()).err, new RegExp(`another labgen is at work in \\S+: process ${child.pid},`));
    const ended = new Promise((done) => child.once('close', done));
    child.kill('SIGKILL');
    await ended;
    assert.ok(existsSync(lockFile()));
    fakes.release();
    await fakes.until(/^released boot/m);
    await hasEnded(Number(vagrant));
    fakes.usual('vagrant-up');
    const { code, err } = await up();
    assert.deepEqual([code, err], [0, '']);
    assert.equal(existsSync(lockFile()), false);
  });

  describe('and a private engine, where pids are other ones', () => {
    const engine = (): PrivateEngine => ({ id: '0123456789', kind: 'docker', folder: fakes.lab, pid: 1, runDir: '', dataDir: join(fakes.folder, 'data'), emulated: false, enter: ['/usr/bin/unshare', '--pid', '--fork', '--mount-proc'], env: { LABGEN_ENGINE: '0123456789' } });
    /** A program for the inside: `run(env, …words)` is labgen there, `stranger` an environment that knows no lock. */
    const inside = (program: string): readonly string[] => [process.execPath, ...TSX, '--input-type=module', '-e', `
      import { labgenIn } from ${JSON.stringify(join(root, 'spec/support/context.ts'))};
      import { writeFileSync } from 'node:fs';
      const run = (env, ...args) => labgenIn({ env }, ${JSON.stringify(fakes.folder)}, ...args);
      const { ${LOCK_VARIABLE}: _, ...stranger } = process.env;
      ${program}`];

    it('does not stop the labgen that goes on inside for the one outside; another one there is stopped', async () => {
      const program = inside(`
        const render = () => run(stranger, 'render', './lab.yaml', '-o', 'lab');
        const results = [await render(), await run(process.env, 'up', './lab.yaml', '-o', 'lab', '--no-verify'), await render()];
        writeFileSync(${JSON.stringify(join(fakes.folder, 'results'))}, JSON.stringify(results));`);
      await locked(contextOf(world(), fakes.folder, 'up'), fakes.lab, async (inner) => {
        const code = await enterEngine(inner, engine(), program);
        assert.equal(parseHolder(readFileSync(lockFile(), 'utf8'))?.token, inner.env[LOCK_VARIABLE], 'the inner one gave back what is not its own');
        return code;
      });
      const [before, same, after] = JSON.parse(readFileSync(join(fakes.folder, 'results'), 'utf8')) as readonly [Ran, Ran, Ran];
      assert.deepEqual([same.code, same.err], [0, ''], same.out);
      assert.deepEqual([before.code, after.code], [3, 3]);
      assert.match(before.err, /another labgen is at work .*\n {2}It cannot be seen from here\./);
      assert.match(after.err, /another labgen is at work .*\n {2}Wait for its end/);
      assert.equal(existsSync(lockFile()), false);
    });

    it('hangs on the inner one, which goes on when the outer one is killed', async () => {
      fakes.answer('vagrant-up', 'hold boot');
      lockOf({ pid: spawnSync('/bin/true').pid, startTime: '5' });
      const context = contextOf(world({ [LOCK_VARIABLE]: 'a'.repeat(16) }), fakes.folder, 'up');
      const inner = enterEngine(context, engine(), inside(`process.exitCode = (await run(process.env, 'up', './lab.yaml', '-o', 'lab', '--no-verify')).code;`));
      await fakes.until(/^held boot/m);
      const { code, err } = await up();
      assert.equal(code, 3);
      const pid = Number(/process (\d+), "labgen up gre"/.exec(err)?.[1]);
      assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /labgenIn/, 'the pid is the one it has here');
      fakes.release();
      assert.equal(await inner, 0);
      fakes.usual('vagrant-up');
      assert.deepEqual([(await up()).code, existsSync(lockFile())], [0, false]);
    });
  });
});
