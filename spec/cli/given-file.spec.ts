/** Files and folders that the command line names: none is taken for another, nothing of others is lost, and what the system refuses is said in words. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';

const MINE = 'precious: yes\n';

describe('a file that a verb writes', () => {
  for (const format of ['svg', 'mermaid', 'dot', 'json', 'ascii']) {
    it(`graph --format ${format}: over its own picture, never over something else unless told to`, () => inFolder(async (folder) => {
      const file = join(folder, 'lab.out');
      const draw = (lab: string, ...more: string[]): ReturnType<typeof labgen> => labgen(folder, 'graph', lab, '--format', format, '-o', 'lab.out', ...more);
      writeFileSync(file, MINE);
      assert.deepEqual(await draw('gre'), { code: 1, out: '', err: `labgen: ${file} is there, and no picture of labgen's\n  Name another file with -o, or overwrite it with --force.\n` });
      assert.equal(readFileSync(file, 'utf8'), MINE);
      assert.equal((await draw('gre', '--force')).code, 0);
      const first = readFileSync(file, 'utf8');
      // Characters have nothing that tells whose they are.
      assert.equal((await draw('docker0')).code, format === 'ascii' ? 1 : 0);
      assert.equal(readFileSync(file, 'utf8') === first, format === 'ascii');
    }));
  }

  it('graph: not over a file that only looks like a picture, nor through a link', () => inFolder(async (folder) => {
    for (const [name, text] of [['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"></svg>\n'], ['a.dot', 'graph "gre" {\n  a -- b\n}\n'], ['a.mmd', 'graph LR\n  a --> b\n'], ['a.json', '{\n  "lab": "gre",\n  "nodes": []\n}\n']] as const) {
      writeFileSync(join(folder, name), text);
      assert.equal((await labgen(folder, 'graph', 'gre', '-o', name)).code, 1, name);
      assert.equal(readFileSync(join(folder, name), 'utf8'), text);
    }
    symlinkSync('a.svg', join(folder, 'link.svg'));
    assert.match((await labgen(folder, 'graph', 'gre', '-o', 'link.svg', '--force')).err, /Name another file with -o\.\n$/);
  }));

  it('grade: refused before anything is asked', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'grade.xml'), MINE);
    assert.match((await labgen(folder, 'grade', '--file', 'grade.xml')).err, /grade\.xml is there, and no grade of labgen's\n {2}Name another file with --file, or overwrite it with --force\.\n$/);
  }));

  it('capture: a link that leads nowhere is there, too', () => inFolder(async (folder) => {
    symlinkSync('nowhere', join(folder, 'c.pcap'));
    assert.match((await labgen(folder, 'capture', 'net-1', 'eth1', '-w', 'c.pcap')).err, /c\.pcap is there already/);
  }));
});

describe('an empty word', () => {
  it('is no folder and no file: 2, and nothing is written', () => inFolder(async (folder) => {
    const asked: readonly (readonly [string, readonly string[]])[] = [
      ...['render', 'diff', 'predict', 'explain', 'up', 'fetch', 'verify', 'walk', 'break', 'grade', 'report', 'serve', 'status', 'shell', 'down', 'fault'].map((verb) => ['-o needs a folder', [verb, 'gre', '-o', '']] as const),
      ['-o needs a folder', ['render', 'gre', '--output=']],
      ['-o needs a folder', ['trace', 'gre', 'c1', 'c2', '-o', '']],
      ['-o needs a folder', ['capture', 'net-1', 'eth1', '-o', '']],
      ['-o needs a folder', ['ssh', 'net-1', '-o', '']],
      ['-o needs a file', ['graph', 'gre', '-o', '']],
      ['-w needs a file', ['capture', 'net-1', 'eth1', '-w', '']],
      ['--save needs a folder', ['trace', 'gre', 'c1', 'c2', '--save', '']],
      ['--file needs a file', ['report', 'gre', '--file', '']],
      ['--file needs a file', ['grade', '--file', '']],
      ['--vars needs a file', ['render', 'gre', '--vars', '']],
    ];
    for (const [message, args] of asked) assert.deepEqual(await labgen(folder, ...args), { code: 2, out: '', err: `labgen: ${message}\n  It was given an empty word: is the variable behind it set?\n` }, args.join(' '));
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('is no lab: a rendered folder is not meant by it', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'docker0');
    for (const verb of ['render', 'validate', 'up', 'down', 'predict', 'lint']) {
      const { code, err } = await labgen(folder, verb, '');
      assert.equal(code, 2);
      assert.match(err, /^labgen: (LAB|DIR) is an empty word\n/, verb);
    }
  }));
});

describe('what the system refuses', () => {
  const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['render below a file', ['render', 'gre', '-o', 'file/out'], /^labgen: \S+\/file\/out cannot be written: a file lies where a folder would have to be\n {2}Nothing there was changed/],
    ['render onto a file', ['render', 'gre', '-o', 'file'], /^labgen: \S+\/file cannot be written: a file lies where a folder would have to be\n {2}Nothing there was changed/],
    ['render onto a link that leads nowhere', ['render', 'gre', '-o', 'dang'], /^labgen: \S+\/dang cannot be written: something else lies in its place, such as a link that leads nowhere\n/],
    ['report below a file', ['report', 'gre', '--file', 'file/report.html'], /^labgen: \S+\/file\/report\.html cannot be written: a file lies where a folder would have to be\n/],
    ['report into a link that leads nowhere', ['report', 'gre', '--file', 'dang/report.html'], /^labgen: dang\/report\.html cannot be written: something else lies in its place, such as a link that leads nowhere\n {2}Nothing was written: name another place with --file\.\n/],
    ['graph into a link that leads nowhere', ['graph', 'gre', '-o', 'dang/gre.svg'], /^labgen: dang\/gre\.svg cannot be written: something else lies in its place/],
  ];
  for (const [what, args, told] of refusals) {
    it(`${what}: in a sentence`, () => inFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), MINE);
      symlinkSync('nowhere', join(folder, 'dang'));
      const { code, err } = await labgen(folder, ...args);
      assert.ok(code === 3 || code === 1, String(code));
      assert.match(err, told);
      assert.doesNotMatch(err, /\bE[A-Z]{3,}\b|mkdir|open '|\.labgen-/);
      assert.deepEqual(readdirSync(folder).sort(), ['dang', 'file']);
    }));
  }

  it('new where nobody may write: the name of the file, not the one it has meanwhile', async () => {
    const { code, err } = await labgen('/sys', 'new', 'mine');
    assert.equal(code, 3);
    assert.match(err, /^labgen: \/sys\/mine\.yaml cannot be written: (permission is denied|the system does not permit it|the file system is read-only)\n {2}Go to a folder that labgen may write to\.\n$/);
  });

  it('a name that is too long: in words, too', () => inFolder(async (folder) => {
    const long = 'x'.repeat(300);
    for (const args of [['render', 'gre', '-o', long], ['report', 'gre', '--file', long], ['graph', 'gre', '-o', long]]) {
      const { code, err } = await labgen(folder, ...args);
      assert.equal(code, 3);
      assert.match(err, /x cannot be written: the name is too long\n/);
    }
  }));
});
