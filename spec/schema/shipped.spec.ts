import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { editorSchema } from '../../generator/schema/editor.js';
import { root } from '../support/context.js';

describe('labs/lab.schema.json', () => {
  it('is what "labgen schema" prints, so that editors check what labgen checks', () => {
    assert.deepEqual(JSON.parse(readFileSync(join(root, 'labs/lab.schema.json'), 'utf8')), JSON.parse(JSON.stringify(editorSchema(assembleSchema(features, true)))));
  });
});
