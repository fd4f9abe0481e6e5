/** labgen __complete: what a shell is told at each Tab. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { inFolder, labgen, root } from '../support/context.js';
import { writeInto } from '../support/trees.js';

/** The words alone. */
async function told(folder: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await labgen(folder, '__complete', '--', ...words);
  assert.deepEqual([code, err], [0, '']);
  return out.split('\n').slice(0, -1).map((line) => line.split('\t')[0] ?? '');
}

describe('labgen __complete', () => {
  it('tells every verb that --help lists, each with what it does, and not itself', async () => {
    const help = (await labgen('/', '--help')).out;
    const listed = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)/gm)].map(([, verb]) => verb);
    assert.deepEqual(await told('/', ''), listed);
    assert.match((await labgen('/', '__complete', '--', 'li')).out, /^list\tthe shipped labs, one line each\nlint\trun the real tools on rendered files\n$/);
    assert.doesNotMatch(help + (await labgen('/', 'complete')).err, /__complete/);
  });

  it('tells no verb that the README does not', async () => {
    const rows = readFileSync(join(root, 'README.md'), 'utf8').split('\n').filter((line) => line.startsWith('| `')).join('\n');
    assert.deepEqual((await told('/', '')).filter((verb) => verb !== 'help' && !rows.includes(`\`${verb}`)), []);
  });

  it('tells the flags of a verb, and what a flag may be', async () => {
    assert.deepEqual(await told('/', 'validate', '--'), ['--set', '--vars', '--provider', '--memory', '--format', '--strict', '--help']);
    assert.deepEqual(await told('/', 'verify', '--format', ''), ['text', 'json', 'junit', 'tap']);
    assert.deepEqual(await told('/', 'verify', '--format=j'), ['--format=json', '--format=junit']);
    assert.deepEqual(await told('/', 'up', '--provider', 'v'), ['virtualbox', 'vmware_desktop']);
    assert.deepEqual(await told('/', 'completion', ''), ['bash', 'zsh', 'fish']);
    assert.deepEqual(await told('/', 'box', ''), ['build']);
  });

  it('tells shipped labs with their titles', () => inFolder(async (folder) => {
    assert.deepEqual(await told(folder, 'render', ''), shippedLabs(root));
    const labs = JSON.parse((await labgen('/', 'list', '--format', 'json')).out) as { lab: string; title: string }[];
    assert.equal((await labgen(folder, '__complete', '--', 'up', '')).out, labs.map(({ lab, title }) => `${lab}\t${title}\n`).join(''));
  }));

  it('tells lab files and rendered folders, and the way to them', () => inFolder(async (folder) => {
    for (const path of ['greet.yaml', 'greet.txt', '.hidden.yaml', 'grid/x.yml', 'grid/sub/y', 'green/.labgen/lab.yaml']) writeInto(folder, path, '');
    symlinkSync('grid', join(folder, 'grin'));
    assert.deepEqual((await told(folder, 'up', 'gre')).toSorted(), ['gre', 'green/', 'greet.yaml']);
    assert.deepEqual((await told(folder, 'new', 'x', '--from', './g')).toSorted(), ['./green/', './greet.yaml', './grid/', './grin/']);
    assert.deepEqual((await told(folder, 'up', 'grid/')).toSorted(), ['grid/sub/', 'grid/x.yml']);
    assert.deepEqual(await told(folder, 'up', './.'), ['./.hidden.yaml']);
    assert.deepEqual(await told(folder, 'up', '../no-such-folder/'), []);
    assert.deepEqual((await told(folder, 'lint', '')).toSorted(), ['green/', 'grid/', 'grin/']);
    assert.deepEqual(await told(folder, 'up', '-ogree'), ['-ogreen/']);
  }));

  it('tells the nodes of the lab rendered here or in -o, and of a running one those that run', () => inFolder(async (folder) => {
    assert.deepEqual(await told(folder, 'ssh', ''), []);
    await labgen(folder, 'render', 'gre', '-o', 'out');
    assert.deepEqual(await told(join(folder, 'out'), 'ssh', ''), ['net-1', 'net-2', 'outside']);
    assert.deepEqual(await told(folder, 'exec', '-o', 'out', 'net'), ['net-1', 'net-2']);
    assert.deepEqual(await told(folder, 'exec', '-o', 'out', 'net-1', ''), []);
    writeInto(folder, 'out/.labgen/ssh-config', 'Host net-2\n  HostName 127.0.0.1\n');
    assert.deepEqual(await told(folder, 'ssh', '--output=out', ''), ['net-2']);
  }));

  it('tells what can be troubled, a lab before it, and nodes behind it, each once', () => inFolder(async (folder) => {
    assert.deepEqual(await told(folder, 'fault', ''), ['cut', 'delay', 'loss', 'drain', 'kill', 'reboot', 'list', 'undo', ...shippedLabs(root)]);
    assert.deepEqual(await told(folder, 'fault', 'gre', ''), ['cut', 'delay', 'loss', 'drain', 'kill', 'reboot', 'list', 'undo']);
    await labgen(folder, 'render', 'gre', '-o', 'out');
    const here = join(folder, 'out');
    for (const words of [['cut'], ['gre', 'cut'], ['kill']]) assert.deepEqual(await told(here, 'fault', ...words, ''), ['net-1', 'net-2', 'outside']);
    assert.deepEqual(await told(here, 'fault', 'reboot', 'net-1', ''), ['net-2', 'outside']);
    assert.deepEqual(await told(folder, 'fault', '-o', 'out', 'cut', 'net'), ['net-1', 'net-2']);
    for (const words of [['cut', 'net-1'], ['list'], ['kill', 'net-1']]) assert.deepEqual(await told(here, 'fault', ...words, ''), []);
  }));

  it('tells the stages of a shipped lab, of a file, of a rendered folder', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'lab.yaml'), 'lab: x\nnodes: { n1: {} }\nstages: [{ name: one }, { name: other }]\n');
    assert.deepEqual(await told(folder, 'up', 'gre', '--stage', ''), ['closed', 'open']);
    assert.deepEqual(await told(folder, 'up', 'lab.yaml', '--stage=o'), ['--stage=one', '--stage=other']);
    await labgen(folder, 'render', 'lab.yaml', '-o', 'out');
    for (const words of [['out/'], ['-o', 'out']]) assert.deepEqual(await told(folder, 'diff', ...words, '--stage', 'ot'), ['other']);
    assert.deepEqual(await told(join(folder, 'out'), 'verify', '--stage', ''), ['one', 'other']);
    assert.deepEqual(await told(folder, 'up', '--stage', ''), []);
  }));

  it('is silent about whatever is wrong, and waits for nothing', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'broken.yaml'), 'stages: [{ name: one\n');
    writeFileSync(join(folder, 'huge.yaml'), `stages: [{ name: one }]\n${'#'.repeat(2 << 20)}\n`);
    assert.equal(spawnSync('mkfifo', [join(folder, 'pipe.yaml')]).status, 0);
    symlinkSync('/dev/zero', join(folder, 'zero.yaml'));
    mkdirSync(join(folder, 'endless/.labgen'), { recursive: true });
    symlinkSync('/dev/zero', join(folder, 'endless/.labgen/lab.yaml'));
    for (const lab of ['broken.yaml', 'huge.yaml', 'pipe.yaml', 'zero.yaml', 'endless/', 'no.yaml', 'nothing']) assert.deepEqual(await told(folder, 'up', lab, '--stage', ''), [], lab);
    for (const words of [['nonsense', ''], ['up', '--nonsense', ''], ['up', '__proto__', '--stage', ''], ['new', ''], ['up', '--set', '']]) assert.deepEqual(await told(folder, ...words), [], words.join(' '));
    assert.deepEqual(await labgen(folder, '__complete'), { code: 0, out: (await labgen(folder, '__complete', '--', '')).out, err: '' });
  }));

  it('leaves out names that are no single word, or would be obeyed by the terminal', () => inFolder(async (folder) => {
    for (const name of ['x\ngre.yaml', 'x\u001b[2J.yaml', 'x\ty.yaml', 'x\u202ey.yaml', 'x $(y).yaml']) writeFileSync(join(folder, name), '');
    assert.deepEqual(await told(folder, 'up', 'x'), ['x $(y).yaml']);
  }));
});
