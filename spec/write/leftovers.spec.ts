/** Temporary files of runs that died: they go, and nobody else's do. */
import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatHolder } from '../../generator/model/holder.js';
import { copyAtomic, createFile, writePieces } from '../../generator/write/files.js';
import { isTidy, leftInside } from '../../generator/write/leftovers.js';
import { LOCK, takeLock } from '../../generator/write/lock.js';
import { SEAL } from '../../generator/write/seal.js';
import { inFolder, labgen } from '../support/context.js';
import { filesBelow, writeInto } from '../support/trees.js';

const DEAD = 'a'.repeat(16);
const OURS = ['lock.labgen-01234567', 'manifest.json.labgen-01234567', 'seal.json.labgen-89abcdef', `lock-${DEAD}`, `lock-${DEAD}.labgen-01234567`, `lock-${DEAD}-${DEAD}`, 'lock-unreadable'];
const OTHERS = ['lab.yaml', 'render.json', 'manifest.json', 'seal.json', 'notes', 'lab.yaml.labgen-01234567', 'manifest.json.labgen-new', 'manifest.json.labgen-0123456', 'seal.json.bak', 'lock-file', 'ssh-config'];
const mine = { token: 'b'.repeat(16), pid: 7, startTime: '', namespace: '', boot: '', host: '', command: '', since: '' };
const hoursAgo = (path: string, hours: number): void => utimesSync(path, Date.now() / 1000 - hours * 3600, Date.now() / 1000 - hours * 3600);

describe('write/leftovers', () => {
  it('in labgen\'s own folder go with the next lock, whatever else lies there', () => inFolder((folder) => {
    for (const name of [...OURS, ...OTHERS]) writeInto(folder, `.labgen/${name}`, 'x');
    mkdirSync(join(folder, '.labgen/lock.labgen-ffffffff'));
    symlinkSync('notes', join(folder, '.labgen/seal.json.labgen-ffffffff'));
    assert.deepEqual(leftInside(folder).map((path) => path.slice(folder.length + 9)).sort(), [...OURS].sort());
    assert.equal(isTidy(folder), false);
    const taken = takeLock(folder, mine, () => true);
    assert.deepEqual(readdirSync(join(folder, '.labgen')).sort(), [...OTHERS, 'lock', 'lock.labgen-ffffffff', 'seal.json.labgen-ffffffff'].sort());
    if ('release' in taken) taken.release();
    assert.equal(isTidy(folder), true);
  }));

  it('are not looked for through a link, nor where there is no folder', () => inFolder((folder) => {
    writeInto(folder, 'outside/lock.labgen-01234567', 'x');
    mkdirSync(join(folder, 'lab'));
    assert.equal(isTidy(join(folder, 'lab')), true);
    symlinkSync('../outside', join(folder, 'lab/.labgen'));
    assert.deepEqual(leftInside(join(folder, 'lab')), []);
    takeLock(join(folder, 'lab'), mine, () => true);
    assert.ok(existsSync(join(folder, 'outside/lock.labgen-01234567')));
  }));

  it('of a file made in the user\'s folder go when it is made, if nothing is in them that it has not', () => inFolder((folder) => {
    for (const [name, text] of [['lab.yaml.labgen-00000000', ''], ['lab.yaml.labgen-11111111', 'lab: m'], ['lab.yaml.labgen-22222222', 'lab: other'], ['lab.yaml.labgen-33333333', 'lab: mine\nmore'], ['lab.yaml.labgen-new', 'lab'], ['other.yaml.labgen-44444444', 'lab']] as const) writeFileSync(join(folder, name), text);
    createFile(join(folder, 'lab.yaml'), 'lab: mine\n');
    assert.deepEqual(readdirSync(folder).sort(), ['lab.yaml', 'lab.yaml.labgen-22222222', 'lab.yaml.labgen-33333333', 'lab.yaml.labgen-new', 'other.yaml.labgen-44444444']);
  }));

  it('in a cache go after an hour: a download that is under way is written to', () => inFolder(async (folder) => {
    for (const [name, hours] of [['.labgen-0123456789ab', 2], ['.labgen-ba9876543210', 0], ['.labgen-notes', 2], ['tool-v1', 2]] as const) {
      writeFileSync(join(folder, name), 'half');
      hoursAgo(join(folder, name), hours);
    }
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('whole');
    }
    await writePieces(folder, pieces(), () => 'done');
    assert.deepEqual(readdirSync(folder).sort(), ['.labgen-ba9876543210', '.labgen-notes', 'done', 'tool-v1']);
  }));

  it('beside a copied artifact go after an hour as well', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'from'), 'whole');
    for (const [name, hours] of [['tool.labgen-01234567', 2], ['tool.labgen-89abcdef', 0], ['tool.labgen-mine', 2]] as const) {
      writeInto(folder, `artifacts/${name}`, 'half');
      hoursAgo(join(folder, 'artifacts', name), hours);
    }
    await copyAtomic(join(folder, 'from'), join(folder, 'artifacts/tool'));
    assert.deepEqual(readdirSync(join(folder, 'artifacts')).sort(), ['tool', 'tool.labgen-89abcdef', 'tool.labgen-mine']);
  }));

  it('two that make the same file at once: one has made it, the other is told that it is there', () => inFolder((folder) => {
    writeFileSync(join(folder, 'a.labgen-01234567'), 'text');
    linkSync(join(folder, 'a.labgen-01234567'), join(folder, 'a'));
    assert.throws(() => createFile(join(folder, 'a'), 'text'), { code: 'EEXIST' });
  }));

  it('go with the next render, also where that has nothing to do', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre');
    const before = filesBelow(folder);
    assert.ok(before.includes(SEAL));
    writeInto(folder, LOCK, formatHolder({ ...mine, host: 'h', boot: 'an earlier one' }));
    writeInto(folder, '.labgen/lock.labgen-01234567', 'half');
    // Of another host nobody knows whether it lives.
    assert.match((await labgen(folder, 'render', 'gre')).out, /0 written/);
    assert.equal(filesBelow(folder).includes(LOCK), true);
    writeInto(folder, LOCK, 'half a lo');
    assert.match((await labgen(folder, 'render', 'gre')).out, /0 written/);
    assert.deepEqual(filesBelow(folder), before);
  }));
});
