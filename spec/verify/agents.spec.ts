/** Programs that run on machines of a running lab: what pyflakes finds wrong, on paths that no lab comes by as well. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../generator/drivers/run-command.js';
import { root } from '../support/context.js';

describe('agents', () => {
  for (const file of readdirSync(join(root, 'templates/agents'))) {
    it(`${file} has no name that is not there, and none that is not used`, async () => {
      const { code, stdout, stderr } = await runCommand({ argv: ['pyflakes3', join(root, 'templates/agents', file)], cwd: root });
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
    });
  }
});
