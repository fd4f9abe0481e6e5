/** spec/errors, each lab by itself: one mistake is one error, of the code it is named after, at the right line, with something to do. */
import assert from 'node:assert/strict';
import type { Problem } from '../../generator/model/problem.js';
import { errorCases, errorProblems } from '../support/golden.js';
import { problemsOf } from '../support/labs.js';
import { messagesOfProblems } from '../support/messages.js';

/** Labs with several mistakes on purpose: how they stand beside each other is what their texts show. */
const SEVERAL: readonly string[] = `
  LG011-lesson LG011-pipework LG015-artifact LG015-lesson LG015-mac LG015-swarm LG030-docker-network LG031-bridge
  LG031-docker-network LG031-swarm LG032-broadcast LG032-pipework LG033-pipework LG040-bridge LG040-flannel
  LG040-lesson LG040-swarm LG040-weave LG041-swarm LG050-flag LG050-flannel LG050-swarm LG061-bridge LG061-pipework
  LG070-link-network LG070-pipework LG070-swarm LG071-swarm LG080-hook LG081-route LG091-expect LG091-lesson
  LG110-folder LG120-docker-bridge LG120-ports LG131-service LG140-weave LG140-weave-legacy stage-place ten-mistakes
`.trim().split(/\s+/);

/** The line somebody would change, by hand: where the file is no YAML, the parser's own place is often a later one. */
const LINES: Readonly<Record<string, number>> = {
  'LG001-after-quote': 2, 'LG001-alias': 4, 'LG001-alias-anchor': 4, 'LG001-alias-none': 3, 'LG001-anchors': 3,
  'LG001-apostrophe': 2, 'LG001-block-text': 2, 'LG001-block-text-indent': 3, 'LG001-brace-open': 3,
  'LG001-bracket': 2, 'LG001-closed-otherwise': 3, 'LG001-closed-twice': 3, 'LG001-colon': 2, 'LG001-colon-blank': 1,
  'LG001-colon-last': 4, 'LG001-colon-twice': 2, 'LG001-comma': 3, 'LG001-comment-in-flow': 3, 'LG001-comments': 1,
  'LG001-dash-blank': 4, 'LG001-dashes-in-flow': 5, 'LG001-directive': 2, 'LG001-documents': 4, 'LG001-documents-end': 4, 'LG001-double-quote': 2, 'LG001-empty': 1, 'LG001-escape': 2,
  'LG001-included': 1, 'LG001-indent-between': 5, 'LG001-indent-dash': 6, 'LG001-indent-item': 6, 'LG001-indent-less': 4,
  'LG001-indent-more': 4, 'LG001-indent-top': 2, 'LG001-indent-value': 5, 'LG001-item-and-key': 4, 'LG001-key-taken': 3, 'LG001-list': 1,
  'LG001-list-open': 4, 'LG001-long-key': 2, 'LG001-map-key': 3, 'LG001-no-break-space': 3, 'LG001-no-key': 3,
  'LG001-reserved': 2, 'LG001-single-quote': 2, 'LG001-tab': 3, 'LG001-tab-behind': 5, 'LG001-tab-blanks': 4,
  'LG001-tag': 3, 'LG001-tag-own': 3, 'LG001-text': 1, 'LG002-block': 4, 'LG002-flow': 3, 'LG002-quoted': 4,
  'LG002-twice': 5, 'LG003-aliases': 2, 'LG003-deep': 1, 'LG003-nested': 5, 'LG003-ring': 4, 'LG001-tag-binary': 2,
};

/** Messages that no lab can bring about: what comes before them refuses it; or only one of thousands of lines, which torture/hostile-cases.spec.ts has. */
const OUT_OF_REACH = ['more mistakes of this kind are in the file', 'the file has more than ', 'the file nests too deep', 'cannot stand in a file that is rendered from it'];

/** What is wrong; of a lab that is only questionable, what is. */
function told(name: string): readonly Problem[] {
  const problems = errorProblems(name);
  const errors = problems.filter((problem) => problem.severity === 'error');
  return errors.length > 0 ? errors : problems;
}

describe('broken labs, one mistake each', () => {
  const cases = errorCases().filter((name) => !SEVERAL.includes(name));

  it('are many, and of every kind of syntax error', () => {
    assert.ok(cases.length >= 60, String(cases.length));
    assert.deepEqual(cases.filter((name) => /^LG00[123]-/.test(name)).sort(), Object.keys(LINES).sort());
  });

  for (const name of cases) {
    it(name, () => {
      const [problem, ...more] = told(name);
      assert.deepEqual(more, []);
      assert.ok(problem);
      assert.equal(problem.code, /^LG\d{3}/.exec(name)?.[0] ?? problem.code);
      if (LINES[name] !== undefined) assert.equal(problem.line, LINES[name]);
      assert.ok(problem.hint.length >= 8 && /[.!?")]$/.test(problem.hint), problem.hint);
      assert.doesNotMatch(`${problem.message} ${problem.hint}`, /undefined|\[object|must NOT|Look at this line and the one above/);
    });
  }

  it('there is one for every message a rule has', () => {
    const all = cases.flatMap(told);
    const untold = messagesOfProblems().filter(({ code, pattern }) => !all.some((problem) => (code === undefined || code === problem.code) && pattern.test(problem.message)));
    assert.deepEqual(untold.filter(({ source }) => !OUT_OF_REACH.some((each) => source.includes(each))).map(({ place, source }) => `${place} ${source}`), []);
  });

  it('a file too large to be read is said to be that', () => {
    const [problem, ...more] = problemsOf(`lab: large\n${'#'.repeat(1024 * 1024)}\n`);
    assert.deepEqual([problem?.code, problem?.message, more], ['LG003', 'the file is larger than 1 MB', []]);
  });
});
