/** Who reaches whom, as handouts show it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedMatrices } from '../../generator/generated/matrices.js';
import { shippedAs } from '../../generator/generated/labs.js';
import { features, validateLab } from '../../generator/plan/pipeline.js';
import { stageMatrices } from '../../generator/plan/stage-matrices.js';
import { inFolder, labgen, root } from '../support/context.js';
import { labText } from '../support/labs.js';

describe('matrices of handouts', () => {
  it('of shipped labs are what they would come to now', () => {
    const found = readdirSync(join(root, 'labs')).filter((file) => file.endsWith('.yaml') && shippedMatrices(file) !== undefined);
    assert.ok(found.length > 12, found.join());
    for (const file of found) assert.deepEqual(shippedMatrices(file), JSON.parse(JSON.stringify(stageMatrices([...validateLab(file, labText(file.slice(0, -5))).labs.values()], features))), file);
  });

  it('are those of the lab as --set changes it', () => inFolder(async (folder) => {
    const readme = (): string => readFileSync(join(folder, 'README.md'), 'utf8');
    assert.equal((await labgen(folder, 'render', 'gre')).code, 0);
    assert.match(readme(), /### Stage open\n\n[^]*\| c1 \| 1476 \| 1476 \| 1476 \| · \| 1476 :80 \|/);
    assert.equal((await labgen(folder, 'render', 'gre', '--set', 'firewall=[{node: net-2, table: raw, hook: prerouting, in: bar, action: drop}]')).code, 0);
    assert.match(readme(), /### Stage open\n\n[^]*\| c1 \| 1476 \| 1476 \| 1476 \| · \| ✗\d \|/);
  }));

  it('a lab that is not shipped has them, and one too large for a table has none', () => {
    assert.equal(shippedAs('lab: mine'), undefined);
    const lab = (count: number) => [...validateLab('x.yaml', `lab: x\nnodes: { host: { count: ${count} } }`).labs.values()];
    assert.equal(stageMatrices(lab(2), features)[0]?.families[0]?.rows.length, 2);
    assert.deepEqual(stageMatrices(lab(17), features), []);
  });
});
