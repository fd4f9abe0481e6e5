/** Rendering again: nothing is thought where nothing changed, and every change is noticed as if nothing had been remembered. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST, sha256 } from '../../generator/write/manifest.js';
import { SEAL, writeSeal } from '../../generator/write/seal.js';
import { inFolder, labgen, labgenOfBuild, type Ran } from '../support/context.js';
import { filesBelow, readTree, writeInto } from '../support/trees.js';

const LAB = 'lab: two\nnodes: { n1: {}, n2: {} }\nvars: { m: 1400 }\nstages: [{ name: one, nodes: { n1: { memory: 2048 } } }, { name: two }]\n';
const WARNED = 'lab: warned\nswarm: { managers: [n1, n2] }\nnodes: { n1: {}, n2: {} }\n';

/** Has the seal tell another name: a render that trusts it says "remembered", one that thinks says the lab's own name. */
function mark(folder: string): void {
  const { inputs, told } = JSON.parse(readFileSync(join(folder, SEAL), 'utf8')) as { inputs: string; told: object };
  writeSeal(folder, readFileSync(join(folder, MANIFEST), 'utf8'), { inputs, told: { ...told, lab: 'remembered' } });
}

/** Renders lab.yaml into `out`, marks the seal, changes something, and renders again. */
const again = (change: (folder: string) => void, args: readonly string[] = [], build = 'a'): Promise<Ran & { readonly folder: Readonly<Record<string, string>> }> => inFolder(async (folder) => {
  writeFileSync(join(folder, 'lab.yaml'), LAB);
  const first = await labgen(folder, 'render', 'lab.yaml', '-o', 'out');
  assert.equal(first.code, 0, first.err);
  mark(join(folder, 'out'));
  change(folder);
  const ran = await labgenOfBuild(build, folder, 'render', 'lab.yaml', '-o', 'out', ...args);
  return { ...ran, folder: readTree(join(folder, 'out')) };
});
const untouched = (): void => undefined;

