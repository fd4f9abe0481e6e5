import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../generator/model/failure.js';
import type { PlannedFile } from '../../generator/model/plan.js';
import { applyPlan } from '../../generator/write/apply.js';
import { diffPlan } from '../../generator/write/diff.js';
import { formatManifest, MANIFEST, parseManifest, readManifest, sha256 } from '../../generator/write/manifest.js';
import { survey } from '../../generator/write/survey.js';
import { inFolder } from '../support/context.js';
import { filesBelow, readTree, writeInto } from '../support/trees.js';

const file = (path: string, content = `${path}\n`, mode = 0o644): PlannedFile => ({ path, content, mode });
const PLAN = [file('a.txt'), file('bin/run.sh', '#!/bin/sh\n', 0o755), file('deep/er/c.txt')];
const standings = (folder: string, plan: readonly PlannedFile[]): readonly string[] => survey(folder, plan).files.map((each) => each.standing);
const refused = (folder: string, plan: readonly PlannedFile[], force = false): Failure => {
  try {
    applyPlan(folder, plan, force);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  return assert.fail('it was written');
};

describe('applying a plan', () => {
  it('writes everything into an empty folder, with modes whatever the umask says', () => inFolder((folder) => {
    const old = process.umask(0o077);
    try {
      assert.deepEqual(applyPlan(folder, PLAN), { written: ['a.txt', 'bin/run.sh', 'deep/er/c.txt'], removed: [], unchanged: 0, kept: [] });
    } finally {
      process.umask(old);
    }
    assert.deepEqual(filesBelow(folder), [MANIFEST, 'a.txt', 'bin/run.sh', 'deep/er/c.txt']);
    assert.equal(statSync(join(folder, 'bin/run.sh')).mode & 0o777, 0o755);
    assert.equal(statSync(join(folder, 'a.txt')).mode & 0o777, 0o644);
    assert.equal(statSync(join(folder, MANIFEST)).mode & 0o777, 0o644);
  }));

  it('rewrites nothing where nothing changed: no file and no folder has a new time', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    const all = [...filesBelow(folder), '.', '.labgen', 'bin', 'deep', 'deep/er'];
    for (const path of all) utimesSync(join(folder, path), 1000, 1000);
    assert.equal(applyPlan(folder, PLAN).unchanged, 3);
    for (const path of all) assert.equal(statSync(join(folder, path)).mtimeMs, 1_000_000, path);
  }));

  it('replaces what is ours, and only what changed', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    for (const path of filesBelow(folder)) utimesSync(join(folder, path), 1000, 1000);
    assert.deepEqual(applyPlan(folder, [file('a.txt', 'new\n'), ...PLAN.slice(1)]).written, ['a.txt']);
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'new\n');
    assert.equal(statSync(join(folder, 'deep/er/c.txt')).mtimeMs, 1_000_000);
  }));

  it('mends a mode', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    chmodSync(join(folder, 'bin/run.sh'), 0o644);
    assert.deepEqual(applyPlan(folder, PLAN).written, ['bin/run.sh']);
    assert.equal(statSync(join(folder, 'bin/run.sh')).mode & 0o777, 0o755);
  }));

  it('makes again what was deleted', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    rmSync(join(folder, 'deep'), { recursive: true });
    assert.deepEqual(applyPlan(folder, PLAN).written, ['deep/er/c.txt']);
  }));

  it('refuses as a whole where a foreign or edited file would be lost; nothing new lies there', () => inFolder((folder) => {
    writeInto(folder, 'a.txt', 'mine\n');
    writeInto(folder, 'bin/run.sh', 'mine too\n');
    const before = readTree(folder);
    const failure = refused(folder, PLAN);
    assert.equal(failure.exitCode, 1);
    assert.equal(failure.message, 'nothing was written: 2 files would be lost\n  a.txt  (labgen did not write it)\n  bin/run.sh  (labgen did not write it)');
    assert.match(failure.hint ?? '', /--force/);
    assert.deepEqual(readTree(folder), before);
    assert.equal(existsSync(join(folder, '.labgen')), false);
    applyPlan(folder, PLAN, true);
    writeInto(folder, 'a.txt', 'edited\n');
    assert.deepEqual(standings(folder, [file('a.txt', 'newer\n')]), ['edited']);
    assert.match(refused(folder, [file('a.txt', 'newer\n')]).message, /a\.txt {2}\(edited since labgen wrote it\)/);
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'edited\n');
  }));

  it('takes over a foreign file that is what would be written anyway', () => inFolder((folder) => {
    writeInto(folder, 'a.txt', 'a.txt\n');
    assert.equal(applyPlan(folder, PLAN).unchanged, 1);
    assert.ok(readManifest(folder).entries.has('a.txt'));
  }));

  it('overwrites with force, but never through a symbolic link or over a folder', () => inFolder((folder) => inFolder((outside) => {
    writeInto(folder, 'a.txt', 'mine\n');
    assert.deepEqual(applyPlan(folder, PLAN, true).written, ['a.txt', 'bin/run.sh', 'deep/er/c.txt']);
    writeInto(outside, 'target', 'precious\n');
    for (const [path, make] of [
      ['a.txt', () => symlinkSync(join(outside, 'target'), join(folder, 'a.txt'))],
      ['a.txt', () => symlinkSync('/nowhere/at/all', join(folder, 'a.txt'))],
      ['a.txt', () => mkdirSync(join(folder, 'a.txt'))],
      ['bin', () => symlinkSync(outside, join(folder, 'bin'))],
      ['deep/er', () => symlinkSync(outside, join(folder, 'deep/er'))],
      ['deep', () => writeFileSync(join(folder, 'deep'), 'a file')],
    ] as const) {
      rmSync(join(folder, path), { recursive: true });
      make();
      const failure = refused(folder, PLAN.map((each) => ({ ...each, content: 'new\n' })), true);
      assert.match(failure.message, /not a plain file in a plain folder/, path);
      assert.doesNotMatch(failure.hint ?? '', /--force/);
      rmSync(join(folder, path), { recursive: true, force: true });
      applyPlan(folder, PLAN, true);
    }
    assert.deepEqual(readTree(outside), { target: 'precious\n' });
  })));

  it('removes its own orphans and the folders they leave empty, and nothing of others', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    writeInto(folder, 'bin/mine.sh', 'mine\n');
    assert.deepEqual(applyPlan(folder, [file('a.txt')]).removed, ['bin/run.sh', 'deep/er/c.txt']);
    assert.deepEqual(filesBelow(folder), [MANIFEST, 'a.txt', 'bin/mine.sh']);
    assert.equal(existsSync(join(folder, 'deep')), false);
  }));

  it('keeps an orphan that was edited, and says so', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    writeInto(folder, 'deep/er/c.txt', 'edited\n');
    const done = applyPlan(folder, [file('a.txt')]);
    assert.deepEqual([done.removed, done.kept], [['bin/run.sh'], ['deep/er/c.txt']]);
    assert.equal(readFileSync(join(folder, 'deep/er/c.txt'), 'utf8'), 'edited\n');
  }));

  it('knows its own files again after a render that died half-way', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    const next = [file('a.txt', 'second\n'), file('bin/run.sh', '#!/bin/sh\n# second\n', 0o755), file('new.txt')];
    // As it lies there after the first of three writes: the pending manifest, one file new, one old, one not there.
    writeInto(folder, MANIFEST, formatManifest([...next.map((each) => ({ path: each.path, mode: each.mode, sha256: sha256(each.content), previous: sha256(PLAN.find((old) => old.path === each.path)?.content ?? '') })), { path: 'deep/er/c.txt', mode: 0o644, sha256: sha256('deep/er/c.txt\n') }], { writing: '0123abcd' }));
    writeInto(folder, 'a.txt', 'second\n');
    writeInto(folder, 'bin/run.sh.labgen-0123abcd', 'half');
    writeInto(folder, 'a.txt.labgen-4567ef01', 'whoever put this here');
    assert.deepEqual(standings(folder, next), ['same', 'changed', 'new']);
    assert.deepEqual(applyPlan(folder, next).removed, ['deep/er/c.txt']);
    assert.equal(readManifest(folder).entries.get('bin/run.sh')?.previous, undefined);
    assert.deepEqual(standings(folder, next), ['same', 'same', 'same']);
    assert.deepEqual(filesBelow(folder).filter((path) => path.includes('.labgen-')), ['a.txt.labgen-4567ef01']);
    // And going back instead of on works as well.
    assert.deepEqual(applyPlan(folder, PLAN).written.length, 3);
  }));

  it('leaves no temporary file where a write fails', () => inFolder((folder) => {
    applyPlan(folder, [file('a.txt')]);
    assert.throws(() => applyPlan(folder, [file('a.txt', 'new\n'), file(`${'x'.repeat(300)}/b`)]));
    assert.deepEqual(filesBelow(folder).filter((path) => path.includes('labgen-')), []);
  }));
});

