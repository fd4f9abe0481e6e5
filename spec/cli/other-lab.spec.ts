/** A folder holds one lab: another one is not rendered over it unasked, and over its machines not at all. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readManifest } from '../../generator/write/manifest.js';
import { inFolder, labgen } from '../support/context.js';
import { readTree, writeInto } from '../support/trees.js';

const lab = (name: string, node = 'n1'): string => `lab: ${name}\nnodes: { ${node}: {} }\nstages: [{ name: one }, { name: two, nodes: { ${node}: { memory: 2048 } } }]\n`;

describe('a folder that holds another lab', () => {
  for (const verb of ['render', 'up']) {
    it(`is left as it is by ${verb}, which says what to do`, () => inFolder(async (folder) => {
      await labgen(folder, 'render', 'docker0', '-o', 'out');
      const before = readTree(join(folder, 'out'));
      const { code, out, err } = await labgen(folder, verb, 'gre', '-o', 'out');
      assert.deepEqual({ code, out, err }, { code: 2, out: '', err: `labgen: ${join(folder, 'out')} holds the lab "docker0", not "gre", whose files would go; nothing was written\n  Name another folder with -o, or give them up with --force.\n` });
      assert.deepEqual(readTree(join(folder, 'out')), before);
    }));
  }

  it('is given up with --force, and then holds the other one', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'docker0', '-o', 'out');
    const { code, out } = await labgen(folder, 'render', 'gre', '-o', 'out', '--force');
    assert.equal(code, 0);
    assert.match(out, /written, .* removed in out\n/);
    assert.equal(readManifest(join(folder, 'out')).lab, 'gre');
  }));

  for (const [what, path] of [['while it runs', '.labgen/ssh-config'], ['while it comes up', '.vagrant/machines/n1/virtualbox/id']] as const) {
    it(`is kept ${what}, also from --force`, () => inFolder(async (folder) => {
      await labgen(folder, 'render', 'docker0', '-o', 'my out');
      writeInto(folder, `my out/${path}`, '');
      const before = readTree(join(folder, 'my out'));
      for (const more of [[], ['--force']]) {
        const { code, err } = await labgen(folder, 'render', 'gre', '-o', 'my out', ...more);
        assert.equal(code, 2);
        assert.equal(err, `labgen: ${join(folder, 'my out')} holds the lab "docker0", not "gre", and its nodes were brought up there; nothing was written\n  Take them away first: labgen down -o 'my out'\n  Or name another folder with -o.\n`);
      }
      assert.deepEqual(readTree(join(folder, 'my out')), before);
    }));
  }

  it('is told by --dry-run, which writes nothing in any case', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'docker0', '-o', 'out');
    const { code, out, err } = await labgen(folder, 'render', 'gre', '-o', 'out', '--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^remove /m);
    assert.match(err, /holds the lab "docker0": without --force a render refuses\n$/);
  }));

  it('is not another one for its stage, its settings, its nodes, or the name of its file, though it runs', () => inFolder(async (folder) => {
    writeInto(folder, 'a.yaml', lab('mine'));
    writeInto(folder, 'b.yaml', lab('mine', 'n2'));
    await labgen(folder, 'render', 'a.yaml', '-o', 'out');
    writeInto(folder, 'out/.labgen/ssh-config', '');
    for (const args of [['a.yaml', '--stage', 'one'], ['a.yaml', '--set', 'nodes.n1.memory=1536'], ['b.yaml'], ['a.yaml']]) {
      const { code, err } = await labgen(folder, 'render', ...args, '-o', 'out');
      assert.deepEqual([code, err], [0, ''], args.join(' '));
    }
    assert.equal((await labgen(join(folder, 'out'), 'render', '--stage', 'one')).code, 0);
  }));

  it('is known again where its manifest did not say so yet', () => inFolder(async (folder) => {
    writeInto(folder, 'a.yaml', lab('mine'));
    await labgen(folder, 'render', 'a.yaml', '-o', 'out');
    const manifest = readTree(join(folder, 'out'))['.labgen/manifest.json'] ?? '';
    writeInto(folder, 'out/.labgen/manifest.json', manifest.replace('  "lab": "mine",\n', ''));
    assert.equal(readManifest(join(folder, 'out')).lab, undefined);
    assert.match((await labgen(folder, 'render', 'a.yaml', '-o', 'out')).out, /: 0 written/);
    assert.equal(readManifest(join(folder, 'out')).lab, 'mine');
  }));

  it('the way into a folder with blanks can be pasted into a shell', () => inFolder(async (folder) => {
    assert.match((await labgen(folder, 'render', 'gre', '-o', "with blank/it's")).out, /^Next: cd 'with blank\/it'\\''s' && vagrant up;/m);
  }));
});
