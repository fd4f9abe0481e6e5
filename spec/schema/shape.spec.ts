import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { check } from '../../generator/generated/shape-errors.js';
import { isWrong } from '../../generator/generated/shape-wrong.js';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { editorSchema } from '../../generator/schema/editor.js';
import { GOLDEN_LABS } from '../support/golden.js';
import { errorsOf, labText, problemsOf } from '../support/labs.js';
import { parse } from 'yaml';

const NODES = 'lab: x\nnodes:\n  n1: {}\n';

describe('shape', () => {
  it('tells each mistake once, all of them', () => {
    assert.deepEqual(errorsOf('lab: X\nnodes:\n  n1: { cpus: 0, memory: much, foo: 1 }\nchecks: {}\n'), ['LG015 lab', 'LG014 nodes.n1.cpus', 'LG012 nodes.n1.memory', 'LG010 nodes.n1.foo', 'LG012 checks']);
  });

  it('takes an unknown key beside the missing one it was meant to be for one mistake', () => {
    assert.deepEqual(errorsOf('lba: x\nnodes: { n1: {} }\n'), ['LG010 lba']);
    assert.deepEqual([...errorsOf('nodes: { n1: {} }\nother: 1\n')].sort(), ['LG010 other', 'LG011 lab']);
  });

  it('branches by type: docker as a map, as false, and as nonsense', () => {
    assert.deepEqual(errorsOf(`${NODES}  n2: { docker: false }\n  n3: { docker: { mtu: 1400 } }\n  n4: null\n`), []);
    assert.deepEqual(errorsOf(`${NODES}  n2: { docker: "off" }\n`), ['LG012 nodes.n2.docker']);
  });

  it('says the hint a wrong type needs', () => {
    const [text] = problemsOf('lab: t\ntitle: 7\nnodes: { n1: {} }\n');
    assert.equal(text?.hint, 'Put it in quotes: "7".');
    assert.equal(problemsOf('lab: 7\nnodes: { n1: {} }\n')[0]?.hint, 'The name of the lab. For example: "my-lab".', 'in quotes it would be no name either');
  });

  it('keeps rules from values whose shape is wrong', () => {
    assert.deepEqual(errorsOf('lab: x\nnetworks: { lan: { subnet: 300.1.1.0/24 } }\nnodes:\n  n1: { address: 10.0.0.1 }\n'), ['LG015 networks.lan.subnet']);
    assert.deepEqual(errorsOf(`${NODES}containers:\n  web: { node: 7 }\nchecks:\n  - ping: { from: web, to: n1 }\n`), ['LG012 containers.web.node']);
  });

  it('has no control character in any message', () => {
    for (const key of ['\\u001b[31m', '\\u202e', '\\u0000', '\\u2028']) {
      const text = problemsOf(`lab: x\nnodes: { n1: {} }\n"${key}": "${key}"\n`).map((each) => `${each.message}${each.hint}`).join('');
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f\u202a-\u202e\u2028]/u);
    }
  });
});

describe('the schema compiled to yes or no', () => {
  const NONSENSE = [null, true, -1, 1.5, 1e9, '', 'A b', 'x'.repeat(30000), [], ['a', 'a'], {}, { nonsense: 1 }];

  /** Copies of a value with one place of it in turn made something else, left out, or given a key more. */
  function* spoilt(value: unknown): Generator<unknown> {
    for (const each of NONSENSE) yield each;
    if (Array.isArray(value)) for (const [index, item] of (value as unknown[]).entries()) for (const each of spoilt(item)) yield [...(value as unknown[]).slice(0, index), each, ...(value as unknown[]).slice(index + 1)];
    else if (typeof value === 'object' && value !== null) {
      yield { ...value, nonsense: 1 };
      for (const [key, item] of Object.entries(value)) {
        const { [key]: _gone, ...rest } = value as Record<string, unknown>;
        yield rest;
        for (const each of spoilt(item)) yield { ...value, [key]: each };
      }
    }
  }

  // Not the big one that has everything: its square takes a minute.
  for (const lab of new Set(GOLDEN_LABS.map((each) => each.lab).filter((each) => each !== 'everything'))) {
    it(`${lab}: says the same as the one that tells all errors, whatever is spoilt`, () => {
      const value: unknown = parse(labText(lab));
      let wrong = 0;
      for (const each of spoilt(value)) {
        if (isWrong(each) === check(each)) assert.fail(JSON.stringify(each));
        if (isWrong(each)) wrong++;
      }
      assert.ok(wrong > 100);
    });
  }
});

describe('the editor schema', () => {
  const check = new Ajv({ strict: false }).compile(editorSchema(assembleSchema(features, true)));

  it('accepts every lab that labgen accepts, stages and variables included', () => {
    for (const lab of new Set(GOLDEN_LABS.map((each) => each.lab))) {
      assert.equal(check(parse(labText(lab))), true, `${lab}: ${JSON.stringify(check.errors?.slice(0, 3))}`);
    }
  });

  it('refuses an unknown key, also in a stage', () => {
    assert.equal(check({ lab: 'x', nodes: { n1: { dokcer: {} } } }), false);
    assert.equal(check({ lab: 'x', nodes: { n1: {} }, stages: [{ name: 's', nodes: { n1: { dokcer: {} } } }] }), false);
  });

  it('describes every property, for the editor to show', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: Record<string, { description?: string; title?: string; $ref?: string }> };
      for (const [key, value] of Object.entries(properties ?? {})) if (value.description === undefined && value.title === undefined) bare.push(`${path}.${key}`);
      for (const [key, value] of Object.entries(node)) if (!['examples', 'default', 'enum'].includes(key)) walk(value, `${path}.${key}`);
    };
    walk(assembleSchema(features, false), '');
    assert.deepEqual(bare, []);
  });
});
