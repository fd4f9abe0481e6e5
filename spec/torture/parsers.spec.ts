/** A short run of what `npm run torture` does at length. */
import assert from 'node:assert/strict';
import { parseLab } from '../../generator/source/parse.js';
import { growsLinearly } from './growth.js';
import { oursOnly, title, torture } from './parsers.js';

describe(title, function () {
  this.timeout(180_000);

  it('each returns or says what is wrong, in time', async () => {
    const figures = await torture(1, () => undefined);
    assert.ok((figures['parsers'] ?? 0) > 40 && (figures['sound labs'] ?? 0) > 0);
  });

  it('many lines of comments with CRLF, as editors on Windows write them, take no time', () => {
    assert.deepEqual(parseLab('lab.yaml', `${'# about this lab\r\n'.repeat(500)}lab: x\r\n`).problems, []);
  });

  it('tells a parser that crashes, and one that backtracks', () => {
    assert.throws(() => oursOnly((text) => void (JSON.parse(text) as { a: { b: 1 } }).a.b)('{}'), TypeError);
    assert.throws(() => growsLinearly('a bad one', (text) => void /^(a+)+!$/.exec(text), ['x'], 600), /^Error: a bad one: "a" repeated.* \d+ characters take/);
  });
});
