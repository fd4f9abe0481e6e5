import assert from 'node:assert/strict';
import { parseLab } from '../../../generator/source/parse.js';
import { digestOf } from '../../e2e/digest.js';
import { contentOf, labOf, planFor } from '../../support/labs.js';

const BREAK = (name: string): string => `{ title: T-${name}, about: A-${name}, on: b, run: "run ${name}", repair: "mend ${name}", hints: [w, h, c] }`;
const LAB = `lab: t
nodes: { a: {}, b: { docker: false } }
breaks: { one: ${BREAK('one')} }
stages:
  - name: first
    breaks: { one: null }
    title: First
  - name: last
    breaks: { two: ${BREAK('two')} }
    nodes: { b: { memory: 600 } }
`;
const names = (stage?: string): readonly string[] => labOf(LAB, stage).breaks.map((each) => each.name);

describe('breaks', () => {
  it('are values of the lab, those of a stage only there', () => {
    assert.deepEqual(names('first'), []);
    assert.deepEqual(names('last'), ['one', 'two']);
    assert.deepEqual(labOf(LAB).breaks[0], { name: 'one', title: 'T-one', about: 'A-one', node: 'b', run: 'run one', repair: 'mend one', hints: ['w', 'h', 'c'] });
  });

  it('leave no word in what is rendered but the copy of the lab itself', () => {
    const plan = planFor(LAB, 't');
    const telling = plan.filter((file) => /run (one|two)|mend (one|two)|[TA]-(one|two)/.test(contentOf(plan, file.path))).map((file) => file.path);
    assert.deepEqual(telling, ['.labgen/lab.yaml']);
  });

  it('do not make a recorded run one of another lab, as anything else does', () => {
    const digest = (text: string): string => digestOf(parseLab('t.yaml', text).value);
    assert.equal(digest(LAB.replaceAll(/^ *breaks: .*\n/gm, '').replace('lab: t', 'lab: t # a comment')), digest(LAB));
    assert.notEqual(digest(LAB.replace('memory: 600', 'memory: 700')), digest(LAB));
    assert.notEqual(digest(LAB.replace('a: {}, b: { docker: false }', 'b: { docker: false }, a: {}')), digest(LAB));
  });
});
