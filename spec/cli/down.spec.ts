/** `labgen down`: takes away what is ours, as often as one likes, and never what is not. Vagrant is a fake. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, engineId, PLACES, runDirOf } from '../../generator/engine/places.js';
import { writeState } from '../../generator/engine/state.js';
import { labgenIn, type Ran } from '../support/context.js';
import { Fakes } from '../support/fakes.js';
import { readTree } from '../support/trees.js';

describe('labgen down', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let controller: AbortController;
  beforeEach(() => {
    fakes = new Fakes();
    fakes.prepareLab();
    controller = new AbortController();
  });
  afterEach(() => fakes.end());
  const run = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env, interrupt: controller.signal }, fakes.folder, ...args);
  const up = async (...args: string[]): Promise<void> => {
    const { code, out, err } = await run('up', './lab.yaml', '-o', 'lab', '--no-verify', ...args);
    assert.equal(code, 0, out + err);
  };
  const destroys = (): number => fakes.calls().filter((call) => call === 'vagrant destroy -f --no-color').length;

  it('takes the nodes away and leaves the rendered files; a second time it says that nothing runs', async () => {
    assert.equal((await run('render', './lab.yaml', '-o', 'lab')).code, 0);
    const rendered = readTree(fakes.lab);
    await up();
    assert.deepEqual(await run('down', '-o', 'lab'), { code: 0, out: 'taking the nodes away …\nnodes: taken away\n', err: '' });
    assert.deepEqual(readTree(fakes.lab), rendered);
    assert.deepEqual(await run('down', '-o', 'lab'), { code: 0, out: 'nothing was running here\n', err: '' });
    assert.deepEqual(readTree(fakes.lab), rendered);
    assert.equal(destroys(), 1);
    await up();
  });

  it('in a rendered folder where nothing ever ran: says so, 0, and asks nobody', async () => {
    await run('render', './lab.yaml', '-o', 'lab');
    assert.deepEqual(await run('down', '-o', 'lab'), { code: 0, out: 'nothing was running here\n', err: '' });
    assert.deepEqual(fakes.calls(), []);
  });

  it('after a boot that was interrupted before any node was known', async () => {
    fakes.answer('vagrant-up', 'mkdir -p .vagrant/machines/n1/docker; hold boot; exit 1');
    const running = run('up', './lab.yaml', '-o', 'lab');
    await fakes.until(/^held boot/m);
    controller.abort();
    fakes.release();
    assert.equal((await running).code, 130);
    controller = new AbortController();
    assert.deepEqual(await run('down', '-o', 'lab'), { code: 0, out: 'nothing was running here\n', err: '' });
    assert.equal(existsSync(join(fakes.lab, '.vagrant')), false);
  });

  it('after a boot that was interrupted before it had made all nodes: Vagrant asks for them where the others are', async () => {
    await up();
    mkdirSync(join(fakes.lab, '.vagrant/machines/n2/docker'), { recursive: true });
    fakes.answer('vagrant-destroy', 'echo "asks $VAGRANT_DEFAULT_PROVIDER" >>"$log"');
    assert.equal((await run('down', '-o', 'lab')).code, 0);
    assert.match(fakes.log(), /^asks docker$/m);
  });

  it('interrupted: 130, how to go on, and a second one ends it', async () => {
    await up();
    fakes.answer('vagrant-destroy', 'hold destroy; exit 1');
    const running = run('down', '-o', 'lab');
    await fakes.until(/^held destroy/m);
    controller.abort();
    fakes.release();
    const { code, err } = await running;
    assert.deepEqual([code, err], [130, 'labgen: interrupted while the nodes were being taken away\n  "labgen down" goes on from here.\n']);
    controller = new AbortController();
    fakes.usual('vagrant-destroy');
    assert.match((await run('status', '-o', 'lab')).out, /^n1: running \(docker\)\n$/);
    assert.equal((await run('down', '-o', 'lab')).out, 'taking the nodes away …\nnodes: taken away\n');
  });

  it('nodes that run here, where a private engine of the folder had died before', async () => {
    const id = engineId(realpathSync(fakes.lab), 'docker');
    try {
      writeState(PLACES, { id, kind: 'docker', folder: realpathSync(fakes.lab), emulated: false, boot: 'an earlier one' });
      const { code, out } = await run('up', './lab.yaml', '-o', 'lab', '--no-verify');
      assert.equal(code, 0, out);
      assert.match(out, /^engine: a private one of this folder died; what it left was taken away$/m);
      assert.equal(existsSync(runDirOf(PLACES, id)), false);
      assert.equal((await run('down', '-o', 'lab')).out, 'taking the nodes away …\nnodes: taken away\n');
      assert.equal(destroys(), 1);
    } finally {
      for (const path of [runDirOf(PLACES, id), dataDirOf(PLACES, id)]) rmSync(path, { recursive: true, force: true });
    }
  });

  it('that fails is 3, keeps what Vagrant knows, and may be run again', async () => {
    await up();
    fakes.answer('vagrant-destroy', 'echo "n1 is busy" >&2; exit 1');
    const { code, err } = await run('down', '-o', 'lab');
    assert.equal(code, 3);
    assert.match(err, /^labgen: not all machines could be taken away: exit 1\n {2}\$ vagrant destroy -f --no-color\n {2}n1 is busy\n {2}"labgen down" goes on from here\.\n$/);
    fakes.usual('vagrant-destroy');
    assert.equal((await run('down', '-o', 'lab')).code, 0);
    assert.equal(destroys(), 2);
  });

  describe('2, with a hint, and nothing is touched', () => {
    it('in a folder of no lab, such as another\'s Vagrant project', async () => {
      mkdirSync(join(fakes.folder, 'theirs/.vagrant/machines/web/docker'), { recursive: true });
      writeFileSync(join(fakes.folder, 'theirs/.vagrant/machines/web/docker/id'), '7');
      writeFileSync(join(fakes.folder, 'theirs/Vagrantfile'), '');
      const before = readTree(join(fakes.folder, 'theirs'));
      for (const args of [['-o', 'theirs'], ['theirs'], ['./theirs']]) {
        assert.deepEqual(await run('down', ...args), { code: 2, out: '', err: `labgen: ${join(fakes.folder, 'theirs')} is not a folder of labgen\n  Go to the folder "labgen up" was run in, or name it: labgen down -o DIR\n` });
      }
      assert.deepEqual(readTree(join(fakes.folder, 'theirs')), before);
      assert.deepEqual(fakes.calls(), []);
    });

    it('in a folder that is not there', async () => assert.equal((await run('down', '-o', 'nowhere')).code, 2));

    it('where another lab lies than the one named', async () => {
      await up();
      const there = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, fakes.lab, ...args);
      for (const verb of ['down', 'status']) {
        const { code, err } = await there(verb, 'gre');
        assert.deepEqual([code, err], [2, `labgen: ${fakes.lab} holds the lab "lab.yaml", not "gre"\n  Go to the folder of that lab, or name it with -o.\n`]);
      }
      assert.equal(destroys(), 0);
      assert.equal((await there('down', '../lab.yaml')).code, 0);
    });
  });

  it('goes by the lab\'s name in its own folder, and through a link to it', async () => {
    const here = (folder: string, ...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, folder, ...args);
    rmSync(fakes.lab, { recursive: true });
    mkdirSync(fakes.lab);
    assert.equal((await here(fakes.lab, 'render', 'docker0')).code, 0);
    assert.deepEqual(await here(fakes.lab, 'down', 'docker0'), { code: 0, out: 'nothing was running here\n', err: '' });
    symlinkSync(fakes.lab, join(fakes.folder, 'link'));
    assert.equal((await run('down', 'link')).code, 0);
  });
});