describe('rendering again', () => {
  it('trusts the seal where nothing changed, also with --force and from inside the folder', async () => {
    for (const args of [[], ['--force']]) assert.match((await again(untouched, args)).out, /^remembered \(stage two\): 0 written, \d+ unchanged in out\n$/);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'lab.yaml'), LAB);
      await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--stage', 'one', '--set', 'vars.m=1300');
      mark(join(folder, 'out'));
      assert.match((await labgen(join(folder, 'out'), 'render')).out, /^remembered \(stage one\): 0 written/);
    });
  });

  it('says the same with a seal as without one, in text and in JSON', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), WARNED);
    for (const format of ['text', 'json']) {
      await labgen(folder, 'render', 'lab.yaml', '-o', 'out');
      const sealed = await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--format', format);
      assert.match(sealed.err, /^lab\.yaml:2:20: warning LG130/);
      rmSync(join(folder, 'out', SEAL));
      assert.deepEqual(sealed, await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--format', format));
    }
  }));

  it('names the file in a warning as it is called now', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), WARNED);
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out');
    assert.match((await labgen(join(folder, 'out'), 'render', '../lab.yaml')).err, /^\.\.\/lab\.yaml:2:20: warning/);
  }));

  it('with --strict does not take a sealed warning for done', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), WARNED);
    assert.equal((await labgen(folder, 'render', 'lab.yaml', '-o', 'out')).code, 0);
    const { code, err } = await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--strict');
    assert.equal(code, 2);
    assert.match(err, /^lab\.yaml:2:20: error LG130/);
  }));

  it('writes nothing at all: no file has a new time', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre');
    for (const path of filesBelow(folder)) utimesSync(join(folder, path), 1000, 1000);
    await labgen(folder, 'render', 'gre');
    for (const path of filesBelow(folder)) assert.equal(statSync(join(folder, path)).mtimeMs, 1_000_000, path);
  }));

  const CHANGES: readonly { what: string; change?: (folder: string) => void; args?: readonly string[]; build?: string }[] = [
    { what: 'the lab', change: (folder) => writeFileSync(join(folder, 'lab.yaml'), LAB.replace('n2', 'n3')) },
    { what: 'one blank of the lab', change: (folder) => writeFileSync(join(folder, 'lab.yaml'), `${LAB}\n`) },
    { what: 'the stage', args: ['--stage', 'one'] },
    { what: '--set', args: ['--set', 'nodes.n1.memory=2048'] },
    { what: 'labgen itself', build: 'b' },
  ];
  for (const { what, change = untouched, args = [], build = 'a' } of CHANGES) {
    it(`thinks again where ${what} changed, and writes what a fresh render writes`, async () => {
      const ran = await again(change, args, build);
      assert.match(ran.out, /^two \(stage (one|two)\): /);
      await inFolder(async (fresh) => {
        writeFileSync(join(fresh, 'lab.yaml'), LAB);
        change(fresh);
        assert.equal((await labgen(fresh, 'render', 'lab.yaml', '-o', 'out', ...args)).code, 0);
        const { [SEAL]: _mine, ...mine } = ran.folder;
        const { [SEAL]: _other, ...other } = readTree(join(fresh, 'out'));
        assert.deepEqual(mine, other);
      });
    });
  }

  it('thinks again where the lab is called by another name, which the files repeat', () => inFolder(async (folder) => {
    for (const name of ['lab.yaml', 'other.yaml']) writeFileSync(join(folder, name), LAB);
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out');
    mark(join(folder, 'out'));
    assert.match((await labgen(folder, 'render', 'other.yaml', '-o', 'out')).out, /^two \(stage two\): [1-9]\d* written/);
    assert.match(readFileSync(join(folder, 'out/site.yml'), 'utf8'), /labgen render other\.yaml/);
  }));

  it('refuses where a file was edited, and loses nothing', async () => {
    const ran = await again((folder) => writeInto(folder, 'out/site.yml', 'mine\n'));
    assert.equal(ran.code, 1);
    assert.match(ran.err, /nothing was written: a file would be lost\n {2}site\.yml {2}\(edited since labgen wrote it\)/);
    assert.equal(ran.folder['site.yml'], 'mine\n');
    const forced = await again((folder) => writeInto(folder, 'out/site.yml', 'mine\n'), ['--force']);
    assert.match(forced.out, /^two \(stage two\): 1 written/);
    assert.doesNotMatch(forced.folder['site.yml'] ?? '', /mine/);
  });

  it('writes again what was deleted, and mends a mode', async () => {
    const deleted = await again((folder) => rmSync(join(folder, 'out/nodes/n2'), { recursive: true }));
    assert.match(deleted.out, /^two \(stage two\): 7 written/);
    assert.ok(deleted.folder['nodes/n2/labgen-network.sh']);
    const mode = await again((folder) => chmodSync(join(folder, 'out/nodes/n1/labgen-network.sh'), 0o644));
    assert.match(mode.out, /^two \(stage two\): 1 written/);
  });

  it('puts right a file that was altered along with the manifest', async () => {
    const ran = await again((folder) => {
      const [site, manifest] = [join(folder, 'out/site.yml'), join(folder, 'out', MANIFEST)];
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(sha256(readFileSync(site)), sha256('evil\n')));
      writeFileSync(site, 'evil\n');
    });
    assert.match(ran.out, /^two \(stage two\): 1 written/);
    assert.doesNotMatch(ran.folder['site.yml'] ?? '', /evil/);
  });

  it('removes orphans where a node is gone', async () => {
    const ran = await again((folder) => writeFileSync(join(folder, 'lab.yaml'), LAB.replace(', n2: {}', '')));
    assert.match(ran.out, /7 removed/);
    assert.equal(ran.folder['nodes/n2/labgen-network.sh'], undefined);
  });

  it('has diff and --dry-run think for themselves', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre');
    mark(folder);
    assert.deepEqual((JSON.parse((await labgen(folder, 'render', 'gre', '--dry-run', '--format', 'json')).out) as { lab: string }).lab, 'gre');
    assert.equal((await labgen(folder, 'diff', 'gre')).code, 0);
  }));

  it('does not remember what has errors', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), 'lab: x\nnodes: { n1: { dokcer: {} } }\n');
    for (const _time of [1, 2]) assert.equal((await labgen(folder, 'render', 'lab.yaml', '-o', 'out')).code, 2);
  }));

  it('seals nothing where labgen does not know its build', () => inFolder(async (folder) => {
    assert.equal((await labgenOfBuild(undefined, folder, 'render', 'gre')).code, 0);
    assert.equal(filesBelow(folder).includes(SEAL), false);
    await labgen(folder, 'render', 'gre');
    mark(folder);
    assert.match((await labgenOfBuild(undefined, folder, 'render', 'gre')).out, /^gre /);
  }));
});
