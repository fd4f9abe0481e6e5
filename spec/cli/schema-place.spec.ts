import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bringSchema, schemaFrom } from '../../generator/cli/schema-place.js';
import { inFolder, labgenIn, root, type Ran } from '../support/context.js';
import { filesBelow } from '../support/trees.js';

const inNew = (folder: string, installed: string, name: string): Promise<Ran> => {
  mkdirSync(folder, { recursive: true });
  return labgenIn({ root: installed }, folder, 'new', name);
};

describe('cli/schema-place', () => {
  const CASES: readonly (readonly [what: string, folder: string, root: string, expected: string])[] = [
    ['a checkout of labgen', '/src/labgen/my/labs', '/src/labgen', '../../labs/lab.schema.json'],
    ['the checkout itself', '/src/labgen', '/src/labgen', 'labs/lab.schema.json'],
    ['a project that has labgen in node_modules', '/project', '/project/node_modules/labgen', 'node_modules/labgen/labs/lab.schema.json'],
    ['a folder of such a project', '/project/labs', '/project/node_modules/labgen', '../node_modules/labgen/labs/lab.schema.json'],
    ['a folder that labgen was cloned into', '/course', '/course/tools/labgen', 'tools/labgen/labs/lab.schema.json'],
    ['anywhere else: the path is absolute', '/home/me', '/usr/lib/node_modules/labgen', '/usr/lib/node_modules/labgen/labs/lab.schema.json'],
    ['a neighbour of a like name', '/src/labgen-mine', '/src/labgen', '/src/labgen/labs/lab.schema.json'],
    ['blanks in the path, which would end it', '/home/me', '/opt/my tools/labgen', 'file:///opt/my%20tools/labgen/labs/lab.schema.json'],
    ['blanks on the way', '/my course', '/my course/lab#gen', 'file:///my%20course/lab%23gen/labs/lab.schema.json'],
  ];
  for (const [what, folder, root, expected] of CASES) it(what, () => assert.equal(schemaFrom(folder, root), expected));

  it('takes a schema that lies beside the lab', () => inFolder((folder) => {
    writeFileSync(join(folder, 'lab.schema.json'), '{}');
    assert.equal(schemaFrom(folder, '/usr/lib/node_modules/labgen'), 'lab.schema.json');
  }));

  it('of a labgen that is there for one use: beside the lab', () => inFolder((folder) => {
    for (const passing of ['/home/me/.npm/_npx/cab99b5001655d9e', '/home/me/.cache/pnpm/dlx/h4x', '/tmp/xfs-1/dlx-77', '/tmp/bunx-0-labgen', 'C:\\Users\\me\\_npx\\1']) assert.equal(schemaFrom(folder, `${passing}/node_modules/labgen`), 'lab.schema.json', passing);
    assert.equal(bringSchema(folder, '/usr/lib/node_modules/labgen'), undefined);
    assert.deepEqual(filesBelow(folder), []);
  }));

  it('is brought there by "labgen new", and nothing that lies there is lost', () => inFolder(async (folder) => {
    const passing = join(folder, '_npx/1/node_modules/labgen');
    for (const each of ['labs', 'templates', 'docs']) cpSync(join(root, each), join(passing, each), { recursive: true });
    const here = join(folder, 'here');
    const { code, out } = await inNew(here, passing, 'mine');
    assert.equal(code, 0);
    assert.match(out, /^lab\.schema\.json written, for your editor: .*\nmine\.yaml written\n/);
    assert.match(readFileSync(join(here, 'mine.yaml'), 'utf8'), /^# yaml-language-server: \$schema=lab\.schema\.json\n/);
    assert.deepEqual(readFileSync(join(here, 'lab.schema.json')), readFileSync(join(root, 'labs/lab.schema.json')));
    writeFileSync(join(here, 'lab.schema.json'), 'mine');
    assert.doesNotMatch((await inNew(here, passing, 'other')).out, /schema/);
    assert.equal(readFileSync(join(here, 'lab.schema.json'), 'utf8'), 'mine');
    symlinkSync('/nowhere', join(folder, 'lab.schema.json'));
    assert.equal((await labgenIn({ root: passing }, folder, 'new', 'third')).code, 0);
  }));
});
