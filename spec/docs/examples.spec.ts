/** Shipped labs, the one to begin from, and every YAML example of the docs: valid, and without a warning. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isTree } from '../../generator/model/merge.js';
import { validateLab } from '../../generator/plan/pipeline.js';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';

/** Nodes that examples which are parts of a lab speak of; the first is in each. */
const NODES = { host: '{}', 'net-1': '{}', 'net-2': '{}', worker: '{ count: 3 }', master: '{}', manager: '{}', outside: '{ docker: false }' };

const toldOf = (text: string, assets = assetsOf(text)): readonly string[] => validateLab('lab.yaml', text, [], assets).problems.map((each) => `${each.line}: ${each.severity} ${each.code} ${each.message}`);

function examplesIn(file: string): readonly { readonly line: number; readonly text: string }[] {
  const page = readFileSync(join(root, file), 'utf8');
  return [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map((match) => ({ line: page.slice(0, match.index).split('\n').length + 1, text: match[1] ?? '' }));
}

describe('examples', () => {
  for (const name of shippedLabs(root)) it(`the lab ${name}`, () => assert.deepEqual(toldOf(labText(name)), []));

  for (const name of readdirSync(join(root, 'templates/new'))) {
    it(`templates/new/${name}`, () => assert.deepEqual(toldOf(readFileSync(join(root, 'templates/new', name), 'utf8')), []));
  }

  it('are many, and looked at', () => {
    assert.ok(examplesIn('docs/language.md').length >= 10);
    assert.equal(toldOf(whole('containers: { web: { node: hots } }\n'), []).length, 1);
  });

  // Those of docs/errors.md are labs of codes/, and looked at as such; whole labs of docs/language.md and files beside them are for language.spec.ts.
  for (const file of ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'errors.md').map((name) => `docs/${name}`)]) {
    for (const { line, text } of examplesIn(file).filter((each) => file !== 'docs/language.md' || !/^(lab: \S+|# \S+\.yaml)$/m.test(each.text))) it(`${file}:${line}`, () => assert.deepEqual(toldOf(whole(text), []), []));
  }
});

/** An example that is part of a lab, with what it speaks of around it; files it names are nowhere, and nobody looks for them. */
function whole(example: string): string {
  const text = example.replaceAll('https://…/', 'https://example.org/');
  const written: unknown = parse(text);
  const keys = Object.keys(isTree(written) ? written : {});
  const nodes = Object.entries(NODES).filter(([name], index) => index === 0 || new RegExp(`\\b${name}\\b`).test(text));
  const around = {
    lab: 'example',
    vars: '{ secret: quiet-as-a-mouse }',
    nodes: `{ ${nodes.map(([name, settings]) => `${name}: ${settings}`).join(', ')} }`,
    ...(keys.includes('weave') ? { containers: '{ web: { node: host }, hello: { node: host } }' } : {}),
    ...(/\bpipework:/.test(text) ? { bridges: '{ br0: { node: host }, ovs-cookbook: { node: host, kind: ovs } }' } : {}),
  };
  return `${text}${Object.entries(around).filter(([key]) => !keys.includes(key)).map(([key, value]) => `${key}: ${value}\n`).join('')}`;
}
