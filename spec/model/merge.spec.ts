import assert from 'node:assert/strict';
import { merge, put, setPath, type Tree } from '../../generator/model/merge.js';

describe('merge', () => {
  it('goes deep into maps, replaces lists, appends checks at the top, and removes by null', () => {
    const base = { nodes: { a: { memory: 1, cpus: 1 }, b: {} }, routes: [1, 2], checks: ['one'], deep: { checks: ['x'] }, gone: 1 };
    const overlay = { nodes: { a: { memory: 2 }, b: null, c: {} }, routes: [3], checks: ['two'], deep: { checks: ['y'] }, gone: null };
    assert.deepEqual(merge(base, overlay), { nodes: { a: { memory: 2, cpus: 1 }, c: {} }, routes: [3], checks: ['one', 'two'], deep: { checks: ['y'] } });
  });

  it('changes neither of the two', () => {
    const base = Object.freeze({ a: Object.freeze({ b: 1 }) }) as Tree;
    const overlay = Object.freeze({ a: Object.freeze({ c: 2, d: null }) }) as Tree;
    assert.deepEqual(merge(base, overlay), { a: { b: 1, c: 2 } });
    assert.deepEqual(base, { a: { b: 1 } });
  });

  it('takes a map over a scalar and a scalar over a map', () => {
    assert.deepEqual(merge({ docker: false, ends: { a: 1 } }, { docker: { mtu: 1 }, ends: ['a'] }), { docker: { mtu: 1 }, ends: ['a'] });
  });

  it('does not carry nulls of a new map along', () => {
    assert.deepEqual(merge({}, { a: { b: null, c: 1 } }), { a: { c: 1 } });
  });

  it('keeps __proto__ a key like any other', () => {
    const overlay: Tree = {};
    put(overlay, '__proto__', { polluted: true });
    const merged = merge({ a: 1 }, overlay);
    assert.deepEqual(Object.keys(merged), ['a', '__proto__']);
    assert.equal((merged as { polluted?: unknown }).polluted, undefined);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});

describe('setPath', () => {
  const tree: Tree = { a: { b: [1, { c: 2 }] }, s: 'text' };

  it('sets below maps and lists, making maps on the way', () => {
    assert.deepEqual(setPath(tree, ['a', 'b', 1, 'c'], 3), { a: { b: [1, { c: 3 }] }, s: 'text' });
    assert.deepEqual(setPath(tree, ['x', 'y'], 1), { ...tree, x: { y: 1 } });
    assert.deepEqual(setPath(tree, ['a', 'b', 2], 9), { a: { b: [1, { c: 2 }, 9] }, s: 'text' });
    assert.deepEqual(tree, { a: { b: [1, { c: 2 }] }, s: 'text' });
  });

  it('removes by null', () => {
    assert.deepEqual(setPath(tree, ['s'], null), { a: { b: [1, { c: 2 }] } });
  });

  it('says undefined where the path runs into a scalar or beyond a list', () => {
    for (const path of [['s', 'x'], ['a', 'b', 4], ['a', 'b', 'first'], ['a', 'b', -1], []]) assert.equal(setPath(tree, path, 1), undefined, path.join('.'));
  });

  it('sets __proto__ as data', () => {
    const set = setPath({}, ['__proto__', 'polluted'], true);
    assert.deepEqual(Object.keys(set ?? {}), ['__proto__']);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
