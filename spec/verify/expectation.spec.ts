import assert from 'node:assert/strict';
import type { CheckKind, Expectation, Facts, Reading, Wanted } from '../../generator/model/check.js';
import { asksNumber, isNegative, matches, mutationOf } from '../../generator/model/expectation.js';
import { expectedText, judge } from '../../generator/verify/expectation.js';
import { check } from './fakes.js';

const value = (wanted: string | number | boolean): Wanted => ({ is: 'value', value: wanted });
const pattern = (text: string, flags = ''): Wanted => ({ is: 'pattern', pattern: text, flags });
const range = (least: number | undefined, most: number | undefined): Wanted => ({ is: 'range', least, most });
const any = (...of: readonly Wanted[]): Expectation => ({ is: 'any', of });

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
    [range(1, 5), { state: 'works', value: 1, seen: '' }, 'holds'],
    [range(1, 5), { state: 'works', value: ' 5\n', seen: '' }, 'holds'],
    [range(1, 5), { state: 'works', value: 5.5, seen: '' }, 'fails'],
    [range(1, 5), { state: 'works', value: '', seen: '' }, 'fails'],
    [range(1, 5), { state: 'works', value: true, seen: '' }, 'fails'],
    [range(0, 5), { state: 'works', value: '3 4', seen: '' }, 'fails'],
    [range(-2, undefined), { state: 'differs', value: '-2', seen: '' }, 'holds'],
    [range(undefined, 5), { state: 'works', value: '1e9', seen: '' }, 'fails'],
    [range(undefined, 5), { state: 'unreachable', value: 'absent', seen: '' }, 'fails'],
    [any(value('refused'), value('timeout')), { state: 'unreachable', value: 'timeout', seen: '' }, 'holds'],
    [any(value('refused'), value('timeout')), { state: 'works', value: 'open', seen: '' }, 'fails'],
    [any(value(204), range(300, 399)), { state: 'works', value: 302, seen: '' }, 'holds'],
    [any(value('off'), pattern('^on')), { state: 'works', value: 'only', seen: '' }, 'holds'],
    [any(value('off'), pattern('^on')), { state: 'not-run', seen: '' }, 'not-run'],
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
    assert.deepEqual([range(1, 5), range(3, undefined), range(undefined, -1)].map((each) => expectedText(check(each))), ['from 1 to 5', '3 or more', '-1 or less']);
    assert.equal(expectedText(check(any(value(204), range(300, 399)))), 'one of: 204, from 300 to 399');
    assert.equal(expectedText(check(any(value('refused'), value('timeout')), 3, { from: 'a', to: 'b', port: 1 }, 'tcp')), 'one of: "refused", "timeout", throughout 3 s');
  });

  it('holds what must not get through for negative', () => {
    assert.ok(isNegative('ping', { is: 'unreachable' }));
    assert.ok(isNegative('tcp', value('timeout')));
    assert.ok(!isNegative('tcp', value('open')));
    assert.ok(!isNegative('http', value('timeout')));
    assert.ok(!matches({ is: 'works' }, 'anything'));
    assert.ok(isNegative('tcp', any(value('refused'), value('timeout'))));
    assert.ok(!isNegative('tcp', any(value('refused'), value('open'))));
  });

  it('knows what is about a status', () => {
    assert.deepEqual([value(1), value('1'), range(1, 2), any(value(1), range(3, 4)), any(value(1), value('a')), pattern('1')].map(asksNumber), [true, false, true, true, false, false]);
  });

  it('breaks a check of several values only in a way that breaks each', () => {
    const act = (text: string) => ({ title: text, break: { node: 'a', argv: [text] }, mend: { node: 'a', argv: [] } });
    const kind = { mutation: (_subject: unknown, _facts: unknown, expect: Expectation) => (expect.is === 'pattern' ? undefined : act(expect.is === 'value' && expect.value === 'absent' ? 'make it' : 'take it away')) } as unknown as CheckKind;
    const title = (expect: Expectation): string | undefined => mutationOf(kind, { subject: {}, expect }, {} as Facts)?.title;
    assert.equal(title(value('absent')), 'make it');
    assert.equal(title(any(value(1), range(2, 3))), 'take it away');
    assert.equal(title(any(value(1), value('absent'))), undefined);
    assert.equal(title(any(value(1), pattern('x'))), undefined);
  });
});
