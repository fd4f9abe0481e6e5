import assert from 'node:assert/strict';
import { orderFeatures } from '../../generator/features/catalogue.js';
import type { Feature } from '../../generator/features/feature.js';
import { features } from '../../generator/generated/features.js';
import { featureFolders } from '../../scripts/generate.js';

const feature = (name: string, more: Partial<Feature> = {}): Feature => ({ name, blocks: { [name]: () => ({}) }, ...more });
const names = (list: readonly Feature[]): readonly string[] => list.map((each) => each.name);

describe('the catalogue of features', () => {
  it('holds every folder of generator/features, each under its own name', () => {
    assert.deepEqual(names(features).toSorted(), featureFolders());
    assert.deepEqual(features, orderFeatures(features));
  });

  it('orders by what each comes after, then by name, whatever order they are found in', () => {
    const list = [feature('c', { after: ['z'] }), feature('a', { after: ['c'] }), feature('z'), feature('b')];
    assert.deepEqual(names(orderFeatures(list)), ['z', 'c', 'a', 'b']);
    assert.deepEqual(names(orderFeatures([...list].reverse())), ['z', 'c', 'a', 'b']);
  });

  const fails = (text: RegExp, list: readonly Feature[]): void => void assert.throws(() => orderFeatures(list), text);

  it('fails loudly when there is none', () => fails(/no feature was found/, []));
  it('fails loudly on two of one name', () => fails(/two features are called a/, [feature('a'), feature('a')]));
  it('fails loudly on one without a name', () => fails(/without a proper name/, [feature('')]));
  it('fails loudly on one that does nothing', () => fails(/neither a block nor a check kind/, [{ name: 'a' }]));
  it('fails loudly on two owners of one block', () => fails(/x belongs to both a and b/, [feature('a', { blocks: { x: () => ({}) } }), feature('b', { blocks: { x: () => ({}) } })]));
  it('fails loudly on two owners of one node key', () => fails(/nodes\.\*\.x belongs to both/, [feature('a', { nodeKeys: { x: () => ({}) } }), feature('b', { nodeKeys: { x: () => ({}) } })]));
  it('fails loudly on a predecessor that does not exist', () => fails(/comes after b, which does not exist/, [feature('a', { after: ['b'] })]));
  it('fails loudly on a circle', () => fails(/in a circle/, [feature('a', { after: ['b'] }), feature('b', { after: ['a'] })]));
});
