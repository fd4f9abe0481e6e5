/** What labgen built is used only while it is what labgen built. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildBox, findBox } from '../../generator/box/build.js';
import { checkBox, checksumFile, forgetChecksum, notedChecksum, noteChecksum } from '../../generator/box/checksum.js';
import { boxPaths, type BoxPaths } from '../../generator/box/recipe.js';
import { addBoxToVagrant } from '../../generator/box/vagrant-add.js';
import type { Command, RunCommand } from '../../generator/drivers/run-command.js';
import { Failure } from '../../generator/model/failure.js';
import { fakeRun } from '../engine/fakes.js';
import { inFolder, root } from '../support/context.js';

const templatesDir = join(root, 'templates/box');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('box/checksum', () => {
  const inCache = (work: (paths: BoxPaths, cacheDir: string) => Promise<void>) => inFolder(async (cacheDir) => {
    const paths = boxPaths(cacheDir, templatesDir);
    mkdirSync(dirname(paths.tar), { recursive: true });
    await work(paths, cacheDir);
  });

  it('is noted as sha256sum would, and holds for these bytes only', () => inCache(async ({ tar }) => {
    writeFileSync(tar, 'an image');
    noteChecksum(tar, sha256('an image'));
    assert.match(readFileSync(checksumFile(tar), 'utf8'), /^[0-9a-f]{64} {2}debian-12-[0-9a-f]{12}\.container\.tar\n$/);
    assert.equal(await checkBox(tar), sha256('an image'));
    writeFileSync(tar, 'another');
    await assert.rejects(checkBox(tar), (error: Error) => error instanceof Failure && error.exitCode === 3 && /is not what was built \(its SHA-256 is [0-9a-f]{64}, noted is [0-9a-f]{64}\)$/.test(error.message) && error.hint?.includes('labgen box build --force') === true);
    forgetChecksum(tar);
    forgetChecksum(tar);
    assert.equal(notedChecksum(tar), undefined);
    await assert.rejects(checkBox(tar), /noted is none/);
  }));

  it('a box without one is not there: it may be half of one', () => inCache(async ({ tar, box }, cacheDir) => {
    writeFileSync(tar, 'an image');
    writeFileSync(box, 'a box');
    assert.equal(await findBox({ cacheDir, templatesDir }), undefined);
    noteChecksum(box, sha256('a box'));
    const found = await findBox({ cacheDir, templatesDir });
    assert.deepEqual([found?.container, found?.libvirt?.box], [undefined, box]);
  }));

  it('is noted by a build of the bytes it put in place, and forgotten before others take it', () => inCache(async ({ tar }, cacheDir) => {
    const seen: boolean[] = [];
    const { run } = building(cacheDir, () => seen.push(existsSync(checksumFile(tar))));
    const request = { formats: ['container'] as const, cacheDir, templatesDir, run, log: () => {} };
    await buildBox(request);
    assert.equal(notedChecksum(tar), sha256('built'));
    assert.equal(await checkBox(tar), sha256('built'));
    await buildBox({ ...request, force: true });
    assert.deepEqual(seen, [false, false]);
  }));

  it('Vagrant is told it, and is not even asked where the box is another one', () => inCache(async (paths) => {
    writeFileSync(paths.box, 'a box');
    noteChecksum(paths.box, sha256('a box'));
    const { run, commands } = fakeRun();
    await addBoxToVagrant({ run, log: () => {}, paths, replace: false });
    const [provider] = JSON.parse(readFileSync(paths.metadata, 'utf8')).versions[0].providers;
    assert.deepEqual([provider.checksum_type, provider.checksum], ['sha256', sha256('a box')]);
    assert.ok(commands.some(({ argv }) => argv.slice(0, 3).join(' ') === 'vagrant box add'));
    writeFileSync(paths.box, 'exchanged');
    const again = fakeRun();
    await assert.rejects(addBoxToVagrant({ run: again.run, log: () => {}, paths, replace: true }), /is not what was built/);
    assert.ok(!again.commands.some(({ argv }) => argv[2] === 'add'));
  }));
});

/** A machine on which the scripts of a build do nothing but leave their result. */
function building(cacheDir: string, onPlace: () => void): { readonly run: RunCommand } {
  const work = join(cacheDir, 'work');
  return fakeRun(({ argv }: Command) => {
    if (argv[0] === 'mktemp') {
      mkdirSync(work, { recursive: true });
      return { stdout: `${work}\n` };
    }
    if (argv[0] === 'id') return { stdout: '0\n' };
    if (String(argv[1]).endsWith('make-container-image.sh')) writeFileSync(String(argv[3]), 'built');
    if (argv[0] === 'mv') {
      onPlace();
      writeFileSync(String(argv[3]), readFileSync(String(argv[2])));
    }
    if (argv[0] === 'rm') rmSync(work, { recursive: true, force: true });
    return {};
  });
}
