/** What people are told of a measured matrix. */
import assert from 'node:assert/strict';
import { comparisonJson, comparisonText, type Compared } from '../../generator/report/comparison.js';

const question = { from: 'c1', to: 'c2', address: '172.17.0.3', protocol: 'icmp', family: 4, presumed: false } as const;
const reached = { verdict: 'reached', seenAs: '172.17.0.2', maxBytes: 1500 } as const;
const pairs: readonly Compared[] = [
  { question, predicted: reached, measured: reached, why: undefined },
  { question, predicted: reached, measured: { verdict: 'stopped' }, why: 'predicted reached, measured stopped' },
  { question, predicted: reached, measured: undefined, why: 'the container c2 does not run' },
];
const of = (some: readonly Compared[]) => ({ lab: 'gre', stage: 'open', pairs: some, gaps: ['what weave does'], seconds: 3 });

describe('a measured matrix', () => {
  it('in numbers when all agree', () => assert.equal(comparisonText(of(pairs.slice(0, 1))), 'Not predicted: what weave does.\nmatrix gre (open): 1 questions, 1 agree, 0 differ, 0 not measured in 3.0 s\n'));
  it('with both sides of each difference, and why something was not measured', () => {
    const text = comparisonText(of(pairs));
    assert.match(text, /c1 → c2 \(172\.17\.0\.3\), ping: predicted reached, measured stopped\n +predicted: reached, up to 1500 bytes, seen as 172\.17\.0\.2\n +measured: +stopped: no answer came back\n/);
    assert.match(text, /^ {2}1 not measured: the container c2 does not run$/m);
    assert.match(text, /3 questions, 1 agree, 1 differ, 1 not measured/);
  });
  it('as JSON', () => {
    const json = JSON.parse(comparisonJson(of(pairs))) as { agree: number; pairs: { agree: boolean; measured: unknown }[] };
    assert.deepEqual([json.agree, json.pairs.map((each) => each.agree), json.pairs[2]?.measured], [1, [true, false, false], null]);
  });
});
