import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFrom } from '../../generator/cli/schema-place.js';
import { inFolder } from '../support/context.js';

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
});
