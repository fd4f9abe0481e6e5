/** What lies beside a lab file: read within its folder, and never a byte of anything else. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_FILES, readAssets } from '../../generator/cli/read-assets.js';
import { inFolder, labgen } from '../support/context.js';
import { readTree, writeInto } from '../support/trees.js';

const LAB = 'lab: t\nnodes: { host: {} }\nimages:\n  web: { build: ./web }\n  old: { tar: old.tar }\ncontainers: { c1: { image: web } }\nstages: [{ name: one }, { name: two, images: { old: null } }]\n';

function prepare(folder: string): void {
  writeInto(folder, 'lab.yaml', LAB);
  writeInto(folder, 'web/Dockerfile', 'FROM toolbox\n');
  writeInto(folder, 'web/bin/run', '#!/bin/sh\n', 0o755);
  writeInto(folder, 'old.tar', new Uint8Array([0, 255]));
}

const problem = (folder: string, path: string, kind: 'folder' | 'file' = 'folder'): string => {
  const [asset] = readAssets([{ path, kind, kept: 'images/x' }], folder);
  return asset && 'problem' in asset ? asset.problem : 'none';
};

describe('files beside a lab', () => {
  it('go into the output with their modes, and the output stands alone: also at another stage', () => inFolder(async (folder) => {
    prepare(folder);
    assert.equal((await labgen(folder, 'render', './lab.yaml', '-o', 'out')).code, 0);
    const out = join(folder, 'out');
    assert.deepEqual(Object.keys(readTree(out)).filter((path) => path.startsWith('images/')), ['images/old/old.tar', 'images/web/Dockerfile', 'images/web/bin/run']);
    assert.deepEqual([...readFileSync(join(out, 'images/old/old.tar'))], [0, 255]);
    const before = readTree(out);
    const again = await labgen(out, 'render', '--stage', 'two');
    assert.equal(again.code, 0, again.err);
    assert.equal((await labgen(out, 'render', '--stage', 'one')).code, 0);
    assert.equal((await labgen(out, 'render', '--stage', 'two')).code, 0);
    assert.deepEqual(readTree(out), before);
  }));

  it('that change are seen by diff, binary ones without their bytes', () => inFolder(async (folder) => {
    prepare(folder);
    await labgen(folder, 'render', './lab.yaml', '-o', 'out');
    writeInto(folder, 'old.tar', new Uint8Array([0, 1]));
    writeInto(folder, 'web/Dockerfile', 'FROM toolbox\nRUN true\n');
    const { code, out } = await labgen(folder, 'diff', './lab.yaml', '-o', 'out');
    assert.equal(code, 1);
    assert.match(out, /Binary files a\/images\/old\/old\.tar and b\/images\/old\/old\.tar differ/);
    assert.match(out, /\+RUN true/);
  }));

  it('are refused where they lead out, are no plain files, or are too many', () => inFolder((folder) => {
    prepare(folder);
    const home = join(folder, 'home');
    mkdirSync(join(home, 'many'), { recursive: true });
    symlinkSync('../web', join(home, 'out'));
    symlinkSync('/', join(home, 'root'));
    mkdirSync(join(home, 'linked'));
    symlinkSync('/etc/passwd', join(home, 'linked/passwd'));
    mkdirSync(join(home, 'cases'));
    writeFileSync(join(home, 'cases/a'), '');
    writeFileSync(join(home, 'cases/A'), '');
    writeInto(home, 'names/a\nb', '');
    for (let index = 0; index <= MAX_FILES; index++) writeFileSync(join(home, 'many', `f${index}`), '');
    assert.equal(problem(home, 'out'), 'it leads out of the folder of the lab file');
    assert.equal(problem(home, 'root'), 'it leads out of the folder of the lab file');
    assert.equal(problem(home, '../web'), 'it leads out of the folder of the lab file');
    assert.equal(problem(home, 'linked'), 'passwd is not a plain file');
    assert.equal(problem(home, 'cases'), 'a and another file differ in case only');
    assert.match(problem(home, 'names'), /^the name "a\\nb" has characters/);
    assert.match(problem(home, 'many'), /^it holds more than 200 files/);
    assert.equal(problem(home, 'nowhere'), 'there is no nowhere beside the lab file');
    assert.equal(problem(home, 'many', 'file'), 'it is not a file');
    assert.equal(problem(home, 'many/f1'), 'it is not a folder');
  }));
});