describe('the manifest', () => {
  it('is not trusted: paths that lead out are no entries', () => inFolder((folder) => inFolder((outside) => {
    writeInto(outside, 'victim', 'precious\n');
    const hash = sha256('precious\n');
    const paths = [join(outside, 'victim'), `../${outside.split('/').at(-1)}/victim`, 'x/../../victim', './a.txt', 'a//b', '', '.', '..', 'a\\..\\b', 'nul\u0000', 7, null, ['a']];
    const text = JSON.stringify({ format: 1, files: [...paths.map((path) => ({ path, mode: '644', sha256: hash })), null, 'x', { path: 'no-hash' }] });
    assert.deepEqual([...parseManifest(text).entries.keys()], []);
    writeInto(folder, MANIFEST, text);
    applyPlan(folder, [file('a.txt')]);
    assert.deepEqual(readTree(outside), { victim: 'precious\n' });
  })));

  it('cannot have an orphan removed behind a symbolic link', () => inFolder((folder) => inFolder((outside) => {
    writeInto(outside, 'victim', 'precious\n');
    symlinkSync(outside, join(folder, 'link'));
    symlinkSync(join(outside, 'victim'), join(folder, 'direct'));
    writeInto(folder, MANIFEST, JSON.stringify({ files: ['link/victim', 'direct'].map((path) => ({ path, mode: '644', sha256: sha256('precious\n') })) }));
    assert.deepEqual(applyPlan(folder, [file('a.txt')]).removed, []);
    assert.deepEqual(readTree(outside), { victim: 'precious\n' });
    assert.ok(lstatSync(join(folder, 'direct')).isSymbolicLink());
  })));

  it('is written through no symbolic link', () => inFolder((folder) => inFolder((outside) => {
    symlinkSync(outside, join(folder, '.labgen'));
    assert.match(refused(folder, [file('a.txt'), file('.labgen/lab.yaml')], true).message, /not a plain file/);
    assert.deepEqual(filesBelow(outside), []);
  })));

  it('reads as empty where it is broken', () => {
    for (const text of ['', '{', 'null', '7', '{}', '{"files":7}', '[]']) assert.equal(parseManifest(text).entries.size, 0, text);
  });

  it('has sorted paths and octal modes, so that it can be committed', () => {
    const text = formatManifest([{ path: 'b', mode: 0o755, sha256: 'x' }, { path: 'a', mode: 0o644, sha256: 'y' }]);
    assert.deepEqual(JSON.parse(text), { format: 1, files: [{ path: 'a', mode: '644', sha256: 'y' }, { path: 'b', mode: '755', sha256: 'x' }] });
    assert.deepEqual(parseManifest(text).entries.get('b')?.mode, 0o755);
  });
});

describe('diff', () => {
  it('shows what a render would do, as a patch that patch(1) could take', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    const differences = diffPlan(folder, [file('a.txt', 'other\n'), file('n.txt'), PLAN[1] ?? file('x')]);
    assert.deepEqual(differences.map((each) => `${each.kind} ${each.path}`), ['changed a.txt', 'new n.txt', 'removed deep/er/c.txt']);
    assert.match(differences[0]?.patch ?? '', /^--- a\/a\.txt.*\n\+\+\+ b\/a\.txt.*\n@@ -1,1 \+1,1 @@\n-a\.txt\n\+other\n$/m);
    assert.match(differences[1]?.patch ?? '', /^--- \/dev\/null/m);
    assert.deepEqual(diffPlan(folder, PLAN), []);
  }));
});
