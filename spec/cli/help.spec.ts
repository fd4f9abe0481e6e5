/** labgen help CODE, and what codes/ says: each wrong lab has its code and nothing else, each right one is sound. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explanations } from '../../generator/generated/explanations.js';
import { CODES } from '../../generator/model/codes.js';
import { inFolder, labgen, root } from '../support/context.js';
import { errorsPage, keptErrorsPage } from '../support/errors-page.js';
import { problemsIn } from '../support/golden.js';

/** Codes that a lab's text alone does not raise: the command line does, or files beside the lab (here those of spec/errors). */
const NOT_BY_TEXT_ALONE = { LG021: /^# --set /m, LG110: /build: images\//, LG150: /^include:/m, LG151: /^include:/m };

describe('explanations of codes', () => {
  for (const { code, wrong, right } of explanations) {
    it(code, () => {
      const [problem, ...more] = problemsIn('lab.yaml', wrong);
      assert.deepEqual(more, []);
      assert.equal(problem?.code, code);
      const marked = wrong.split('\n').findIndex((line) => line.endsWith(`# <- ${code}`)) + 1;
      // What --set does wrong has no line in the lab.
      if (problem.file === 'lab.yaml') assert.equal(problem.line, marked);
      assert.ok(marked > 0 || code === 'LG021' || problem.file === 'parts/ring-b.yaml');
      assert.deepEqual(problemsIn('lab.yaml', right), []);
    });
  }

  it('say where the text of a lab is not all', () => {
    for (const [code, pattern] of Object.entries(NOT_BY_TEXT_ALONE)) {
      const found = explanations.find((each) => each.code === code);
      assert.match(found?.wrong ?? '', pattern);
      assert.match(found?.text ?? '', /by a lab alone|depends on files/);
    }
  });

  it('are there for every code that is raised, and for no other', () => {
    const sources = (readdirSync(join(root, 'generator'), { recursive: true }) as string[]).filter((name) => name.endsWith('.ts') && !name.endsWith('codes.ts') && !name.startsWith('generated'));
    const raised = new Set(sources.flatMap((name) => [...readFileSync(join(root, 'generator', name), 'utf8').matchAll(/'(LG\d{3})'/g)].map((match) => match[1] ?? '')));
    assert.deepEqual(explanations.map((each) => each.code), [...raised].sort());
    assert.deepEqual(explanations.map((each) => each.code), Object.keys(CODES));
  });

  it('are the page docs/errors.md (npm run golden -- --update makes it)', () => {
    assert.equal(keptErrorsPage(), errorsPage());
  });
});

describe('labgen help', () => {
  it('explains a code, whatever its case, with a wrong and a right lab', async () => {
    await inFolder(async (folder) => {
      const { code, out } = await labgen(folder, 'help', 'lg012');
      assert.equal(code, 0);
      assert.match(out, /^LG012: A value of the wrong type\n\n[^]+\n\nWrong:\n\n {4}lab: mine\n[^]+\nRight:\n\n {4}lab: mine\n/);
    });
  });

  it('lists all codes, one line each', async () => {
    await inFolder(async (folder) => {
      const { code, out } = await labgen(folder, 'help', 'codes');
      assert.equal(code, 0);
      assert.deepEqual(out.trimEnd().split('\n'), Object.entries(CODES).map(([name, title]) => `${name}  ${title}`));
    });
  });

  it('says the same to programs', async () => {
    await inFolder(async (folder) => {
      assert.deepEqual(JSON.parse((await labgen(folder, 'help', 'LG012', '--format', 'json')).out), explanations.find((each) => each.code === 'LG012'));
      assert.deepEqual(JSON.parse((await labgen(folder, 'help', '--format', 'json', 'codes')).out), explanations);
    });
  });

  it('an unknown code is exit 2, with the nearest and where the list is', async () => {
    await inFolder(async (folder) => {
      const { code, out, err } = await labgen(folder, 'help', 'LG12');
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /no code "LG12"\n {2}The nearest is LG012\. "labgen help codes" lists them all\.\n/);
      assert.match((await labgen(folder, 'help', 'lg999')).err, /The nearest is LG\d+\./);
      assert.equal((await labgen(folder, 'help', 'lgnone')).code, 2);
    });
  });

  it('alone and with a verb it is as ever', async () => {
    await inFolder(async (folder) => {
      const alone = await labgen(folder, 'help');
      assert.match(alone.out, /^Usage: labgen [^]*help \[verb-or-code\]/);
      const verb = await labgen(folder, 'help', 'render');
      assert.deepEqual([verb.code, (await labgen(folder, 'help', 'lint')).code], [0, 0]);
      assert.match(verb.out, /^Usage: labgen render /);
      assert.equal((await labgen(folder, 'help', 'nosuchverb')).code, 2);
    });
  });

  it('is named once below a list of problems', async () => {
    await inFolder(async (folder) => {
      const lab = join(root, 'spec/errors/ten-mistakes.yaml');
      const validated = await labgen(folder, 'validate', lab);
      assert.equal(validated.out.match(/labgen help/g)?.length, 1);
      assert.match(validated.out, /\n\n"labgen help LG\d{3}" explains a code\.\n.*: 10 errors\n$/);
      assert.equal((await labgen(folder, 'render', lab)).err.match(/labgen help/g)?.length, 1);
    });
  });
});
