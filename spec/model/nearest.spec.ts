import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distance, nearest, suggest } from '../../generator/model/nearest.js';

describe('nearest', () => {
  it('finds what was meant', () => {
    for (const [wrong, right] of [['dokcer', 'docker'], ['net1', 'net-1'], ['Net-1', 'net-1'], ['subent', 'subnet'], ['memmory', 'memory'], ['cpu', 'cpus']] as const) assert.equal(nearest(wrong, ['docker', 'net-1', 'subnet', 'memory', 'cpus']), right);
  });

  it('does not guess wildly', () => {
    for (const wrong of ['x', 'foo', 'database', '', 'a'.repeat(1000)]) assert.equal(nearest(wrong, ['docker', 'net-1', 'subnet']), undefined, wrong);
  });

  it('measures a distance', () => {
    fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      assert.equal(distance(a, b), distance(b, a));
      assert.equal(distance(a, a), 0);
      assert.ok(distance(a, b) <= Math.max(a.length, b.length));
      assert.ok(distance(a, b) >= Math.abs(a.length - b.length));
    }));
    assert.equal(distance('ab', 'ba'), 1);
  });

  it('lists the legal names, and cuts a long list', () => {
    assert.equal(suggest('net1', ['net-1', 'net-2'], 'node'), 'Did you mean "net-1"? Known are: net-1, net-2.');
    assert.equal(suggest('x', [], 'node'), 'There is no node in this lab.');
    assert.match(suggest('zzz', Array.from({ length: 13 }, (_, index) => `n${index}`), 'node'), /n11, …\.$/);
  });
});
