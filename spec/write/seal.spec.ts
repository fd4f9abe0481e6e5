import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedFile } from '../../generator/model/plan.js';
import { applyPlan } from '../../generator/write/apply.js';
import { MANIFEST, sha256 } from '../../generator/write/manifest.js';
import { readSeal, SEAL } from '../../generator/write/seal.js';
import { survey } from '../../generator/write/survey.js';
import { inFolder } from '../support/context.js';
import { writeInto } from '../support/trees.js';

const file = (path: string, content = `${path}\n`, mode = 0o644): PlannedFile => ({ path, content, mode });
const PLAN = [file('a.txt'), file('bin/run.sh', '#!/bin/sh\n', 0o755), file('deep/er/c.txt')];
const SEALING = { inputs: 'these', told: { lab: 'x' } };
const HELD = { told: { lab: 'x' }, files: 3 };

/** A folder that was rendered with a seal that holds, changed by `work`: does the seal still hold? */
const after = (work: (folder: string) => void): Promise<unknown> => inFolder((folder) => {
  applyPlan(folder, PLAN, false, SEALING);
  assert.deepEqual(readSeal(folder, 'these'), HELD);
  work(folder);
  return readSeal(folder, 'these');
});
const rewrite = (folder: string, path: string, change: (text: string) => string): void => writeInto(folder, path, change(readFileSync(join(folder, path), 'utf8')));

describe('a seal', () => {
  it('holds for its inputs and no others', () => inFolder((folder) => {
    assert.equal(readSeal(folder, 'these'), undefined);
    applyPlan(folder, PLAN, false, SEALING);
    assert.deepEqual(readSeal(folder, 'these'), HELD);
    assert.equal(readSeal(folder, 'others'), undefined);
    assert.equal(readSeal(folder, ''), undefined);
  }));

  it('is not made where none is asked for, nor where the render is refused', () => inFolder((folder) => {
    applyPlan(folder, PLAN);
    assert.equal(readSeal(folder, 'these'), undefined);
    writeInto(folder, 'a.txt', 'edited\n');
    assert.throws(() => applyPlan(folder, [file('a.txt', 'new\n')], false, SEALING));
    assert.equal(readSeal(folder, 'these'), undefined);
  }));

  for (const [what, work] of Object.entries<(folder: string) => void>({
    'a file was edited': (folder) => writeInto(folder, 'a.txt', 'edited\n'),
    'a file was edited in its old length, and its times were set back': (folder) => {
      const { atime, mtime } = statSync(join(folder, 'a.txt'));
      writeInto(folder, 'a.txt', 'A.txt\n');
      utimesSync(join(folder, 'a.txt'), atime, mtime);
    },
    'a file grew': (folder) => rewrite(folder, 'a.txt', (text) => `${text}\n`),
    'a file was emptied': (folder) => writeInto(folder, 'deep/er/c.txt', ''),
    'a file was deleted': (folder) => rmSync(join(folder, 'deep/er/c.txt')),
    'a folder was deleted': (folder) => rmSync(join(folder, 'deep'), { recursive: true }),
    'a mode was changed': (folder) => chmodSync(join(folder, 'bin/run.sh'), 0o644),
    'a file became a folder': (folder) => {
      rmSync(join(folder, 'a.txt'));
      mkdirSync(join(folder, 'a.txt'));
    },
    'a file became a link to its own content': (folder) => {
      renameSync(join(folder, 'a.txt'), join(folder, 'b.txt'));
      symlinkSync('b.txt', join(folder, 'a.txt'));
    },
    'a folder became a link to its own content': (folder) => {
      renameSync(join(folder, 'bin'), join(folder, 'nib'));
      symlinkSync('nib', join(folder, 'bin'));
    },
    'a file became a pipe, which is not waited for': (folder) => {
      rmSync(join(folder, 'a.txt'));
      execFileSync('mkfifo', [join(folder, 'a.txt')]);
    },
    'the manifest is gone': (folder) => rmSync(join(folder, MANIFEST)),
    'the manifest was altered along with a file': (folder) => {
      writeInto(folder, 'a.txt', 'evil\n');
      rewrite(folder, MANIFEST, (text) => text.replace(sha256('a.txt\n'), sha256('evil\n')));
    },
    'a file was taken out of the manifest': (folder) => rewrite(folder, MANIFEST, (text) => text.replace(/ *\{"path":"a\.txt".*\n/, '')),
    'what the seal tells was altered': (folder) => rewrite(folder, SEAL, (text) => text.replace('"x"', '"y"')),
    'another plan was applied since': (folder) => void applyPlan(folder, [file('a.txt', 'new\n')]),
    'the seal is not JSON': (folder) => writeInto(folder, SEAL, '{'),
    'the seal is null': (folder) => writeInto(folder, SEAL, 'null'),
    'the seal is a pipe': (folder) => {
      rmSync(join(folder, SEAL));
      execFileSync('mkfifo', [join(folder, SEAL)]);
    },
  })) {
    it(`does not hold where ${what}`, async () => assert.equal(await after(work), undefined));
  }

  it('holds again where a deleted file was written anew', async () => assert.deepEqual(await after((folder) => {
    rmSync(join(folder, 'a.txt'));
    applyPlan(folder, PLAN);
  }), HELD));

  it('does not hold in a copy of the folder: it may have been made for altered files', () => inFolder((folder) => inFolder((copy) => {
    applyPlan(folder, PLAN, false, SEALING);
    cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
    assert.ok(readFileSync(join(copy, SEAL)).equals(readFileSync(join(folder, SEAL))));
    assert.equal(readSeal(copy, 'these'), undefined);
  })));

  it('is not written again where it is the same', () => inFolder((folder) => {
    applyPlan(folder, PLAN, false, SEALING);
    utimesSync(join(folder, SEAL), 1000, 1000);
    applyPlan(folder, PLAN, false, SEALING);
    assert.equal(statSync(join(folder, SEAL)).mtimeMs, 1_000_000);
  }));

  it('a pipe in the place of a file is in the way, and is not waited for', () => inFolder((folder) => {
    execFileSync('mkfifo', [join(folder, 'a.txt')]);
    assert.deepEqual(survey(folder, PLAN).files.map((each) => each.standing), ['blocked', 'new', 'new']);
  }));
});
