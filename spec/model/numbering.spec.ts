import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numbering, type NumberingRequest } from '../../generator/model/numbering.js';

const one = (name: string): NumberingRequest['groups'][number] => ({ name, members: 1, counted: false });
const many = (name: string, members: number): NumberingRequest['groups'][number] => ({ name, members, counted: true });
const request = (groups: NumberingRequest['groups'], size = 256, taken: readonly number[] = []): NumberingRequest => ({ groups, size, taken: new Set(taken) });

describe('numbering', () => {
  it('counts single nodes up from 11, and steps around numbers that are given', () => {
    const numbers = numbering(request([one('a'), one('b'), one('c')], 256, [12]));
    assert.deepEqual([...numbers.values()], [[11], [13], [14]]);
  });

  it('gives counted nodes a block of their own', () => {
    assert.deepEqual(numbering(request([one('a'), many('w', 3), many('x', 2)])).get('w'), [101, 102, 103]);
  });

  const groups = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,6}$/), members: fc.integer({ min: 1, max: 6 }), counted: fc.boolean() }), { selector: (group) => group.name, minLength: 1, maxLength: 6 }).map((list) => list.map((group) => (group.counted ? group : { ...group, members: 1 })));

  it('never renumbers anybody when a node of its kind is added at the end', () => {
    fc.assert(fc.property(groups, fc.boolean(), (list, counted) => {
      const before = numbering(request(list));
      // The first counted group makes room for blocks; up to 90 single nodes do not notice.
      const after = numbering(request([...list, { name: 'added', members: 1, counted }]));
      for (const group of list) assert.deepEqual(after.get(group.name), before.get(group.name));
    }));
  });

  it('never renumbers another group when a count changes, nor the members that stay', () => {
    fc.assert(fc.property(groups, fc.nat(5), fc.integer({ min: 1, max: 6 }), (list, at, members) => {
      const changed = list[at % list.length];
      if (!changed?.counted) return;
      const before = numbering(request(list));
      const after = numbering(request(list.map((group) => (group === changed ? { ...group, members } : group))));
      for (const group of list) {
        const length: number = group === changed ? Math.min(members, group.members) : group.members;
        assert.deepEqual(after.get(group.name)?.slice(0, length), before.get(group.name)?.slice(0, length));
      }
    }));
  });

  it('never gives a number twice, nor one that cannot be a host, in a network of any size', () => {
    fc.assert(fc.property(groups, fc.integer({ min: 3, max: 12 }), (list, bits) => {
      const size = 2 ** bits;
      const given = [...numbering(request(list, size, [3])).values()].flat().filter((number) => number !== undefined);
      assert.equal(new Set(given).size, given.length);
      assert.ok(given.every((number) => number > 1 && number < size - 1 && number !== 3));
    }));
  });

  it('says where a region is exhausted, and gives what fits', () => {
    assert.deepEqual(numbering(request(['a', 'b', 'c', 'd', 'e', 'f'].map(one), 8)).get('f'), [undefined]);
    assert.equal(numbering(request([many('w', 300)])).get('w')?.filter((number) => number === undefined).length, 300 - 77);
  });

  it('has room for thousands in a /16', () => {
    const numbers = numbering(request([many('w', 10_000)], 65_536)).get('w') ?? [];
    assert.ok(numbers.every((number) => number !== undefined));
  });
});
