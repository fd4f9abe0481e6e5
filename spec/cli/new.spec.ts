/** labgen new: a lab to begin from, and nothing lost that was there. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { features } from '../../generator/plan/pipeline.js';
import { assembleSchema } from '../../generator/schema/assemble.js';
import { inFolder, labgen, root } from '../support/context.js';
import { filesBelow, writeInto } from '../support/trees.js';

const shipped = (name: string): string => readFileSync(join(root, 'labs', `${name}.yaml`), 'utf8');
const LAB = 'lab: a\nnodes: { n1: {} }\n';

describe('labgen new', () => {
  it('writes a lab that validates without a warning, and says how to go on', () => inFolder(async (folder) => {
    const { code, out, err } = await labgen(folder, 'new', 'my-lab');
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(filesBelow(folder), ['my-lab.yaml']);
    assert.equal(out, `my-lab.yaml written
Next: change it, and
  labgen validate my-lab.yaml
  labgen render my-lab.yaml -o my-lab   # the files, for "vagrant up"
  labgen up my-lab.yaml -o my-lab       # all of it: render, boot, play, and prove it
The language: ${join(root, 'docs/language.md')}
`);
    const validated = await labgen(folder, 'validate', 'my-lab.yaml', '--strict');
    assert.deepEqual([validated.code, validated.out], [0, 'my-lab.yaml: valid, 2 nodes\n']);
    assert.equal((await labgen(folder, 'render', 'my-lab.yaml', '-o', 'my-lab')).code, 0);
  }));

  it('copies every shipped lab: only the name and the schema line differ', () => inFolder(async (folder) => {
    for (const name of shippedLabs(root)) {
      const { code, err } = await labgen(folder, 'new', `my-${name}`, '--from', name);
      assert.deepEqual([code, err], [0, '']);
      const expected = shipped(name).replace('$schema=lab.schema.json', `$schema=${root}labs/lab.schema.json`).replace(`\nlab: ${name}\n`, `\nlab: my-${name}\n`);
      assert.equal(readFileSync(join(folder, `my-${name}.yaml`), 'utf8'), expected);
      assert.equal((await labgen(folder, 'validate', `my-${name}.yaml`, '--strict')).code, 0);
    }
  }));

  it('copies a lab file of one\'s own, and the lab of a rendered folder without what --set said there', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'a.yaml'), `${LAB}vars: { m: 1400 }\n`);
    assert.equal((await labgen(folder, 'new', 'b', '--from', './a.yaml')).code, 0);
    assert.match(readFileSync(join(folder, 'b.yaml'), 'utf8'), /^# yaml-language-server: \$schema=\S+\nlab: b\nnodes: \{ n1: \{\} \}\nvars/);
    await labgen(folder, 'render', 'a.yaml', '-o', 'out', '--set', 'vars.m=1300');
    const { out } = await labgen(folder, 'new', 'c', '--from', 'out/');
    assert.match(out, /^Note: what that render was told by --set is not in it: vars\.m=1300$/m);
    assert.equal((parse(readFileSync(join(folder, 'c.yaml'), 'utf8')) as { vars: { m: number } }).vars.m, 1400);
  }));

  it('tells that a shipped lab has that name', () => inFolder(async (folder) => {
    assert.match((await labgen(folder, 'new', 'gre')).out, /^Note: "gre" alone means the shipped lab; yours is gre\.yaml\.$/m);
  }));

  it('tells of pins that stay behind', () => inFolder(async (folder) => {
    writeInto(folder, 'there/a.yaml', `${LAB}artifacts:\n  tool: { url: https://example.org/t, version: v1, sha256: unknown, file: t, nodes: [n1] }\n`);
    writeInto(folder, 'there/labgen-lock.json', '{}');
    assert.match((await labgen(folder, 'new', 'b', '--from', 'there/a.yaml')).out, /^Note: its artifacts are pinned in there\/labgen-lock\.json: /m);
  }));

  describe('what a lab brings along', () => {
    const files = ['images/hello/Dockerfile', 'images/hello/www/hi'];

    it('is copied, and found there', () => inFolder(async (folder) => {
      const { code, out } = await labgen(folder, 'new', 'b', '--from', 'ports');
      assert.equal(code, 0);
      assert.match(out, /^images\/hello copied\nb\.yaml written, from ports\n/);
      for (const path of files) assert.deepEqual(readFileSync(join(folder, path)), readFileSync(join(root, 'labs', path)));
      assert.equal((await labgen(folder, 'validate', 'b.yaml')).code, 0);
    }));

    it('comes from a rendered folder too, with its modes', () => inFolder(async (folder) => {
      writeInto(folder, 'there/a.yaml', `${LAB}images: { img: { build: ctx/i }, tarred: { tar: ctx/t.tar } }\n`);
      writeInto(folder, 'there/ctx/i/Dockerfile', 'FROM toolbox\nCOPY run /run\n');
      writeInto(folder, 'there/ctx/i/run', '#!/bin/sh\n');
      writeInto(folder, 'there/ctx/t.tar', 'tar');
      chmodSync(join(folder, 'there/ctx/i/run'), 0o755);
      assert.equal((await labgen(folder, 'render', 'there/a.yaml', '-o', 'out')).code, 0);
      rmSync(join(folder, 'there'), { recursive: true });
      mkdirSync(join(folder, 'here'));
      const { code, out, err } = await labgen(join(folder, 'here'), 'new', 'b', '--from', '../out/');
      assert.equal(code, 0, err);
      assert.match(out, /^ctx\/i copied\nctx\/t\.tar copied\n/);
      assert.deepEqual(filesBelow(join(folder, 'here')), ['b.yaml', 'ctx/i/Dockerfile', 'ctx/i/run', 'ctx/t.tar']);
      assert.equal(statSync(join(folder, 'here/ctx/i/run')).mode & 0o777, 0o755);
      assert.equal((await labgen(join(folder, 'here'), 'validate', 'b.yaml')).code, 0);
    }));

    it('stays as it is where it is there already', () => inFolder(async (folder) => {
      assert.equal((await labgen(folder, 'new', 'b', '--from', 'ports')).code, 0);
      assert.match((await labgen(folder, 'new', 'c', '--from', 'ports')).out, /^c\.yaml written/);
    }));

    it('is never written over or through something else: 2, and nothing new lies there', () => inFolder(async (folder) => {
      writeInto(folder, 'elsewhere/mine', '');
      const WAYS: readonly ((folder: string) => void)[] = [
        (here) => writeInto(here, 'images/hello/www/hi', 'mine\n'),
        (here) => writeInto(here, 'images', 'a file\n'),
        (here) => symlinkSync(join(folder, 'elsewhere'), join(here, 'images')),
        (here) => { mkdirSync(join(here, 'images/hello'), { recursive: true }); symlinkSync('/nowhere', join(here, 'images/hello/Dockerfile')); },
      ];
      for (const [index, way] of WAYS.entries()) {
        const here = join(folder, String(index));
        mkdirSync(here);
        way(here);
        const before = readdirSync(here, { recursive: true });
        const { code, err } = await labgen(here, 'new', 'b', '--from', 'ports');
        assert.equal(code, 2, String(index));
        assert.match(err, /^labgen: the lab brings files along, and something else is in their place; nothing was written\n {2}images\/hello\/\S+\n[^]*Go to another folder, or move these away first\.\n$/);
        assert.deepEqual(readdirSync(here, { recursive: true }), before);
      }
      assert.deepEqual(filesBelow(join(folder, 'elsewhere')), ['mine']);
    }));
  });

  describe('refuses with 2, and writes nothing', () => {
    it('where that file is there, be it a link to nowhere', () => inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.yaml'), 'mine\n');
      symlinkSync(join(folder, 'target'), join(folder, 'b.yaml'));
      for (const name of ['a', 'b']) assert.deepEqual(await labgen(folder, 'new', name), { code: 2, out: '', err: `labgen: ${name}.yaml is there already; nothing was written\n  Take another name, or move that file away first.\n` });
      assert.equal(readFileSync(join(folder, 'a.yaml'), 'utf8'), 'mine\n');
      assert.throws(() => statSync(join(folder, 'target')));
    }));

    const NAMES: readonly (readonly [given: string, error: string])[] = [
      ['My_Lab.yaml', '"My_Lab.yaml" is not a legal name of a lab\n  Needed: lower-case letters, digits and single dashes, beginning with a letter, at most 40 characters. For example: "my-lab".'],
      ['../gre', '"../gre" is not a legal name of a lab\n  Needed: lower-case letters, digits and single dashes, beginning with a letter, at most 40 characters. For example: "gre".'],
      ['', '"" is not a legal name of a lab\n  Needed: lower-case letters, digits and single dashes, beginning with a letter, at most 40 characters. For example: "net-1".'],
      ['a\u001b[2J', '"a\\u001b[2J" is not a legal name of a lab\n  Needed: lower-case letters, digits and single dashes, beginning with a letter, at most 40 characters. For example: "a-2j".'],
      ['a'.repeat(41), `"${'a'.repeat(41)}" is longer than 40 characters\n  Needed: lower-case letters, digits and single dashes, beginning with a letter, at most 40 characters. For example: "${'a'.repeat(40)}".`],
    ];
    for (const [given, error] of NAMES) {
      it(`the name ${JSON.stringify(given.slice(0, 12))}`, () => inFolder(async (folder) => {
        assert.deepEqual(await labgen(folder, 'new', given), { code: 2, out: '', err: `labgen: ${error}\n` });
        assert.deepEqual(filesBelow(folder), []);
      }));
    }

    it('a lab with errors, all of which it shows', () => inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.yaml'), 'lab: a\nnodes:\n  n1: { dokcer: {} }\n');
      const { code, err } = await labgen(folder, 'new', 'b', '--from', './a.yaml');
      assert.equal(code, 2);
      assert.match(err, /^\.\/a\.yaml:3:9: error LG010: unknown key "dokcer"[^]*\nlabgen: \.\/a\.yaml has an error; nothing was written\n {2}"labgen help LG010" explains the code\.\n$/);
      assert.deepEqual(filesBelow(folder), ['a.yaml']);
    }));

    it('a lab whose name is bound to more of it', () => inFolder(async (folder) => {
      writeFileSync(join(folder, 'a.yaml'), 'lab: &n a\ntitle: *n\nnodes: { n1: {} }\n');
      const { code, err } = await labgen(folder, 'new', 'b', '--from', './a.yaml');
      assert.equal(code, 2);
      assert.match(err, /^labgen: the name of \.\/a\.yaml cannot be changed without changing more of it; nothing was written\n {2}Copy the file by hand/);
      assert.deepEqual(filesBelow(folder), ['a.yaml']);
    }));

    it('a lab that is not there', () => inFolder(async (folder) => {
      assert.match((await labgen(folder, 'new', 'b', '--from', 'gree')).err, /there is no lab "gree"\n {2}Did you mean "gre"\?/);
      assert.match((await labgen(folder, 'new', 'b', '--from', './no.yaml')).err, /there is no file \.\/no\.yaml/);
      assert.deepEqual(filesBelow(folder), []);
    }));
  });
});

describe('templates/new/lab.yaml', () => {
  const text = readFileSync(join(root, 'templates/new/lab.yaml'), 'utf8');

  it('explains each of its blocks in a comment above it', () => {
    for (const [, above = '', key] of text.matchAll(/(^.*\n)^([a-z]\w*):/gm)) assert.match(above, /^# \S/, key);
  });

  it('names every block there is', () => {
    const blocks = Object.keys((assembleSchema(features, false) as { properties: object }).properties);
    assert.deepEqual(blocks.filter((key) => !new RegExp(`\\b${key}\\b`).test(text)), []);
  });

  it('says where all of the language is told, and that is shipped', () => {
    assert.match(text, /docs\/language\.md/);
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
    for (const path of ['docs/language.md', 'templates/new', 'templates/completion']) assert.ok(files.includes(path), path);
  });

  it('ends with stages that may be taken in as they are', () => inFolder(async (folder) => {
    const stages = text.slice(text.indexOf('#   stages:')).replaceAll(/^# {3}/gm, '');
    writeFileSync(join(folder, 'a.yaml'), `${text.slice(0, text.indexOf('# "stages:"'))}${stages}`);
    const { code, out } = await labgen(folder, 'validate', 'a.yaml', '--strict');
    assert.deepEqual([code, out], [0, 'a.yaml: valid, 2 nodes, stages apart, together\n']);
  }));
});
