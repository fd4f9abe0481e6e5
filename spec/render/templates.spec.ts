import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { bareExpressions } from '../../generator/render/bare.js';
import { QUOTING } from '../../generator/render/quote.js';
import { createRenderer } from '../../generator/render/renderer.js';
import { templateFiles } from '../../scripts/generate.js';
import { root } from '../support/context.js';

const FENCE = /\{\{\{?[#/]?\s*(\w+)/g;

/** Names in folders that everyone may write to; mktemp fills in the X. */
const fixedNames = (text: string): readonly string[] => [...text.matchAll(/(?:\/var)?\/tmp\/[\w.$-]+/g)].map(([name]) => name).filter((name) => !/X{6,}$/.test(name));

describe('templates', () => {
  for (const file of templateFiles()) {
    it(`${file} places every value through a quoting helper`, () => {
      assert.deepEqual(bareExpressions(readFileSync(join(root, 'templates', file), 'utf8')), []);
    });

    it(`${file} uses the helpers of its own language`, () => {
      const text = readFileSync(join(root, 'templates', file), 'utf8').replaceAll(/\\\{\{[^}]*\}\}/g, '');
      const used = new Set([...text.matchAll(FENCE)].map((match) => match[1] ?? '').filter((name) => name in QUOTING));
      const own = /\.(sh|env)\./.test(file) ? ['sh', 'shwords', 'shlines'] : file.includes('.md.') ? ['md', 'mdcode', 'mdprose', 'mdfence', 'mermaid', 'fragment'] : file.includes('Vagrantfile') ? ['rb'] : /\.(service|conf)\./.test(file) ? ['unit', 'unitlines'] : ['yaml', 'fragment'];
      assert.deepEqual([...used].filter((name) => name !== 'plain' && !own.includes(name)), []);
    });
  }

  it('use no name in /tmp that another could know before: a link would lie in wait there', () => {
    const known = templateFiles().flatMap((file) => fixedNames(readFileSync(join(root, 'templates', file), 'utf8')).map((name) => `${file}: ${name}`));
    assert.deepEqual(known, []);
    assert.deepEqual(fixedNames('echo >/tmp/keys.conf; mktemp -d /tmp/labgen.XXXXXX; --tmpfs /tmp -v; "$TMPDIR/x" /var/tmp/a'), ['/tmp/keys.conf', '/var/tmp/a']);
  });

  it('would not pass with a bare value, three braces, a partial, or a helper that does not quote', () => {
    assert.deepEqual(bareExpressions('{{name}}'), ['{{name}}']);
    assert.deepEqual(bareExpressions('{{#each a}}{{this}}{{/each}}'), ['{{this}}']);
    assert.deepEqual(bareExpressions('{{{sh name}}}'), ['{{sh}}']);
    assert.deepEqual(bareExpressions('{{&sh name}}'), ['{{sh}}']);
    assert.deepEqual(bareExpressions('{{lookup a b}}'), ['{{lookup}}']);
    assert.deepEqual(bareExpressions('{{#if a}}x{{else}}{{b}}{{/if}}'), ['{{b}}']);
    assert.deepEqual(bareExpressions('{{> partial}}'), ['{{> …}}']);
    assert.deepEqual(bareExpressions('{{sh}}'), ['{{sh}}']);
    assert.deepEqual(bareExpressions('{{sh a}} \\{{ item }} {{#if a}}{{yaml (sh b)}}{{/if}}'), []);
  });
});

describe('the renderer', () => {
  const render = (template: string, view: Record<string, unknown>): string => {
    const known = Object.fromEntries([...Object.keys(QUOTING), 'each', 'if', 'unless'].map((name) => [name, true]));
    const code = Handlebars.precompile(template, { strict: true, noEscape: true, knownHelpers: known, knownHelpersOnly: true, preventIndent: true }) as string;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const specification = new Function(`return ${code}`)() as unknown;
    return (createRenderer({ t: () => specification }))('t', view);
  };

  it('throws on every hole instead of leaving it', () => {
    for (const template of ['{{sh a}}', '{{sh a.b}}', '{{#each a}}x{{/each}}', '{{#if a}}x{{/if}}', '{{#unless a}}x{{/unless}}', '{{yaml (sh a)}}']) assert.throws(() => render(template, {}), Error, template);
  });

  it('escapes nothing by itself, and takes an empty list for one', () => {
    assert.equal(render('{{sh a}}', { a: '<&>' }), "'<&>'");
    assert.equal(render('{{#each a}}x{{/each}}{{#if b}}y{{/if}}', { a: [], b: false }), '');
  });

  it('does not reach into prototypes', () => {
    assert.throws(() => render('{{sh a.constructor}}', { a: {} }));
  });

  it('says which template is missing', () => {
    assert.throws(() => createRenderer({})('nowhere', {}), /no template nowhere/);
  });
});
