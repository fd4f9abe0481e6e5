/** The whole command line inside this process: exit codes, streams, formats. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen, root } from '../support/context.js';
import { filesBelow, readTree, writeInto } from '../support/trees.js';

const BROKEN = 'lab: broken\nnodes:\n  net-1: { dokcer: {} }\n';

describe('labgen', () => {
  it('list: every shipped lab with its title', async () => {
    const { code, out } = await labgen('/', 'list');
    assert.equal(code, 0);
    for (const name of readdirSync(join(root, 'labs')).filter((each) => each.endsWith('.yaml'))) assert.match(out, new RegExp(`^${name.slice(0, -5)} +\\S`, 'm'));
    const labs = JSON.parse((await labgen('/', 'list', '--format', 'json')).out) as { lab: string; stages: string[] }[];
    assert.deepEqual(labs.find((each) => each.lab === 'gre')?.stages, ['closed', 'open']);
  });

  it('validate: 0 and one line for a sound lab', async () => {
    for (const { lab } of JSON.parse((await labgen('/', 'list', '--format', 'json')).out) as { lab: string }[]) {
      const { code, out, err } = await labgen('/', 'validate', lab);
      assert.deepEqual([code, err], [0, ''], out);
      assert.match(out, /: valid, \d+ nodes?/);
    }
  });

  it('validate: 2 and every problem in text, JSON and as GitHub annotations', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), BROKEN);
    const text = await labgen(folder, 'validate', 'lab.yaml');
    assert.equal(text.code, 2);
    assert.match(text.out, /^lab\.yaml:3:12: error LG010: unknown key "dokcer"/);
    assert.match(text.out, /\nlab\.yaml: 1 error\n$/);
    const json = await labgen(folder, 'validate', 'lab.yaml', '--format', 'json');
    assert.equal(json.code, 2);
    assert.deepEqual(JSON.parse(json.out), [{ code: 'LG010', severity: 'error', file: 'lab.yaml', line: 3, column: 12, path: 'nodes.net-1.dokcer', message: 'unknown key "dokcer"', hint: 'Did you mean "docker"? Known are: address, address6, networks, count, memory, cpus, docker, sysctls.' }]);
    const github = await labgen(folder, 'validate', 'lab.yaml', '--format', 'github');
    assert.match(github.out, /^::error file=lab\.yaml,line=3,col=12,title=LG010::unknown key "dokcer"\. Did you mean/);
    assert.deepEqual(JSON.parse((await labgen(folder, 'validate', 'gre', '--format', 'json')).out), []);
  }));

  it('validate: an annotation cannot be broken out of', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'a,b:c%.yaml'), 'lab: x\nnodes: { n1: {} }\n"%0A::error::x\\n::warning::y": 1\n');
    const { out } = await labgen(folder, 'validate', 'a,b:c%.yaml', '--format', 'github');
    assert.match(out, /^::error file=a%2Cb%3Ac%25\.yaml,/);
    assert.equal(out.split('\n').filter((line) => line.startsWith('::')).length, 1);
  }));


  it('render: writes, says what, and does nothing the second time', () => inFolder(async (folder) => {
    const first = await labgen(folder, 'render', 'gre', '--format', 'json');
    assert.equal(first.code, 0, first.err);
    const done = JSON.parse(first.out) as { lab: string; stage: string; written: string[] };
    assert.deepEqual([done.lab, done.stage], ['gre', 'open']);
    assert.deepEqual([...done.written, '.labgen/manifest.json', '.labgen/seal.json'].sort(), [...filesBelow(folder)].sort());
    const second = await labgen(folder, 'render', 'gre');
    assert.match(second.out, /^gre \(stage open\): 0 written, \d+ unchanged\n$/);
  }));

  it('render: inside a rendered folder it needs no name, and keeps stage and sets', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre', '--stage', 'closed', '--set', 'nodes.net-1.memory=2048', '-o', 'out');
    const before = readTree(join(folder, 'out'));
    const again = await labgen(join(folder, 'out'), 'render');
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /0 written/);
    assert.deepEqual(readTree(join(folder, 'out')), before);
    assert.match(before['Vagrantfile'] ?? '', /memory: 2048/);
    assert.equal((await labgen(join(folder, 'out'), 'diff')).code, 0);
  }));

  it('render: --dry-run writes nothing', () => inFolder(async (folder) => {
    const { code, out } = await labgen(folder, 'render', 'gre', '--dry-run');
    assert.equal(code, 0);
    assert.match(out, /^new +Vagrantfile$/m);
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('render: 1 where a file would be lost, and nothing new lies there', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'Vagrantfile'), 'mine\n');
    const { code, err } = await labgen(folder, 'render', 'gre');
    assert.equal(code, 1);
    assert.match(err, /^labgen: nothing was written: a file would be lost\n {2}Vagrantfile {2}\(labgen did not write it\)\n/);
    assert.deepEqual(readTree(folder), { Vagrantfile: 'mine\n' });
    assert.equal((await labgen(folder, 'render', 'gre', '--force')).code, 0);
  }));

  it('render: from one stage to another and back leaves the very same bytes', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre', '--stage', 'open');
    const before = readTree(folder);
    assert.equal((await labgen(folder, 'render', 'gre', '--stage', 'closed')).code, 0);
    assert.notDeepEqual(readTree(folder), before);
    await labgen(folder, 'render', 'gre', '--stage', 'open');
    assert.deepEqual(readTree(folder), before);
  }));

  it('diff: 1 and a patch where files differ, 0 where none does', () => inFolder(async (folder) => {
    assert.equal((await labgen(folder, 'diff', 'gre')).code, 1);
    await labgen(folder, 'render', 'gre');
    assert.deepEqual(await labgen(folder, 'diff', 'gre'), { code: 0, out: '', err: 'no difference\n' });
    const { code, out } = await labgen(folder, 'diff', 'gre', '--set', 'nodes.net-1.memory=2048');
    assert.equal(code, 1);
    assert.match(out, /^--- a\/Vagrantfile/m);
    assert.match(out, /^\+.*memory: 2048/m);
  }));

  it('schema: one JSON Schema', async () => {
    const { code, out } = await labgen('/', 'schema');
    assert.equal(code, 0);
    assert.equal((JSON.parse(out) as { title: string }).title, 'A labgen lab');
  });

  describe('--set', () => {
    const set = (folder: string, text: string) => labgen(folder, 'validate', 'gre', '--set', text);
    it('tells what is no PATH=VALUE', () => inFolder(async (folder) => {
      for (const text of ['nodes', '=1', 'a b=1', 'nodes.$x=1', '']) {
        const { code, err } = await set(folder, text);
        assert.deepEqual([code, err.split('\n')[0]], [2, `labgen: --set ${text.replace(/=.*/, '=…')} is not PATH=VALUE`]);
      }
    }));
    it('tells a value that is no YAML', () => inFolder(async (folder) => assert.match((await set(folder, 'vars.x=[a')).err, /is not readable/)));
    it('points at itself where it made the lab wrong', () => inFolder(async (folder) => {
      const { code, out } = await set(folder, 'nodes.net-1.memory=lots');
      assert.equal(code, 2);
      assert.match(out, /^--set nodes\.net-1\.memory=…: error LG012: "lots" is not a whole number/);
    }));
    it('cannot pollute a prototype', () => inFolder(async (folder) => {
      await set(folder, '__proto__.polluted=1');
      await set(folder, 'constructor.prototype.polluted=1');
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    }));
    it('removes by null', () => inFolder(async (folder) => assert.equal((await labgen(folder, 'render', 'gre', '--set', 'nodes.net-1.address=null')).code, 0)));
  });

  describe('what the command line can get wrong is 2, with a next step and never a stack trace', () => {
    const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['an unknown lab', ['render', 'gree'], /there is no lab "gree"\n {2}Did you mean "gre"\? Shipped are: /],
      ['a path that is not there', ['render', './no.yaml'], /there is no file \.\/no\.yaml/],
      ['an unknown stage', ['render', 'gre', '--stage', 'opne'], /there is no stage "opne"\. Did you mean "open"\?/],
      ['a stage of a lab without any', ['render', 'docker0', '--stage', 'x'], /this lab has no stages/],
      ['an unknown verb', ['redner', 'gre'], /unknown command 'redner'[\s\S]*Did you mean render/],
      ['an unknown flag', ['render', 'gre', '--stgae', 'open'], /unknown option '--stgae'[\s\S]*Did you mean --stage/],
      ['an unknown format', ['validate', 'gre', '--format', 'xml'], /Allowed choices are text, json, github/],
      ['a flag without its value', ['render', 'gre', '--stage'], /argument missing/],
      ['one argument too many', ['render', 'gre', 'docker0'], /too many arguments/],
      ['no lab, and not a rendered folder', ['render'], /not a rendered folder/],
      ['a folder that is not rendered', ['render', './'], /not a rendered folder/],
      ['help about what is no verb', ['help', 'renderr'], /^labgen: there is no verb "renderr"\n {2}Did you mean "render"\? "labgen help" lists them, and "labgen help codes" the codes of problems\.\n$/],
      ['help about a lab', ['help', 'ports'], /^labgen: there is no verb "ports"\n {2}"labgen help" lists them/],
      ['a provider there is none of', ['up', 'gre', '--provider', 'vmware'], /^labgen: labs do not run on "vmware"\n {2}Did you mean "vmware_desktop"\? Use one of: docker, /],
      ['a provider that is misspelt', ['walk', 'gre', '--provider', 'Virtual-Box'], /Did you mean "virtualbox"\?/],
      ['a seed that is no number', ['break', 'gre', '--seed', 'x'], /Give a whole number\./],
      ['ways to break a lab that has none', ['break', './plain.yaml', '--list'], /^labgen: plain declares no breaks\n/],
      ['the same for a program', ['break', './plain.yaml', '--list', '--format', 'json'], /^labgen: plain declares no breaks\n/],
      ['one end of a way', ['explain', 'gre', 'c1'], /^labgen: explain needs two ends\n {2}Give them after the lab/],
      ['two ends without a lab', ['explain', 'c1', 'c2'], /^labgen: no lab is named/],
      ['nothing to lint', ['lint'], /holds no rendered lab/],
      ['a lab that is binary', ['validate', './binary.yaml'], /LG101/],
      ['a lab that is too large to be one', ['validate', './long.yaml'], /LG0/],
    ];
    for (const [title, args, expected] of cases) {
      it(title, () => inFolder(async (folder) => {
        writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0, 255, 254, 7, 27, 91, 50, 74]));
        writeFileSync(join(folder, 'long.yaml'), `a: ${'x'.repeat(100_000)}`);
        writeFileSync(join(folder, 'plain.yaml'), 'lab: plain\nnodes: { n1: {} }\n');
        const { code, out, err } = await labgen(folder, ...args);
        assert.equal(code, 2, out + err);
        assert.match(out + err, expected);
        assert.doesNotMatch(out + err, /\n\s+at |Error:.*\n.*node:|\u001b/);
      }));
    }
  });

  it('an unknown provider is told before anything is rendered', () => inFolder(async (folder) => {
    await labgen(folder, 'up', 'gre', '-o', 'out', '--provider', 'vmware');
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('help on help is help', async () => assert.deepEqual(await labgen('/', 'help', 'help'), await labgen('/', 'help')));

  it('that nothing was written is said by verbs that would have written', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), BROKEN);
    for (const args of [['render'], ['up'], ['report'], ['graph', '-o', 'a.svg']]) assert.match((await labgen(folder, args[0] ?? '', 'lab.yaml', ...args.slice(1))).err, /labgen: lab\.yaml has an error; nothing was written\n/, args[0]);
    for (const args of [['predict'], ['graph'], ['diff'], ['explain', 'a', 'b']]) assert.match((await labgen(folder, args[0] ?? '', 'lab.yaml', ...args.slice(1))).err, /labgen: lab\.yaml has an error\n/, args[0]);
  }));

  it('what the system refuses is 3, and names the path', () => inFolder(async (folder) => {
    const { code, err } = await labgen(folder, 'render', 'gre', '-o', '/proc/nowhere');
    assert.equal(code, 3);
    assert.match(err, /\/proc\/nowhere/);
    assert.doesNotMatch(err, /\n\s+at /);
  }));

  it('a lab behind a loop of links is 3, not a bug', () => inFolder(async (folder) => {
    symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
    const { code, err } = await labgen(folder, 'validate', './loop.yaml');
    assert.ok(code === 2 || code === 3, err);
    assert.doesNotMatch(err, /\n\s+at /);
  }));

  it('--version and --help are 0', async () => {
    assert.deepEqual(await labgen('/', '--version'), { code: 0, out: '0.0.0-spec\n', err: '' });
    const help = await labgen('/', '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, /Exit codes: 0 all well/);
  });

  it('a rendered folder survives broken memory', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre');
    for (const text of ['{', 'null', '7', '{"stage":7,"set":"x"}', '{"stage":"gone"}']) {
      writeInto(folder, '.labgen/render.json', text);
      const { code, out, err } = await labgen(folder, 'validate');
      assert.equal(code, 0, `${text}: ${out}${err}`);
    }
    assert.equal(readFileSync(join(folder, '.labgen/lab.yaml'), 'utf8'), readFileSync(join(root, 'labs/gre.yaml'), 'utf8'));
    assert.equal(existsSync(join(folder, 'out')), false);
    mkdirSync(join(folder, 'empty'));
    assert.equal((await labgen(join(folder, 'empty'), 'validate')).code, 2);
  }));
});
