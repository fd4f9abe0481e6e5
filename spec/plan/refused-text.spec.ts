/** A render that a quoting helper stops: told at the place in the lab, or as labgen's own bug; never by a stack trace. */
import assert from 'node:assert/strict';
import { runInThisContext } from 'node:vm';
import { main } from '../../generator/cli/main.js';
import { TemplateFailed, TextRefused } from '../../generator/model/template-failed.js';
import { refusedText } from '../../generator/plan/refused-text.js';
import { createRenderer } from '../../generator/render/renderer.js';
import Handlebars from 'handlebars';

const LAB = 'lab: mine\ntitle: plain\nnodes: { host: {} }\nroutes:\n  - { node: host, to: default, why: "by `id`" }\n';

/** What a template with one placeholder says of a value. */
function failure(value: unknown, template = '{{plain it}}'): TemplateFailed {
  const specification: unknown = runInThisContext(`(${String(Handlebars.precompile(template, { strict: true, noEscape: true }))})`);
  try {
    createRenderer({ 'features/some': () => specification })('features/some', { it: value });
  } catch (error) {
    return error instanceof TemplateFailed ? error : assert.fail(String(error));
  }
  return assert.fail('it was rendered');
}

describe('a text that a template cannot place', () => {
  it('is refused by name of the template, with the text', () => {
    const error = failure('by `id`');
    assert.equal(error.message, 'the template features/some cannot be filled: not a plain text: "by `id`"');
    assert.ok(error.cause instanceof TextRefused);
    assert.equal(error.text, 'by `id`');
  });

  it('is told where the lab says it, alone or within a sentence of ours', () => {
    for (const text of ['by `id`', 'a route (by `id`) of the lab']) {
      const problem = refusedText(failure(text), new Map([['lab.yaml', LAB]]));
      assert.deepEqual([problem?.code, problem?.severity, problem?.line, problem?.column, problem?.path], ['LG101', 'error', 5, 37, 'routes[0].why']);
      assert.equal(problem?.message, '"by `id`" cannot stand in a file that is rendered from it');
    }
  });

  it('is labgen\'s own where the lab does not say it, or where a view lacks something', () => {
    assert.equal(refusedText(failure('of `ours`'), new Map([['lab.yaml', LAB]])), undefined);
    assert.equal(refusedText(failure(undefined), new Map([['lab.yaml', LAB]])), undefined);
    assert.match(failure(undefined).message, /^the template features\/some cannot be filled: /);
  });

  it('ends with 70, what to do, and no stack trace', async () => {
    let said = '';
    const broken = (): never => {
      throw failure('of `ours`\u001b[2J');
    };
    const context = { args: ['render', 'gre'], interrupt: new AbortController().signal, env: {}, version: '', out: () => undefined, err: (text: string) => void (said += text) };
    Object.defineProperty(context, 'cwd', { get: broken });
    assert.equal(await main(context as never), 70);
    assert.match(said, /^labgen: a bug in labgen: the template features\/some cannot be filled: not a plain text: [^\n]*\n {2}Nothing was written\. Please report it with the command and the lab file\.\n$/);
    assert.ok(!said.includes('\u001b'));
  });
});
