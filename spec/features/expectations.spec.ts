import assert from 'node:assert/strict';
import { parseExpectation } from '../../generator/features/expectations.js';
import { expectationSuffix } from '../../generator/model/expectation.js';
import { contentOf, errorsOf, labOf, planFor, problemsOf } from '../support/labs.js';

const lab = (check: string, expect: string): string => `lab: t\nnodes: { one: {}, two: {} }\nchecks:\n  - ${check}\n    expect: ${expect}\n`;
const HTTP = 'http: { from: one, to: two }';

describe('expect', () => {
  it('is read as a value, a pattern, a range, or any of several', () => {
    const range = (least: number | undefined, most: number | undefined) => ({ is: 'range', least, most });
    assert.deepEqual(['1..5', '3..', '..5', '-2..-1', '0.5..1.5', '3..3'].map(parseExpectation), [range(1, 5), range(3, undefined), range(undefined, 5), range(-2, -1), range(0.5, 1.5), range(3, 3)]);
    for (const text of ['..', '...', '1..x', '10.0.0.1..10.0.0.9', 'a..b', '1-5', ' 1..5']) assert.deepEqual(parseExpectation(text), { is: 'value', value: text });
    assert.deepEqual(parseExpectation(['refused', '/x/i', '1..2', 7]), { is: 'any', of: [{ is: 'value', value: 'refused' }, { is: 'pattern', pattern: 'x', flags: 'i' }, range(1, 2), { is: 'value', value: 7 }] });
    assert.deepEqual(parseExpectation(['refused']), { is: 'value', value: 'refused' });
    assert.deepEqual(parseExpectation('/1..5/'), { is: 'pattern', pattern: '1..5', flags: '' });
  });

  it('is in the name of a check as it was written', () => {
    const suffix = (value: unknown): string => expectationSuffix(parseExpectation(value));
    assert.deepEqual([undefined, 'unreachable', 200, '/a b/i', '3..', [204, '300..399'], ['refused', 'timeout']].map(suffix), ['', ' unreachable', ' = 200', ' /a b/i', ' = 3..', ' = 204 or 300..399', ' = refused or timeout']);
    assert.ok(labOf(lab(HTTP, '[204, 300..399]')).checks.some((check) => check.id === 'http one → two:80/ = 204 or 300..399'));
  });

  it('may be a range where a number may be, and a list where two things may be', () => {
    for (const [check, expect] of [
      [HTTP, '200..299'], ['command: { node: one, run: "false" }', '1..'], ['sysctl: { node: one, key: a.b }', '..5'], ['file: { node: one, path: /a }', '[absent, 1..5, /x/]'],
      ['daemon: { node: one, flag: mtu }', '[1400, 1500]'], ['dns: { from: one, name: two }', '[absent, /^10/]'], ['service: { node: one, name: a }', '[active, activating]'],
    ] as const) assert.deepEqual(errorsOf(lab(check, expect)), [], check);
    assert.deepEqual(errorsOf(lab('interface: { node: one, name: eth1 }', '[absent]')), ['LG091 checks[0].expect']);
  });

  it('leaves texts alone that only look like a range or a pattern of another tool', () => {
    for (const text of ['/usr/bin', '/home/guy', '0-3', '"10.0.0.1..10.0.0.9"', '"-> 5"']) assert.deepEqual(errorsOf(lab('command: { node: one, run: x }', text)), [], text);
    for (const text of ['/a/g', '/a/gi', '"> 5"', '"<=5"', '1...5', '"1 .. 5"', '"...5"']) assert.deepEqual(errorsOf(lab('command: { node: one, run: x }', text)), ['LG091 checks[0].expect'], text);
  });

  it('tells each wrong item of a list, and one mistake once', () => {
    assert.deepEqual(errorsOf(lab('tcp: { from: one, to: two, port: 1 }', '[shut, refused, gone]')), ['LG091 checks[0].expect[0]', 'LG091 checks[0].expect[2]']);
    assert.deepEqual(errorsOf(lab(HTTP, '[/(/, 200]')), ['LG091 checks[0].expect[0]']);
    assert.deepEqual(errorsOf(lab(HTTP, '[200, 5..1]')), ['LG160 checks[0].expect[1]']);
  });

  it('warns of a text that is nearly a word, where any text would do; a pattern says that it is meant', () => {
    const said = (check: string, expect: string): readonly string[] => problemsOf(lab(check, expect)).map((each) => `${each.severity} ${each.code} ${each.hint.split('?')[0] ?? ''}`);
    const [udp, dns] = ['udp: { from: one, to: two, port: 7 }', 'dns: { from: one, name: two }'];
    for (const [check, expect, meant] of [[HTTP, 'unreachble', 'unreachable'], [HTTP, 'Unreachable', 'unreachable'], [HTTP, 'refused', 'unreachable'], [udp, 'time-out', 'unreachable'], [udp, 'timout', 'unreachable'], [dns, 'absnt', 'absent']] as const) {
      assert.deepEqual(said(check, expect), [`warning LG091 Did you mean "${meant}"`], expect);
    }
    for (const [check, expect] of [[HTTP, '/^unreachble$/'], [HTTP, 'unreachable'], [HTTP, '"it is unreachble"'], [HTTP, 'welcome'], [udp, 'labgen'], [dns, 'absent'], ['command: { node: one, run: x }', 'refused'], ['env: { container: web, name: MODE }', 'present']] as const) {
      assert.deepEqual(said(check, expect).filter((each) => each.includes('LG091')), [], expect);
    }
  });

  it('of a step says in the handout what comes of it', () => {
    const text = (expect: string): string => contentOf(planFor(`lab: t\nnodes: { one: {} }\nlesson: { steps: [{ on: one, run: look, expect: ${expect}, why: Because. }] }\n`, 't'), 'README.md');
    assert.match(text('1..'), /^It ends with exit status 1 or more\.$/m);
    assert.match(text('[0, 2..4]'), /^It ends with exit status 0 or from 2 to 4\.$/m);
    assert.match(text('[up, down]'), /^It prints one of these:\n\n {4}up\n {4}down$|^It prints one of these:\n\n```[a-z]*\nup\ndown\n```$/m);
    assert.match(text('[up, /^down/]'), /^What it prints is one of these, or matches it:$/m);
  });
});
