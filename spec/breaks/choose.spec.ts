import assert from 'node:assert/strict';
import { chooseBreak } from '../../generator/breaks/choose.js';
import type { Break } from '../../generator/model/lab.js';

const breaks = ['a', 'b', 'c', 'd'].map((name): Break => ({ name, title: '', about: '', node: 'n', run: '', repair: '', hints: ['', '', ''] }));
const lab = { name: 'small', stage: undefined, stages: [], breaks };
const draw = (number: number, before?: string): string => chooseBreak(lab, { which: undefined, draw: number, before }).name;

describe('the break that is drawn', () => {
  it('is the same for the same number, and over numbers each', () => {
    for (const number of [0, 1, 99_999]) assert.equal(draw(number), draw(number));
    assert.deepEqual([...new Set(Array.from({ length: 40 }, (_, number) => draw(number)))].sort(), ['a', 'b', 'c', 'd']);
  });

  it('is not the one before, unless there is no other', () => {
    for (let number = 0; number < 40; number++) assert.notEqual(draw(number, 'b'), 'b');
    assert.equal(chooseBreak({ ...lab, breaks: breaks.slice(0, 1) }, { which: undefined, draw: 3, before: 'a' }).name, 'a');
  });

  it('is the one that is named, also where that was the one before; 2 where there is none', () => {
    assert.equal(chooseBreak(lab, { which: 'c', draw: 0, before: 'c' }).name, 'c');
    assert.throws(() => chooseBreak(lab, { which: 'e', draw: 0, before: undefined }), { exitCode: 2, message: 'there is no break "e"' });
    assert.throws(() => chooseBreak({ ...lab, breaks: [] }, { which: undefined, draw: 0, before: undefined }), { exitCode: 2, message: 'small declares no breaks' });
    const stages = [{ name: 'first', title: '' }, { name: 'last', title: '' }];
    assert.throws(() => chooseBreak({ ...lab, stage: 'first', stages, breaks: [] }, { which: undefined, draw: 0, before: undefined }), { message: 'small (first) declares no breaks', hint: /^Most labs do so in their last stage: "labgen up --stage last"\. / });
  });
});
