import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFile } from '../../generator/write/files.js';
import { inFolder } from '../support/context.js';

describe('write/files: createFile', () => {
  it('makes a file with its mode, and leaves nothing beside it', () => inFolder((folder) => {
    createFile(join(folder, 'a'), 'text', 0o755);
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'text');
    assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(folder), ['a']);
  }));

  const IN_THE_WAY: Readonly<Record<string, (path: string) => void>> = {
    'a file': (path) => writeFileSync(path, 'mine'),
    'a folder': (path) => mkdirSync(path),
    'a link to a file': (path) => { writeFileSync(`${path}-target`, 'mine'); symlinkSync(`${path}-target`, path); },
    'a link to nowhere': (path) => symlinkSync(`${path}-nowhere`, path),
  };
  for (const [what, make] of Object.entries(IN_THE_WAY)) {
    it(`never over ${what}`, () => inFolder((folder) => {
      make(join(folder, 'a'));
      const before = readdirSync(folder);
      assert.throws(() => createFile(join(folder, 'a'), 'text'), { code: 'EEXIST' });
      assert.deepEqual(readdirSync(folder), before);
      for (const name of ['a', 'a-target']) if (before.includes(name) && what.includes('file')) assert.equal(readFileSync(join(folder, name), 'utf8'), 'mine');
    }));
  }
});
