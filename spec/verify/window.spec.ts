import assert from 'node:assert/strict';
import { windowOf } from '../../generator/verify/window.js';

describe('the window of a check', () => {
  const works = { kind: 'ping', expect: { is: 'works' }, within: 30 } as const;
  const never = { kind: 'ping', expect: { is: 'unreachable' }, within: 3 } as const;

  it("is the lab's", () => assert.deepEqual([windowOf(works, {}), windowOf(never, {})], [30, 3]));
  it('is never longer than the reader wants to wait', () => assert.deepEqual([windowOf(works, { within: 10 }), windowOf(never, { within: 10 })], [10, 3]));
  it('is longer for what must work where the reader has patience', () => {
    assert.deepEqual([windowOf(works, { patience: 180 }), windowOf({ ...works, within: 240 }, { patience: 180 })], [180, 240]);
    assert.equal(windowOf(never, { patience: 180 }), 3, 'what must not work would only be asked longer');
    assert.equal(windowOf({ kind: 'tcp', expect: { is: 'value', value: 'refused' }, within: 3 }, { patience: 180 }), 3);
  });
});
