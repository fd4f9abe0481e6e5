/** What the schema says to people, in an editor and in errors: everywhere, and true. */
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import type { JsonSchema } from '../../generator/model/schema.js';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { editorSchema } from '../../generator/schema/editor.js';

interface Part {
  readonly path: string;
  /** Property: under a key of its own. Key: what keys of a map look like. */
  readonly is: 'property' | 'key' | 'value' | 'condition';
  readonly schema: JsonSchema;
}

/** Every schema inside a schema, itself first; what one refers to is among the definitions. */
function* parts(schema: JsonSchema, path = '', is: Part['is'] = 'value'): Generator<Part> {
  if (schema['$ref'] !== undefined) return;
  yield { path, is, schema };
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' || key === 'definitions') for (const [name, inner] of Object.entries(value as Record<string, JsonSchema>)) yield* parts(inner, `${path}/${name}`, key === 'properties' ? 'property' : 'value');
    else if (key === 'anyOf') for (const [index, inner] of (value as readonly JsonSchema[]).entries()) yield* parts(inner, `${path}|${index}`, 'condition');
    else if (['if', 'then', 'else', 'not'].includes(key)) yield* parts(value as JsonSchema, `${path}?`, 'condition');
    else if (key === 'propertyNames') yield* parts(value as JsonSchema, `${path}/*key`, 'key');
    else if (['items', 'additionalProperties'].includes(key) && typeof value === 'object') yield* parts(value as JsonSchema, `${path}/*`);
  }
}

const whole = assembleSchema(features, false);
const all = [...parts(whole)].filter(({ is }) => is !== 'condition');
const ajv = new Ajv({ strict: false, allErrors: true });

/** Paths of parts that something is wrong with, and what. */
const wrong = (what: (part: Part) => string | undefined): string[] => all.flatMap((part) => {
  const said = what(part);
  return said === undefined ? [] : [`${part.path || '(the lab)'}: ${said}`];
});

const typesOf = (schema: JsonSchema): readonly unknown[] => [schema['type']].flat();

describe('the words of the schema', () => {
  it('are of a schema that has everything', () => assert.ok(all.length > 300, String(all.length)));

  it('describe every key, name and value, in a sentence', () => {
    assert.deepEqual(wrong(({ path, schema }) => {
      const description = schema['description'];
      if (path === '') return undefined;
      if (typeof description !== 'string') return 'no description';
      return /^[A-Za-z/"].*[^.]\.$/s.test(description) && description.length >= 6 ? undefined : description;
    }), []);
  });

  it('explain each legal value, in its order', () => {
    assert.deepEqual(wrong(({ schema: { enum: values, enumDescriptions: words } }) => {
      if (values === undefined) return words === undefined ? undefined : 'words for no values';
      const [legal, said] = [values as readonly unknown[], (words ?? []) as readonly string[]];
      if (new Set(legal).size !== legal.length || legal.length !== said.length) return `${legal.length} values, ${said.length} explained`;
      return said.find((each) => !/^\S.*\.$/.test(each));
    }), []);
  });

  it('have an example of each', () => {
    assert.deepEqual(wrong(({ path, schema }) => {
      if (schema['examples'] === undefined) return path === '' || (typesOf(schema).includes('object') && schema['title'] !== undefined) ? undefined : 'no example';
      return (schema['examples'] as readonly unknown[]).length > 0 ? undefined : 'an empty list of examples';
    }), []);
  });

  it('give examples and defaults that are valid', () => {
    let looked = 0;
    assert.deepEqual(wrong(({ schema }) => {
      const values = [...((schema['examples'] ?? []) as readonly unknown[]), ...('default' in schema ? [schema['default']] : [])];
      const check = ajv.compile({ ...schema, definitions: whole['definitions'] });
      looked += values.length;
      const bad = values.find((value) => !check(value));
      return bad === undefined ? undefined : `${JSON.stringify(bad)}: ${ajv.errorsText(check.errors)}`;
    }), []);
    assert.ok(looked > 250, String(looked));
  });

  it('name every map of keys, and nothing else by the same name', () => {
    assert.deepEqual(wrong(({ is, path, schema }) => (is !== 'key' && typesOf(schema).includes('object') && schema['title'] === undefined ? `no title for ${path}` : undefined)), []);
    const meanings = new Map<string, Set<string>>();
    for (const { schema } of all) {
      const title = schema['title'];
      if (typeof title === 'string') meanings.set(title.toLowerCase(), (meanings.get(title.toLowerCase()) ?? new Set()).add(JSON.stringify(schema)));
    }
    assert.deepEqual([...meanings].filter(([, shapes]) => shapes.size > 1).map(([title]) => title), []);
  });

  it('say in words what a pattern demands, or it demands nothing to speak of', () => {
    assert.deepEqual(wrong(({ schema }) => (schema['pattern'] !== undefined && schema['form'] === undefined ? String(schema['pattern']) : undefined)), []);
  });
});

describe('the schema for editors', () => {
  const editor = editorSchema(assembleSchema(features, true));
  const inEditor = [...parts(editor)];

  it('has patterns every editor can compile', () => {
    const patterns = new Set(inEditor.flatMap(({ schema }) => (typeof schema['pattern'] === 'string' ? [schema['pattern']] : [])));
    assert.ok(patterns.size > 40, String(patterns.size));
    for (const pattern of patterns) for (const flags of ['', 'u']) assert.doesNotThrow(() => new RegExp(pattern, flags), `${pattern} ${flags}`);
  });

  it('shows no pattern without words for it, and none of our own keywords', () => {
    for (const { path, schema } of inEditor) {
      if (schema['pattern'] !== undefined) assert.match(String(schema['patternErrorMessage']), /^Needed: .*\.$/, path);
      assert.equal(schema['form'], undefined, path);
    }
  });

  it('has as many words as values, in a stage too', () => {
    for (const { path, schema } of inEditor) assert.equal((schema['enumDescriptions'] as readonly string[] | undefined)?.length, (schema['enum'] as readonly unknown[] | undefined)?.length, path);
  });

  it('refers to what is there, uses every definition, and each more than once', () => {
    const uses = JSON.stringify(editor).match(/"#\/definitions\/[^"]*"/g) ?? [];
    const definitions = Object.keys(editor['definitions'] as object);
    assert.deepEqual([...new Set(uses)].sort(), definitions.map((name) => `"#/definitions/${name}"`).sort());
    for (const name of definitions) assert.ok(uses.filter((use) => use === `"#/definitions/${name}"`).length > 1, name);
  });

  it('has a size that an editor reads in no time', () => {
    const bytes = Buffer.byteLength(JSON.stringify(editor));
    assert.ok(bytes < 170_000, `${bytes} bytes`);
  });
});
