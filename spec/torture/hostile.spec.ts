/** A short run of what `npm run torture -- hostile` does at length, and the proof that it would notice. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { features } from '../../generator/plan/pipeline.js';
import { judge, title, torture } from './hostile.js';
import { bases, CANARY, cook, recipes, slotsOf, type HostileLab } from './hostile-labs.js';
import { wordsOfUnit } from './unit-words.js';

describe(title, function () {
  this.timeout(600_000);

  it('nothing runs, and what went in comes out', async () => {
    const figures = await torture(1, () => undefined);
    assert.equal(figures['labs'], 300);
    assert.ok((figures['values'] ?? 0) > 3000 && (figures['readings'] ?? 0) > 3000, JSON.stringify(figures));
  });

  it('takes its places for text from the schema: also of blocks and keys that are new', () => {
    const free = { type: 'string' };
    const schema = { type: 'object', properties: { shiny: { type: 'object', additionalProperties: { type: 'object', properties: { note: free, kind: { type: 'string', enum: ['a'] }, node: { type: 'string', pattern: '^[a-z]+$' } } } }, list: { type: 'array', items: free } } };
    assert.deepEqual(slotsOf(schema, { shiny: { one: { node: 'a' } }, list: ['x', 'y'] }).map(({ path }) => path.join('.')).sort(), ['list.0', 'list.1', 'shiny.one.note']);
    const paths = new Set(bases().flatMap(({ slots }) => slots.map(({ path }) => path.filter((step) => typeof step === 'string').at(-1))));
    for (const key of ['title', 'summary', 'why', 'command', 'PRICE', 'run', 'flags']) assert.ok(paths.has(key), key);
    assert.ok(slotsOf(assembleSchema(features, false), bases().find(({ name }) => name === 'everything')?.tree ?? {}).length > 60);
  });

  describe('a helper that does not quote is noticed', () => {
    /** The first labs that have a file of this kind with a mark, and that file spoilt as a missing helper would. */
    const spoilt = (pattern: RegExp, spoil: (text: string) => string): HostileLab => {
      for (const recipe of fc.sample(recipes, { numRuns: 400, seed: 11 })) {
        const lab = cook(recipe);
        const plan = lab?.plan.map((file) => (pattern.test(file.path) ? { ...file, content: spoil(String(file.content)) } : file));
        if (lab && plan && plan.some(({ content }, index) => String(content) !== String(lab.plan[index]?.content))) return { ...lab, plan };
      }
      return assert.fail('no lab has such a file');
    };
    const judged = (lab: HostileLab): Promise<void> => judge([lab], { labs: 0, refused: 0, values: 0, read: 0 });

    for (const [what, pattern, spoil, says] of [
      ['a word of the shell without quotes', /-containers\.sh$/, (text: string) => text.replace(/'([^'\n]*zq\d+zq[^'\n]*[ $`;|][^'\n]*)'/, '$1'), /became|given to nobody|something ran/],
      ['a word of the shell in double quotes', /-containers\.sh$/, (text: string) => text.replace(/'([^'"\n]*zq\d+zq[^'"\n]*[$`][^'"\n]*)'/, '"$1"'), /became|given to nobody|something ran/],
      ['a template of Docker\'s in a service', /-swarm\.sh$/, (text: string) => text.replaceAll(/--env .*zq\d+zq.*/g, (line) => line.replaceAll('{{"{{"}}', '{{"a"}}')), /became/],
      ['Ruby between backticks', /^Vagrantfile$/, (text: string) => text.replace('NODES = [', 'X = "#{`touch x`}"\nNODES = ['), /it ran `/],
      ['Ruby that does not end', /^Vagrantfile$/, (text: string) => text.replace(/\nend\n$/, '\n'), /SyntaxError/],
      ['a template of Ansible\'s in a task', /^site\.yml$/, (text: string) => text.replace(/\n {4}- name: .*/, (line) => `${line} zq0zq {{ lookup('pipe', 'touch ${CANARY}/x') }}`), /became|something ran|KeyError/],
      ['YAML that is none', /^inventory\.yml$/, (text: string) => `${text}: {\n`, /is no YAML/],
      ['Markdown that is markup', /^README\.md$/, (text: string) => text.replace(/zq\d+zq/, (mark) => `${mark}\n\n<script>alert(1)</script>\n\n`), /HTML/],
      ['a unit without its specifiers doubled', /\.conf$/, (text: string) => text.replaceAll(/.*zq\d+zq.*/g, (line) => line.replaceAll('%%', '%n')), /became/],
      ['a unit of which systemd knows a line not', /-containers\.service$/, (text: string) => text.replace('\n[Install]', '\nExecStrat=/bin/true\n\n[Install]'), /systemd-analyze: Unknown key/],
      ['a text of YAML that became a comment', /^site\.yml$/, (text: string) => text.replace(/\n {4}- name: .*/, (line) => `${line} # zq0zq`), /is in no text|KeyError/],
    ] as const) {
      it(what, () => assert.rejects(async () => judged(spoilt(pattern, spoil)), says));
    }
  });

  it('reads units by systemd\'s rules', () => {
    assert.deepEqual(wordsOfUnit('[Service]\n# zq\nExecStart=\nExecStart=dockerd -H fd:// \\\n    "--label=a b\\"c\\\\" --x=%%h$$HOME \'one two\' a\\x20b\n'), ['dockerd', '-H', 'fd://', '--label=a b"c\\', '--x=%h$HOME', 'one two', 'a b']);
  });
});
