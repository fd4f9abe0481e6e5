import assert from 'node:assert/strict';
import { beginAs } from '../../generator/source/begin.js';

const MODELINE = '# yaml-language-server: $schema=here.json\n';
const begun = (text: string, name = 'mine'): string | undefined => beginAs(text, name, 'here.json');

describe('source/begin', () => {
  const CASES: readonly (readonly [what: string, from: string, to: string])[] = [
    ['the name alone', 'lab: gre # comment\ntitle: gre\n', 'lab: mine # comment\ntitle: gre\n'],
    ['a name in quotes', "a: 1\nlab:   'gre'\n", 'a: 1\nlab:   mine\n'],
    ['a name on a line of its own', 'lab:\n  gre\nnodes: { n1: }\n', 'lab:\n  mine\nnodes: { n1: }\n'],
    ['a variable', 'lab: { var: x }\nvars: { x: y }\n', 'lab: mine\nvars: { x: y }\n'],
    ['a variable, written out', 'lab:\n  var: x\n\n# next\nvars: { x: y }\n', 'lab:\n  mine\n\n# next\nvars: { x: y }\n'],
    ['an alias', 'x: &a gre\nlab: *a\n', 'x: &a gre\nlab: mine\n'],
    ['a lab on one line', '{ nodes: { lab: {} }, lab: gre }\n', '{ nodes: { lab: {} }, lab: mine }\n'],
    ['Windows line ends', 'lab: gre\r\nnodes: {}\r\n', 'lab: mine\r\nnodes: {}\r\n'],
  ];
  for (const [what, from, to] of CASES) it(`changes ${what}, and no other byte`, () => assert.equal(begun(MODELINE + from), MODELINE + to));

  it('quotes a name that YAML takes for something else', () => {
    for (const name of ['null', 'true', 'no', 'y']) assert.equal(begun(`${MODELINE}lab: a\n`, name), `${MODELINE}lab: "${name}"\n`);
  });

  it('gives nothing where there is no name to change', () => {
    for (const text of ['', '[]', 'nodes: {}']) assert.equal(begun(text), undefined, text);
  });

  it('points the schema line at the new place, adds one where there is none, and leaves a URL alone', () => {
    assert.equal(begun('#  yaml-language-server:  $schema=../a.json # mine\nlab: a\n'), '#  yaml-language-server:  $schema=here.json # mine\nlab: mine\n');
    assert.equal(begun('# A comment\nlab: a\n'), `${MODELINE}# A comment\nlab: mine\n`);
    assert.equal(begun('\uFEFFlab: a\r\n'), `${MODELINE.trimEnd()}\r\nlab: mine\r\n`);
    const url = '# yaml-language-server: $schema=https://example.org/lab.schema.json\nlab: ';
    assert.equal(begun(`${url}a\n`), `${url}mine\n`);
  });

  it('takes a schema path as it is', () => assert.equal(beginAs('# yaml-language-server: $schema=a\nlab: a\n', 'mine', '/$&/$1'), '# yaml-language-server: $schema=/$&/$1\nlab: mine\n'));
});
