/** Exact error texts: spec/errors/<case>.yaml in, <case>.txt out. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODES } from '../../generator/model/codes.js';
import { errorCases, ERRORS, errorText, keptErrorText } from '../support/golden.js';
import { inFolder, labgen, root } from '../support/context.js';

describe('error texts (npm run golden -- --update keeps new ones)', () => {
  for (const name of errorCases()) {
    it(name, () => {
      const text = errorText(name);
      assert.equal(text, keptErrorText(name));
      // Every problem has a place, a code, a message and something to do.
      for (const problem of text.split('\n\n')) assert.match(problem, /^(--set \S+|[\w/-]+\.yaml:\d+:\d+): (error|warning) LG\d{3}: .+\n(.*\n)*? {7}\S/);
    });
  }

  it('exist for every code that is raised anywhere', () => {
    const sources = (readdirSync(join(root, 'generator'), { recursive: true }) as string[]).filter((name) => name.endsWith('.ts') && !name.endsWith('codes.ts') && !name.startsWith('generated'));
    const raised = new Set(sources.flatMap((name) => [...readFileSync(join(root, 'generator', name), 'utf8').matchAll(/'(LG\d{3})'/g)].map((match) => match[1] ?? '')));
    const proven = new Set(errorCases().flatMap((name) => [...(keptErrorText(name) ?? '').matchAll(/ (LG\d{3}): /g)].map((match) => match[1] ?? '')));
    assert.deepEqual([...raised].filter((code) => !proven.has(code)), []);
    assert.deepEqual([...raised].filter((code) => !(code in CODES)), []);
  });

  it('ten different mistakes: ten located errors of ten codes, and nothing is written', async () => {
    const text = keptErrorText('ten-mistakes') ?? '';
    assert.equal(new Set(text.match(/LG\d{3}/g)).size, 10);
    assert.equal(text.match(/^ten-mistakes\.yaml:\d+:\d+: error /gm)?.length, 10);
    await inFolder(async (folder) => {
      const { code, err } = await labgen(folder, 'render', join(ERRORS, 'ten-mistakes.yaml'));
      assert.equal(code, 2);
      assert.equal(err.match(/: error LG/g)?.length, 10);
      assert.deepEqual(readdirSync(folder), []);
    });
  });
});
