/** Labs of several files, with variables given from outside: on the command line, and in the folder they were rendered to. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { inFolder, labgen } from '../support/context.js';
import { filesBelow, writeInto } from '../support/trees.js';

const LAB = `lab: main
include: [shared/nodes.yaml]
vars: { mtu: { default: 1450 } }
nodes:
  net-2: { memory: 2048 }
`;
const NODES = `include: [../vars.yaml]
nodes:
  net-1: { docker: { mtu: { var: mtu } } }
  net-2: { docker: { mtu: { var: mtu } } }
`;

function written(folder: string): void {
  writeInto(folder, 'labs/main.yaml', LAB);
  writeInto(folder, 'labs/shared/nodes.yaml', NODES);
  writeInto(folder, 'labs/vars.yaml', 'vars: { mtu: { type: integer } }\n');
}

const mtuOf = (folder: string, node = 'net-1'): string | undefined => /--mtu=?\s?(\d+)/.exec(readFileSync(join(folder, `nodes/${node}/docker.service.d/50-labgen.conf`), 'utf8'))?.[1];

describe('a lab of several files', () => {
  it('renders what all of them say; the output goes on without them', () => inFolder(async (folder) => {
    written(folder);
    assert.equal((await labgen(folder, 'render', 'labs/main.yaml', '-o', 'out')).code, 0);
    rmSync(join(folder, 'labs'), { recursive: true });
    const out = join(folder, 'out');
    assert.deepEqual(filesBelow(join(out, '.labgen/include')), ['shared/nodes.yaml', 'vars.yaml']);
    assert.match(readFileSync(join(out, '.gitignore'), 'utf8'), /^!\.labgen\/include$/m);
    assert.equal(mtuOf(out), '1450');
    assert.deepEqual(await labgen(out, 'diff'), { code: 0, out: '', err: 'no difference\n' });
    assert.equal((await labgen(out, 'render', '--set', 'vars.mtu=1300')).code, 0);
    assert.deepEqual([mtuOf(out), mtuOf(out, 'net-2')], ['1300', '1300']);
    assert.equal((await labgen(out, 'validate')).code, 0);
  }));

  it('is rendered anew where only an included file changed', () => inFolder(async (folder) => {
    written(folder);
    await labgen(folder, 'render', 'labs/main.yaml', '-o', 'out');
    writeInto(folder, 'labs/shared/nodes.yaml', NODES.replace('net-1:', 'net-9:'));
    await labgen(folder, 'render', 'labs/main.yaml', '-o', 'out');
    assert.equal(mtuOf(join(folder, 'out'), 'net-9'), '1450');
  }));

  it('tells what is wrong in the file that says it, with its line', () => inFolder(async (folder) => {
    written(folder);
    writeInto(folder, 'labs/shared/nodes.yaml', NODES.replace('net-1: { docker', 'net-1: { dokcer'));
    const { code, out } = await labgen(folder, 'validate', 'labs/main.yaml');
    assert.equal(code, 2);
    assert.match(out, /^labs\/shared\/nodes\.yaml:3:12: error LG010: unknown key "dokcer" \(at nodes\.net-1\.dokcer\)\n {3}3 \| {3}net-1: \{ dokcer: .*\n {5}\| {12}\^\n/);
    const [problem] = JSON.parse((await labgen(folder, 'validate', 'labs/main.yaml', '--format', 'json')).out) as { file: string; line: number }[];
    assert.deepEqual([problem?.file, problem?.line], ['labs/shared/nodes.yaml', 3]);
  }));

  it('is copied whole by new', () => inFolder(async (folder) => {
    written(folder);
    mkdirSync(join(folder, 'here'));
    const { code, out, err } = await labgen(join(folder, 'here'), 'new', 'mine', '--from', '../labs/main.yaml');
    assert.equal(code, 0, err);
    assert.match(out, /^shared\/nodes\.yaml copied\nvars\.yaml copied\nmine\.yaml written/);
    assert.deepEqual(filesBelow(join(folder, 'here')), ['mine.yaml', 'shared/nodes.yaml', 'vars.yaml']);
    assert.equal((await labgen(join(folder, 'here'), 'validate', 'mine.yaml')).code, 0);
  }));

  it('has the stages of all its files, for a shell too', () => inFolder(async (folder) => {
    written(folder);
    writeInto(folder, 'labs/vars.yaml', 'vars: { mtu: { type: integer } }\nstages: [{ name: narrow, vars: { mtu: 1200 } }, { name: wide }]\n');
    assert.match((await labgen(folder, '__complete', '--', 'up', 'labs/main.yaml', '--stage', '')).out, /^narrow\nwide\n$/);
    await labgen(folder, 'render', 'labs/main.yaml', '-o', 'out', '--stage', 'narrow');
    assert.equal(mtuOf(join(folder, 'out')), '1200');
  }));

  it('reads no link that leads out, no pipe, nothing too large, and not without end', () => inFolder(async (folder) => {
    const told = async (include: string): Promise<string> => {
      writeInto(folder, 'labs/main.yaml', `lab: x\ninclude: [${include}]\nnodes: { n: {} }\n`);
      return /LG150: "[^"]*" cannot be included: (.*) \(at/.exec((await labgen(folder, 'validate', 'labs/main.yaml')).out)?.[1] ?? '';
    };
    written(folder);
    writeInto(folder, 'secret.yaml', 'nodes: { n: {} }\n');
    symlinkSync('../secret.yaml', join(folder, 'labs/link.yaml'));
    symlinkSync('..', join(folder, 'labs/up'));
    mkdirSync(join(folder, 'labs/folder.yaml'));
    assert.equal(spawnSync('mkfifo', [join(folder, 'labs/pipe.yaml')]).status, 0);
    writeInto(folder, 'labs/large.yaml', `${'#'.repeat(9 << 20)}\n`);
    for (let index = 0; index < 210; index++) writeInto(folder, `labs/many/${index}.yaml`, `include: [${index + 1}.yaml]\nvars: { v${index}: 1 }\n`);
    assert.equal(await told('link.yaml'), 'it leads out of the folder of the lab file');
    assert.equal(await told('up/secret.yaml'), 'it leads out of the folder of the lab file');
    for (const path of ['pipe.yaml', 'folder.yaml']) assert.equal(await told(path), 'it is not a file');
    assert.equal(await told('large.yaml'), 'what the lab includes is larger than 8 MiB');
    assert.equal(await told('none.yaml'), 'there is no such file');
    assert.equal(await told('many/0.yaml'), 'the lab includes more than 200 files');
  }));
});

describe('--vars', () => {
  const DECLARED = 'lab: given\nvars: { mtu: { type: integer } }\nnodes: { net-1: { docker: { mtu: { var: mtu } } } }\n';
  const prepared = (folder: string): void => {
    writeInto(folder, 'lab.yaml', DECLARED);
    writeInto(folder, 'a.yaml', 'mtu: 1300\n');
    writeInto(folder, 'b.yaml', 'mtu: 1350\n');
  };

  it('gives what has to be given: a later file over an earlier, --set over both', () => inFolder(async (folder) => {
    prepared(folder);
    assert.equal((await labgen(folder, 'render', 'lab.yaml', '-o', 'out')).code, 2);
    for (const [flags, mtu] of [[['--vars', 'a.yaml'], '1300'], [['--vars', 'a.yaml', '--vars', 'b.yaml'], '1350'], [['--set', 'vars.mtu=1390', '--vars', 'b.yaml'], '1390']] as const) {
      assert.equal((await labgen(folder, 'render', 'lab.yaml', '-o', 'out', ...flags)).code, 0);
      assert.equal(mtuOf(join(folder, 'out')), mtu);
    }
  }));

  it('is an input: the same files are remembered, others are not', () => inFolder(async (folder) => {
    prepared(folder);
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--vars', 'a.yaml');
    assert.match((await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--vars', 'a.yaml')).out, /: 0 written/);
    writeInto(folder, 'a.yaml', 'mtu: 1310\n');
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--vars', 'a.yaml');
    assert.equal(mtuOf(join(folder, 'out')), '1310');
  }));

  it('is remembered in the rendered folder, without the file', () => inFolder(async (folder) => {
    prepared(folder);
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--vars', 'a.yaml');
    rmSync(join(folder, 'a.yaml'));
    const out = join(folder, 'out');
    assert.deepEqual(await labgen(out, 'diff'), { code: 0, out: '', err: 'no difference\n' });
    assert.equal((await labgen(out, 'render', '--vars', '../b.yaml')).code, 0);
    assert.equal(mtuOf(out), '1350');
    assert.equal((await labgen(out, 'render', '--vars', '../b.yaml')).code, 0);
    assert.deepEqual(filesBelow(join(out, '.labgen/vars')), ['1.yaml', '2.yaml']);
    assert.equal((await labgen(out, 'validate')).code, 0);
  }));

  it('tells of a file that is none', () => inFolder(async (folder) => {
    prepared(folder);
    for (const [file, message] of [['c.yaml', /^labgen: there is no file c\.yaml\n/], ['.', /^labgen: \. is not a file\n/]] as const) {
      const { code, err } = await labgen(folder, 'render', 'lab.yaml', '--vars', file);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  }));

  it('is not needed for a copy', () => inFolder(async (folder) => {
    prepared(folder);
    assert.deepEqual((await labgen(folder, 'new', 'mine', '--from', 'lab.yaml')).err, '');
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out', '--vars', 'a.yaml');
    assert.match((await labgen(folder, 'new', 'other', '--from', 'out/')).out, /^Note: the variables that render was given by --vars are not in it\.$/m);
  }));

  it('is told to a shell: YAML files, and the way to them', () => inFolder(async (folder) => {
    prepared(folder);
    assert.deepEqual((await labgen(folder, '__complete', '--', 'up', 'lab.yaml', '--vars', '')).out.trimEnd().split('\n').sort(), ['a.yaml', 'b.yaml', 'lab.yaml']);
  }));
});
