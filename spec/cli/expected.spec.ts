/** Which kind of word would stand at the end of a half-written command line. */
import assert from 'node:assert/strict';
import { buildProgram } from '../../generator/cli/commands.js';
import { expectedAt } from '../../generator/cli/expected.js';
import { contextOf } from '../support/context.js';

const program = buildProgram(contextOf({}, '/', '__complete'), () => undefined);

/** `value lab`, `value stage --stage=|o`, `verbs`, `flags`; `nothing` where nobody knows. */
function wanted(...words: readonly string[]): string {
  const expected = expectedAt(program, words);
  if (!expected) return 'nothing';
  const { value, verbs, flags, before, word, known } = expected;
  const kind = value ? `value ${'attributeName' in value ? value.attributeName() : value.name()}` : verbs.length > 0 ? 'verbs' : flags.length > 0 ? 'flags' : 'none';
  return `${kind}${before + word === '' ? '' : ` ${before}|${word}`}${known === 0 ? '' : ` from ${known}`}`;
}

describe('cli/expected', () => {
  const CASES: readonly (readonly [words: readonly string[], expected: string])[] = [
    [[], 'verbs'],
    [[''], 'verbs'],
    [['re'], 'verbs |re'],
    [['-'], 'flags |-'],
    [['help', 'v'], 'verbs |v'],
    [['up', ''], 'value lab'],
    [['up', '--private', ''], 'value lab'],
    [['up', '--output', ''], 'value output'],
    [['up', '-o', 'd'], 'value output |d'],
    [['up', '-od'], 'value output -o|d'],
    [['up', '-o', 'dir', ''], 'value lab'],
    [['up', 'gre', ''], 'flags'],
    [['up', 'gre', '--st'], 'flags |--st'],
    [['up', '--stage=o'], 'value stage --stage=|o'],
    [['up', '--', '-'], 'value lab |-'],
    [['up', 'gre', 'docker0', ''], 'nothing'],
    [['validate', 'gre', ''], 'value labs'],
    [['validate', 'gre', '--st'], 'flags |--st'],
    [['validate', 'gre', '--format', 's'], 'value format |s'],
    [['fault', ''], 'value words'],
    [['fault', 'gre', 'kill', 'net-1', 'd'], 'value words |d'],
    [['fault', 'cut', 'net-1', '--for', ''], 'value for'],
    [['ssh', ''], 'value node'],
    [['ssh', 'net-1', ''], 'value lab'],
    [['exec', '-o', 'dir', ''], 'value node'],
    [['exec', 'net-1', ''], 'value command'],
    [['exec', 'net-1', 'ip', '-'], 'value command |-'],
    [['new', 'mine', '--from', ''], 'value from'],
    [['up', '--private=x'], 'nothing'],
    [['up', '--unknown', ''], 'nothing'],
    [['nonsense', ''], 'nothing'],
    [['up', '--set', 'a=b', ''], 'value lab'],
    // Broken into pieces, as bash does it.
    [['up', '--stage', '=', 'o'], 'value stage --stage=|o from 8'],
    [['up', '--stage', '='], 'value stage --stage=| from 8'],
    [['up', '--stage', '=', 'open', ''], 'value lab'],
    [['up', '--set', 'a', '=', 'b', ':', 'c', ''], 'value lab'],
    [['up', 'C', ':', 'x'], 'value lab |C:x from 2'],
  ];
  for (const [words, expected] of CASES) it(`labgen ${words.join(' ')}▮: ${expected}`, () => assert.equal(wanted(...words), expected));

  it('offers a flag once, and again where it may be given again', () => {
    const flags = expectedAt(program, ['up', '--private', '--set', 'a=1', '-'])?.flags.map((flag) => flag.long) ?? [];
    assert.deepEqual([flags.includes('--private'), flags.includes('--set')], [false, true]);
  });
});
