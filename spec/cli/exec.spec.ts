/** `labgen exec NODE COMMAND…`: the words arrive as they are. ssh is a fake that writes down what it is to run. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labgenIn, type Ran } from '../support/context.js';
import { Fakes } from '../support/fakes.js';

describe('labgen exec', function () {
  this.timeout(120_000);
  let fakes: Fakes;
  const run = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, fakes.folder, ...args);
  const ran = (): readonly string[] => [...fakes.log().matchAll(/^ssh runs (.*)$/gm)].map(([, words = '']) => words);
  beforeEach(async () => {
    fakes = new Fakes();
    fakes.prepareLab();
    writeFileSync(join(fakes.folder, 'bin/ssh'), '#!/bin/sh\nfor last; do :; done\necho "ssh runs $last" >>"$LABGEN_FAKE/log"\nexit 7\n', { mode: 0o755 });
    const { code, out, err } = await run('up', './lab.yaml', '-o', 'lab', '--no-verify');
    assert.equal(code, 0, out + err);
  });
  afterEach(() => fakes.end());

  it('runs words as they are, and ends with their exit code; "--" may stand before them', async () => {
    assert.equal((await run('exec', '-o', 'lab', 'n1', 'ip', '-d', 'link', 'show', 'a b')).code, 7);
    assert.equal((await run('exec', '-o', 'lab', 'n1', '--', 'ip', '-d', '--', 'x')).code, 7);
    assert.deepEqual(ran(), ["ip -d link show 'a b'", 'ip -d -- x']);
  });

  it('says where there is nothing to run, or no such node', async () => {
    const { code, err } = await run('exec', '-o', 'lab', 'n1', '--');
    assert.deepEqual([code, err], [2, 'labgen: there is no command to run\n  labgen exec n1 ip route\n']);
    assert.match((await run('exec', '-o', 'lab', 'n2', 'true')).err, /^labgen: there is no running node "n2"\n {2}Did you mean "n1"/);
    assert.deepEqual(ran(), []);
  });
});
