import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { GOLDEN, GOLDEN_LABS, renderedTree, treeDifferences } from '../support/golden.js';

describe('golden trees (npm run golden -- --update keeps new ones)', () => {
  for (const { folder, lab, stage } of GOLDEN_LABS) {
    it(folder, () => {
      const differences = treeDifferences(folder, renderedTree(lab, stage));
      if (differences.length > 0) assert.fail(differences.join('\n'));
    });
  }

  it('are all of a lab that is still rendered', () => {
    assert.deepEqual(readdirSync(GOLDEN).sort(), GOLDEN_LABS.map((each) => each.folder).sort());
  });
});
