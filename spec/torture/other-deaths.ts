/** kill -9 while `new` makes a lab in the user's own folder, and while `fetch` pins and copies an artifact. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labgenIn, type Ran } from '../support/context.js';
import { writeInto } from '../support/trees.js';
import { lyingIn, unlike, type Lying } from './folders.js';
import { run } from './program.js';

const BYTES = 'the tool itself, and not a short one\n'.repeat(50);

interface Verb {
  readonly args: readonly string[];
  /** What is in its folder before. */
  readonly files: Readonly<Record<string, string>>;
  readonly first?: readonly string[];
  /** It refuses where the file is there already: then nothing is missing. */
  readonly once?: string;
}

const VERBS: readonly Verb[] = [
  {
    args: ['new', 'mine', '--from', 'lab/lab.yaml'], once: 'mine.yaml',
    files: { 'lab/lab.yaml': 'lab: web\ninclude: [parts/nodes.yaml]\nimages: { site: { build: site } }\ncontainers: { c1: { node: n1, image: site } }\n', 'lab/parts/nodes.yaml': 'nodes: { n1: {} }\n', 'lab/site/Dockerfile': 'FROM scratch\nCOPY index.html /\n', 'lab/site/index.html': '<p>hello\n', 'mine.yaml.labgen-0123abcd': 'my own, not a beginning of it\n', 'notes.txt': 'mine\n' },
  },
  {
    args: ['fetch', 'lab.yaml', '-o', 'out', '--pin'], first: ['render', 'lab.yaml', '-o', 'out'],
    files: { 'lab.yaml': 'lab: t\nnodes: { a: { docker: false } }\nartifacts:\n  tool: { about: made by hand, version: v1, sha256: unknown, file: tool, nodes: [a] }\n', '.cache/labgen/artifacts/tool-v1': BYTES, 'out/artifacts/tool/tool.labgen-0123abcd': 'mine\n' },
  },
];

/** A dead one's temporary files of these verbs are left to the same verb, or for an hour. */
const LEFT = /^(.*\.)?labgen-[0-9a-f]{8}$|\.labgen-[0-9a-f]{8}$/;

export async function dieElsewhere(program: string, work: string, every: number): Promise<number> {
  let kills = 0;
  for (const [index, verb] of VERBS.entries()) {
    const start = join(work, `verb-${index}`);
    mkdirSync(start, { recursive: true });
    for (const [path, text] of Object.entries(verb.files)) writeInto(start, path, text);
    const here = (home: string, args: readonly string[]): Promise<Ran> => labgenIn({ env: { HOME: home }, root: join(program, '../..') }, home, ...args);
    if (verb.first) assert.equal((await here(start, verb.first)).code, 0);
    const before = lyingIn(start);
    const whole = join(work, 'whole');
    cpSync(start, whole, { recursive: true });
    const { code, calls = 0, err } = await run(program, whole, verb.args);
    assert.deepEqual([code, err], [0, ''], verb.args.join(' '));
    const wanted = lyingIn(whole);
    rmSync(whole, { recursive: true });
    for (let at = 1; at <= calls; at++) {
      for (const how of ['before', 'half', 'after']) {
        if ((at * 3 + how.length) % every !== 0 && at !== calls) continue;
        const home = join(work, 'dying');
        cpSync(start, home, { recursive: true });
        const words = `${verb.args.join(' ')}, killed ${how} write ${at} of ${calls}`;
        assert.equal((await run(program, home, verb.args, { at, how })).signal, 'SIGKILL', words);
        isWhole(words, lyingIn(home), before, wanted);
        const done = verb.once !== undefined && lyingIn(home).has(verb.once);
        const next = await here(home, verb.args);
        assert.equal(next.code, done ? 2 : 0, `${words}: ${next.err}`);
        const left = (path: string): boolean => (done || verb.once === undefined) && !before.has(path) && LEFT.test(path);
        assert.equal(unlike(lyingIn(home), wanted, left), '', words);
        rmSync(home, { recursive: true });
        kills++;
      }
    }
  }
  return kills;
}

function isWhole(words: string, now: Lying, before: Lying, wanted: Lying): void {
  for (const [path, lying] of now) assert.ok(lying === before.get(path) || lying === wanted.get(path) || (LEFT.test(path) && !before.has(path)), `${words}: ${path} is neither the old nor the new one`);
  for (const [path, lying] of before) assert.ok(now.get(path) === lying || now.get(path) === wanted.get(path), `${words}: ${path} is lost`);
}
