import assert from 'node:assert/strict';
import type { Expectation, Reading } from '../../generator/model/check.js';
import { isNegative, matches } from '../../generator/model/expectation.js';
import { expectedText, judge } from '../../generator/verify/expectation.js';
import { check } from './fakes.js';

const value = (wanted: string | number | boolean): Expectation => ({ is: 'value', value: wanted });
const pattern = (text: string, flags = ''): Expectation => ({ is: 'pattern', pattern: text, flags });

describe('verify/expectation', () => {
  const table: readonly [Expectation, Reading, string][] = [
    [{ is: 'works' }, { state: 'works', seen: '' }, 'holds'],
    [{ is: 'works' }, { state: 'differs', seen: '' }, 'fails'],
    [{ is: 'works' }, { state: 'unreachable', seen: '' }, 'fails'],
    [{ is: 'unreachable' }, { state: 'unreachable', seen: '' }, 'holds'],
    [{ is: 'unreachable' }, { state: 'differs', seen: '' }, 'fails'],
    [{ is: 'unreachable' }, { state: 'works', seen: '' }, 'fails'],
    [{ is: 'unreachable' }, { state: 'not-run', seen: '' }, 'not-run'],
    [{ is: 'works' }, { state: 'not-run', seen: '' }, 'not-run'],
    [value('refused'), { state: 'unreachable', value: 'refused', seen: '' }, 'holds'],
    [value('refused'), { state: 'unreachable', value: 'timeout', seen: '' }, 'fails'],
    [value('refused'), { state: 'unreachable', seen: '' }, 'fails'],
    [value(404), { state: 'differs', value: 404, seen: '' }, 'holds'],
    [value('404'), { state: 'differs', value: 404, seen: '' }, 'holds'],
    [value(true), { state: 'works', value: 'true', seen: '' }, 'holds'],
    [value('4096 87380 6291456'), { state: 'works', value: '4096\t87380\t6291456', seen: '' }, 'holds'],
    [value('a'), { state: 'works', value: 'A', seen: '' }, 'fails'],
    [value('a\nb'), { state: 'works', value: 'a b', seen: '' }, 'fails'],
    [value(''), { state: 'differs', value: '', seen: '' }, 'holds'],
    [pattern('^he', 'i'), { state: 'works', value: 'Hello', seen: '' }, 'holds'],
    [pattern('^he'), { state: 'works', value: 'Hello', seen: '' }, 'fails'],
    [pattern('5'), { state: 'works', value: 1500, seen: '' }, 'holds'],
    [pattern('.*'), { state: 'unreachable', seen: '' }, 'fails'],
  ];
  for (const [expect, reading, wanted] of table) {
    it(`${JSON.stringify(expect)} of ${JSON.stringify(reading)}: ${wanted}`, () => assert.equal(judge(expect, reading), wanted));
  }

  it('says what was expected', () => {
    assert.equal(expectedText(check()), 'it works');
    assert.equal(expectedText(check({ is: 'unreachable' })), 'unreachable');
    assert.equal(expectedText(check({ is: 'unreachable' }, 5)), 'unreachable, throughout 5 s');
    assert.equal(expectedText(check(value('refused'))), '"refused"');
    assert.equal(expectedText(check(value(200), 5)), '200');
    assert.equal(expectedText(check(pattern('^a/b', 'i'))), '/^a/b/i');
  });

  it('holds what must not get through for negative', () => {
    assert.ok(isNegative('ping', { is: 'unreachable' }));
    assert.ok(isNegative('tcp', value('timeout')));
    assert.ok(!isNegative('tcp', value('open')));
    assert.ok(!isNegative('http', value('timeout')));
    assert.ok(!matches({ is: 'works' }, 'anything'));
  });
});
