/** What is questionable is a warning in every form and changes no exit code; --strict makes it an error in every form. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../generator/model/problem.js';
import { inFolder, labgen } from '../support/context.js';

const LAB = 'lab: x\nnodes: { n1: {}, n2: {} }\nswarm: { managers: [n1, n2] }\n';
const WRONG = 'lab: x\nnodes: { n1: {}, n2: {} }\nswarm: { managers: [n1, n2], workers: [n3] }\n';

describe('warnings', () => {
  const withLab = (run: (folder: string) => Promise<void>, lab = LAB): Promise<void> => inFolder((folder) => {
    writeFileSync(join(folder, 'lab.yaml'), lab);
    return run(folder);
  });
  const severities = (json: string): readonly string[] => (JSON.parse(json) as Problem[]).map((each) => each.severity);

  it('validate: told as such in text, JSON and for GitHub, and 0', () => withLab(async (folder) => {
    const text = await labgen(folder, 'validate', 'lab.yaml');
    assert.equal(text.code, 0);
    assert.match(text.out, /^lab\.yaml:3:20: warning LG130: [^]+\n\n"labgen help LG130" explains the code\.\nlab\.yaml: valid \(1 warning\), 2 nodes\n$/);
    const json = await labgen(folder, 'validate', 'lab.yaml', '--format', 'json');
    assert.deepEqual([json.code, severities(json.out)], [0, ['warning']]);
    const github = await labgen(folder, 'validate', 'lab.yaml', '--format', 'github');
    assert.equal(github.code, 0);
    assert.match(github.out, /^::warning file=lab\.yaml,line=3,col=20,title=LG130::/);
  }));

  it('validate --strict: an error in text, JSON and for GitHub, and 2', () => withLab(async (folder) => {
    const text = await labgen(folder, 'validate', 'lab.yaml', '--strict');
    assert.equal(text.code, 2);
    assert.match(text.out, /^lab\.yaml:3:20: error LG130: [^]+\nlab\.yaml: 1 error\n$/);
    assert.deepEqual(severities((await labgen(folder, 'validate', 'lab.yaml', '--strict', '--format', 'json')).out), ['error']);
    assert.match((await labgen(folder, 'validate', 'lab.yaml', '--strict', '--format', 'github')).out, /^::error file=/);
  }));

  it('beside an error they are counted apart', () => withLab(async (folder) => {
    const { code, out } = await labgen(folder, 'validate', 'lab.yaml');
    assert.equal(code, 2);
    assert.match(out, /\nlab\.yaml: 1 error, 1 warning\n$/);
  }, WRONG));

  it('render, diff: told, and done; with --strict 2, and nothing is written', () => withLab(async (folder) => {
    const strict = await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--strict');
    assert.equal(strict.code, 2);
    assert.match(strict.err, /^lab\.yaml:3:20: error LG130: [^]+\nlabgen: lab\.yaml has an error; nothing was written\n/);
    assert.deepEqual(readdirSync(folder), ['lab.yaml']);
    const plain = await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--format', 'json');
    assert.equal(plain.code, 0);
    assert.match(plain.err, /^lab\.yaml:3:20: warning LG130/);
    assert.equal((JSON.parse(plain.out) as { lab: string }).lab, 'x');
    assert.equal((await labgen(folder, 'diff', 'lab.yaml', '-o', 'out')).code, 0);
    assert.equal((await labgen(folder, 'diff', 'lab.yaml', '-o', 'out', '--strict')).code, 2);
    assert.equal((await labgen(folder, 'up', 'lab.yaml', '-o', 'out', '--strict')).code, 2);
  }));

  it('what only one provider refuses is told where that one is named', () => withLab(async (folder) => {
    assert.match((await labgen(folder, 'validate', 'lab.yaml', '--strict')).out, /^lab\.yaml: valid, 1 node\n$/);
    assert.match((await labgen(folder, 'validate', 'lab.yaml', '--provider', 'libvirt')).out, /^lab\.yaml: valid, 1 node\n$/);
    const { code, out } = await labgen(folder, 'validate', 'lab.yaml', '--provider', 'virtualbox');
    assert.equal(code, 0);
    assert.match(out, /^lab\.yaml:2:28: warning LG036: VirtualBox refuses 10\.1\.0\.0\/24/);
    assert.equal((await labgen(folder, 'validate', 'lab.yaml', '--provider', 'virtualbox', '--strict')).code, 2);
  }, 'lab: x\nnetworks: { lan: { subnet: 10.1.0.0/24 } }\nnodes: { n1: {} }\n'));
});
