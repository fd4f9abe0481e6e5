/** Labs that mean harm, case by case: each is refused with a code and a place, or is carried as the text it is. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../generator/model/problem.js';
import { validateLab } from '../../generator/plan/pipeline.js';
import { inFolder, labgenIn, type Ran } from '../support/context.js';
import { contentOf, errorsOf, planFor, problemsOf } from '../support/labs.js';
import { filesBelow } from '../support/trees.js';

const NODE = 'lab: x\nnodes: { a: {} }\n';
const quoted = (name: string): string => JSON.stringify(name);

describe('hostile labs', function () {
  this.timeout(60_000);

  describe('names', () => {
    const BLOCKS: Readonly<Record<string, (name: string) => string>> = {
      nodes: (name) => `lab: x\nnodes: { ${name}: {} }\n`,
      groups: (name) => `${NODE}groups: { ${name}: [a] }\n`,
      networks: (name) => `${NODE}networks: { ${name}: { subnet: 192.168.57.0/24 } }\n`,
      containers: (name) => `${NODE}containers: { ${name}: { node: a } }\n`,
      bridges: (name) => `${NODE}bridges: { ${name}: { node: a } }\n`,
      tunnels: (name) => `lab: x\nnodes: { a: {}, b: {} }\ntunnels: { ${name}: { kind: gre, ends: [a, b] } }\n`,
      images: (name) => `${NODE}images: { ${name}: { build: ./images/web } }\n`,
      artifacts: (name) => `${NODE}artifacts: { ${name}: { url: "https://files.lab/x", version: "1", sha256: unknown } }\n`,
      dockerNetworks: (name) => `${NODE}dockerNetworks: { ${name}: {} }\n`,
      vars: (name) => `${NODE}vars: { ${name}: 1 }\n`,
      stages: (name) => `${NODE}stages: [{ name: ${name} }]\n`,
      lab: (name) => `lab: ${name}\nnodes: { a: {} }\n`,
    };
    for (const name of ['../x', '/etc/x', 'a/../../x', 'C:x', '-oProxyCommand=touch x', '-x', '$(id)', '`id`', '#{`id`}', "{{ lookup('pipe', 'id') }}", 'a b', 'a\nb', 'a;b', '.', '..', '', '~', '*', '%n', 'а-node', '1', '007', '1e3', 'a\\b', 'a\u200bb']) {
      it(`${JSON.stringify(name)} is no name, in any block`, () => {
        for (const [block, lab] of Object.entries(BLOCKS)) assert.match(errorsOf(lab(quoted(name))).join(), /LG01[245]|LG101/, block);
      });
    }

    it('numbers as names are refused as what YAML made of them, and said so', () => {
      assert.deepEqual(['1', '0x10', '1e3', '1.5', 'null', 'true'].map((name) => errorsOf(`lab: x\nnodes: { ${name}: {} }\n`).map((each) => each.slice(0, 5)).join()), ['LG015', 'LG015', 'LG015', 'LG015', 'LG015', '']);
    });

    it('devices of Windows are no folders, and names of Ansible no nodes', () => {
      for (const name of ['con', 'prn', 'aux', 'nul', 'com1', 'lpt9']) for (const block of ['nodes', 'images']) assert.match(errorsOf(BLOCKS[block]?.(name) ?? '').join(), new RegExp(`LG042 ${block}\\.${name}`), `${block} ${name}`);
      for (const name of ['all', 'ungrouped', 'localhost']) assert.deepEqual(errorsOf(BLOCKS['nodes']?.(name) ?? ''), [`LG042 nodes.${name}`]);
      assert.deepEqual(['console', 'com-1', 'com10', 'all-nodes'].flatMap((name) => errorsOf(BLOCKS['nodes']?.(name) ?? '')), []);
    });

    it('what every object of JavaScript has is a name like another, or refused: nowhere a crash, nowhere a loss', () => {
      for (const name of ['constructor', 'hasownproperty', 'tostring', 'valueof', 'prototype']) {
        for (const [block, lab] of Object.entries(BLOCKS)) if (block !== 'images' && block !== 'vars') assert.deepEqual(errorsOf(lab(name)), [], `${block} ${name}`);
      }
      for (const name of ['__proto__', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', '__defineGetter__']) {
        for (const [block, lab] of Object.entries(BLOCKS)) if (block !== 'bridges') assert.notDeepEqual(errorsOf(lab(name)), [], `${block} ${name}`);
      }
      const script = contentOf(planFor(`${NODE}containers: { constructor: { node: a, env: { __proto__: one, constructor: two, hasOwnProperty: three } } }\n`, 'x'), 'nodes/a/labgen-containers.sh');
      for (const word of ['__proto__=one', 'constructor=two', 'hasOwnProperty=three']) assert.ok(script.includes(word), word);
      assert.match(script, /\bconstructor\b(?!=)/);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      for (const key of ['nodes', 'containers', 'checks', 'vars', 'stages', 'firewall']) problemsOf(`${NODE}${key === 'nodes' ? '' : `${key}: { __proto__: { polluted: 1 }, constructor: { prototype: { polluted: 1 } } }\n`}`);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    });
  });

  describe('signs', () => {
    for (const [what, escape] of [['NUL', '\\0'], ['an override of direction', '\\u202e'], ['an isolate', '\\u2066'], ['half a sign', '\\ud800'], ['the other half', '\\udc00'], ['a noncharacter', '\\ufffe'], ['another', '\\ufdd0'], ['one beyond the first plane', '\\U0001FFFE']] as const) {
      it(`${what} is refused wherever a text may stand`, () => {
        for (const lab of [`title: "a${escape}b"`, `summary: "a${escape}b"`, `containers: { c1: { node: a, env: { X: "a${escape}b" } } }`, `containers: { c1: { node: a, command: ["a${escape}b"] } }`, `checks: [{ command: { node: a, run: "a${escape}b" }, why: x }]`, `checks: [{ ping: { from: a, to: a }, why: "a${escape}b" }]`, `vars: { x: "a${escape}b" }`, `vars: { "a${escape}b": 1 }`]) {
          assert.match(problemsOf(`${NODE}${lab}\n`).map((each: Problem) => `${each.code} line ${each.line}`).join(), /LG101 line 3/, lab);
        }
      });
    }

    it('--set brings none in', () => inFolder(async (folder) => {
      const { code, err } = await labgenIn({}, folder, 'validate', 'gre', '--set', 'title="a\\u202eb"');
      assert.equal(code, 2);
      assert.match(err, /has the sign U\+202E/);
    }));

    it('letters of every script, and signs that are joined, are texts like others', () => assert.deepEqual(errorsOf(`${NODE}title: "שלום, grüße, 日本語, 👩‍💻, 🏴󠁧󠁢󠁥󠁮󠁧󠁿"\n`), []));
  });

  it('blank lines of a value stay, however many', () => {
    for (let count = 1; count < 9; count++) {
      const value = `a${'\n'.repeat(count)}b${'\n'.repeat(count)}`;
      const script = contentOf(planFor(`${NODE}containers: { c1: { node: a, command: ${JSON.stringify(value)} } }\n`, 'x'), 'nodes/a/labgen-containers.sh');
      const [, words = ''] = / sh -c ('a[^]*?b[^]*?')\n(?!['\n])/.exec(script) ?? [];
      assert.equal(spawnSync('sh', ['-c', `printf %s ${words}`], { encoding: 'utf8' }).stdout, value);
    }
  });

  describe('what no lab needs costs little', () => {
    const told = (text: string): { readonly codes: readonly string[]; readonly message: string } => {
      const begun = process.cpuUsage();
      const { problems } = validateLab('lab.yaml', text);
      const { user } = process.cpuUsage(begun);
      assert.ok(user < 20_000_000, `${Math.round(user / 1000)} ms`);
      return { codes: [...new Set(problems.map((each) => each.code))], message: problems.find((each) => each.code === 'LG003')?.message ?? '' };
    };
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index] ?? ''}`).join(',')}]`).join('\n')}\n`;
    for (const [what, text, message] of [
      ['aliases that multiply', bomb, /^too many aliases/],
      ['an alias in itself', `${NODE}groups: &n { b: *n }\n`, /no end/],
      ['an alias deep in itself', `${NODE}checks: &n [[[{ a: *n }]]]\n`, /no end/],
      ['an alias as a key in itself', `${NODE}checks: &n [{ *n : 1 }]\n`, /no end/],
      ['thousands of aliases', `${NODE}title: &a x\nchecks: [${'*a,'.repeat(30_000)}]\n`, /^the file has more than 1000 aliases/],
      ['a text of 2 MB', `${NODE}title: ${'x'.repeat(2 << 20)}\n`, /^the file is larger than 1 MB$/],
      ['brackets', `${NODE}checks: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`, /nests deeper/],
      ['dashes', `${NODE}checks:\n  ${'- '.repeat(50_000)}a\n`, /nests deeper/],
      ['steps', `${NODE}${Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`, /nests deeper/],
      ['thousands of mistakes in a list', `${NODE}checks: [${'a,'.repeat(60_000)}]\n`, /^59000 more mistakes/],
      ['thousands of unknown keys', `${NODE}${Array.from({ length: 9000 }, (_, index) => `k${index}: 1`).join('\n')}\n`, /^8000 more mistakes/],
    ] as const) it(`${what}: LG003`, () => assert.match(told(text).message, message));

    it('anchors serve as they should, merge keys are told', () => {
      assert.deepEqual(errorsOf('lab: x\nnodes: { a: &same { memory: 512 }, b: *same }\n'), []);
      assert.deepEqual(errorsOf('lab: x\nnodes: { a: &same { memory: 512 }, b: { <<: *same } }\n'), ['LG010 nodes.b.<<']);
    });

    for (const tag of ['!ruby/object:Gem::Installer {}', '!ruby/regexp /x/', '!!python/object/apply:os.system [id]', "!!js/function 'x'", '!!binary aGk=', '!!set { a }', '!!omap [a: 1]', '!!timestamp 2001-01-01', '!own x']) {
      it(`a tag makes nothing: ${tag}`, () => assert.deepEqual([...new Set(errorsOf(`${NODE}title: ${tag}\n`))], ['LG001 ']));
    }
  });

  describe('paths', () => {
    const run = (folder: string, ...args: readonly string[]): Promise<Ran> => labgenIn({}, folder, ...args);

    for (const path of ['../outside.yaml', '/etc/hostname', 'link.yaml', 'folder/outside.yaml', '../../../../etc/passwd', 'pipe', '.', 'C:\\x', 'a\u0000b']) {
      it(`include ${JSON.stringify(path)} reads nothing outside of the lab's folder`, () => inFolder(async (folder) => {
        mkdirSync(join(folder, 'lab'));
        mkdirSync(join(folder, 'elsewhere'));
        for (const name of ['outside.yaml', 'elsewhere/outside.yaml']) writeFileSync(join(folder, name), 'title: stolen\n');
        symlinkSync('../outside.yaml', join(folder, 'lab/link.yaml'));
        symlinkSync('../elsewhere', join(folder, 'lab/folder'));
        writeFileSync(join(folder, 'lab/lab.yaml'), `${NODE}include: [${quoted(path)}]\n`);
        const { code, out, err } = await run(join(folder, 'lab'), 'render', 'lab.yaml', '-o', 'out');
        assert.equal(code, 2, out + err);
        assert.match(err, /LG150|LG015|LG101/);
        assert.doesNotMatch(out + err, /stolen|root:/);
        assert.equal(existsSync(join(folder, 'lab/out')), false);
      }));
    }

    it('an output folder may be absolute or a link; what lies in it may not lead on', () => inFolder(async (folder) => {
      mkdirSync(join(folder, 'real'));
      mkdirSync(join(folder, 'victim'));
      symlinkSync('real', join(folder, 'out'));
      assert.equal((await run(folder, 'render', 'docker0', '-o', join(folder, 'out'))).code, 0);
      assert.ok(existsSync(join(folder, 'real/Vagrantfile')));
      for (const [name, target] of [['nodes', '../victim'], ['Vagrantfile', '../victim/file'], ['.labgen', '../victim']] as const) {
        const fresh = join(folder, `fresh-${name}`);
        mkdirSync(fresh);
        symlinkSync(target, join(fresh, name));
        for (const force of [[], ['--force']]) {
          const { code, err } = await run(folder, 'render', 'docker0', '-o', fresh, ...force);
          assert.equal(code, 1, err);
          assert.match(err, /not a plain file in a plain folder/);
        }
        assert.deepEqual(filesBelow(join(folder, 'victim')), []);
      }
    }));

    it('a folder of an image, and a tar, are the lab\'s own', () => inFolder(async (folder) => {
      mkdirSync(join(folder, 'lab'));
      mkdirSync(join(folder, 'secret'));
      writeFileSync(join(folder, 'secret/Dockerfile'), 'FROM scratch\n# stolen\n');
      symlinkSync('../secret', join(folder, 'lab/link'));
      for (const path of ['../secret', './link', '/etc']) {
        writeFileSync(join(folder, 'lab/lab.yaml'), `${NODE}images: { web: { build: ${quoted(path)} } }\ncontainers: { c1: { node: a, image: web } }\n`);
        const { code, err } = await run(join(folder, 'lab'), 'render', 'lab.yaml', '-o', 'out');
        assert.equal(code, 2, path);
        assert.match(err, /LG110|LG015/);
        assert.equal(existsSync(join(folder, 'lab/out')), false);
      }
      assert.equal(readFileSync(join(folder, 'secret/Dockerfile'), 'utf8').includes('stolen'), true);
    }));
  });
});
