import assert from 'node:assert/strict';
import { substitute, type UnknownVariable } from '../../generator/model/variables.js';

describe('variables', () => {
  it('stand anywhere but in vars themselves', () => {
    const unknown: UnknownVariable[] = [];
    const value = substitute({ vars: { a: 1, b: { var: 'a' } }, x: { y: [{ var: 'a' }, { z: { var: 'a' } }] } }, unknown);
    assert.deepEqual(value, { vars: { a: 1, b: { var: 'a' } }, x: { y: [1, { z: 1 }] } });
    assert.deepEqual(unknown, []);
  });

  it('are told with their place when nobody defined them', () => {
    const unknown: UnknownVariable[] = [];
    substitute({ checks: [{ tcp: { port: { var: 'prot' } } }], m: { var: 'toString' } }, unknown);
    assert.deepEqual(unknown, [{ name: 'prot', path: ['checks', 0, 'tcp', 'port'] }, { name: 'toString', path: ['m'] }]);
  });

  it('are references only where var is the sole key and a text', () => {
    const source = { vars: { a: 1 }, env: { var: 'a', other: 2 }, n: { var: 3 } };
    assert.equal(substitute(source, []), source);
  });

  it('may be whole lists', () => {
    assert.deepEqual(substitute({ vars: { words: ['a', 'b'] }, command: { var: 'words' } }, [])['command'], ['a', 'b']);
  });
});
