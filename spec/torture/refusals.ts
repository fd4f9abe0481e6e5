/** A full disk and a folder nobody may write to: a sentence of ours, nothing half-written, and a next render that goes on. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labgen } from '../support/context.js';
import { argsTo, prepare, SCENARIOS, type Scenario } from './deaths.js';
import { isOldOrNew, lyingIn, TEMPORARY, unlike } from './folders.js';
import { run, type Ended } from './program.js';

const SAID: Readonly<Record<string, RegExp>> = { ENOSPC: /no space is left on the disk/, EROFS: /read-only/, EACCES: /permission is denied/, EIO: /the disk has an error/, EDQUOT: /your share of the disk is used up/ };

function isTold(words: string, { code, err }: Pick<Ended, 'code' | 'err'>, said: RegExp): void {
  assert.equal(code, 3, `${words}: ${err}`);
  assert.match(err, said, words);
  assert.match(err, /^labgen: [^\n]+ cannot be written: [^\n]+\n( {2}[^\n]+\n)+$/, words);
}

/** The system refuses from the n-th write on. Returns how often. */
export async function refuseEverywhere(program: string, work: string, every: number): Promise<number> {
  const scenario = SCENARIOS[1] as Scenario;
  const start = join(work, 'start');
  const users = await prepare(start, scenario);
  const old = lyingIn(join(start, 'out'));
  const [whole, other] = [join(work, 'whole'), join(work, 'full')];
  cpSync(start, whole, { recursive: true });
  const { calls = 0 } = await run(program, whole, argsTo('two'));
  const wanted = lyingIn(join(whole, 'out'));
  let count = 0;
  for (let at = 1; at <= calls; at += every) {
    const how = Object.keys(SAID)[count % Object.keys(SAID).length] ?? 'ENOSPC';
    const words = `${how} from write ${at} of ${calls} on`;
    cpSync(start, other, { recursive: true });
    const ended = await run(program, other, argsTo('two'), { at, how });
    const out = join(other, 'out');
    if (ended.code === 0) assert.equal(unlike(lyingIn(out), wanted, (path) => path === '.labgen/seal.json'), '', words);
    else isTold(words, ended, SAID[how] ?? /./);
    isOldOrNew(out, old, old, wanted, users);
    const left = [...lyingIn(out).keys()].filter((path) => TEMPORARY.test(path) && !users.has(path));
    assert.deepEqual(left, [], `${words}: something is left`);
    assert.equal((await labgen(other, ...argsTo('two'))).code, 0, words);
    assert.equal(unlike(lyingIn(out), wanted, (path) => path === '.labgen/seal.json'), '', words);
    rmSync(other, { recursive: true });
    count++;
  }
  return count;
}

/** What a shell does as root, in mounts of its own. */
const inMounts = (script: string, ...words: readonly string[]) => spawnSync('unshare', ['--mount', 'sh', '-ec', script, 'sh', ...words], { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/' } });
export const hasMounts = (): boolean => inMounts('mount -t tmpfs -o size=64k none /mnt').status === 0;

const FULL = `cd "$1"; mount -t tmpfs -o size=$4,mode=755 none out
code=0; "$2" "$3" render lab.yaml -o out --stage two 2>err >/dev/null || code=$?; echo "code $code"; cat err
mkdir seen; cp -a out/. seen
mount -o remount,size=16m out
"$2" "$3" render lab.yaml -o out --stage two; cp -a out/. after`;

/** A disk that is really full, at several sizes. */
export async function fillDisks(program: string, work: string, sizes: readonly number[]): Promise<number> {
  const whole = join(work, 'whole');
  await prepare(whole, { stage: 'two', edits: {} });
  rmSync(join(whole, 'out'), { recursive: true });
  assert.equal((await labgen(whole, ...argsTo('two'))).code, 0);
  const wanted = lyingIn(join(whole, 'out'));
  for (const size of sizes) {
    const home = join(work, `disk-${size}`);
    cpSync(whole, home, { recursive: true });
    rmSync(join(home, 'out'), { recursive: true });
    for (const name of ['out', 'after']) mkdirSync(join(home, name));
    const { stdout, stderr, status } = inMounts(FULL, home, process.execPath, program, `${size}k`);
    assert.equal(status, 0, stdout + stderr);
    const [, code, err = ''] = /code (\d+)\n((?:labgen: .*\n(?: {2}.*\n)*)?)/.exec(stdout) ?? [];
    isTold(`a disk of ${size} KiB`, { code: Number(code), err }, /no space is left on the disk/);
    isOldOrNew(join(home, 'seen'), new Map(), new Map(), wanted, new Map());
    assert.equal(unlike(lyingIn(join(home, 'after')), wanted, (path) => path === '.labgen/seal.json'), '', `a disk of ${size} KiB, made larger`);
  }
  return sizes.length;
}

const READ_ONLY = 'mount --bind "$1/out" "$1/out"; mount -o remount,ro,bind "$1/out"; cd "$1"; shift; exec "$@"';
const ANOTHER_USER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** A folder this user may not write to, and one that nobody can. */
export async function renderReadOnly(program: string, work: string, mounts: boolean): Promise<number> {
  const scenario = SCENARIOS[1] as Scenario;
  await prepare(work, scenario);
  chmodSync(work, 0o755);
  const before = lyingIn(work);
  const isRoot = process.getuid?.() === 0;
  for (const path of isRoot ? [] : ['out', 'out/.labgen']) chmodSync(join(work, path), 0o555);
  const verbs = [argsTo('two'), argsTo('two', true), ['up', 'lab.yaml', '-o', 'out', '--stage', 'two', '--no-verify'], ['render', 'lab.yaml', '-o', 'out/new']];
  for (const args of verbs) isTold(args.join(' '), await run(program, work, args, {}, { before: isRoot ? ANOTHER_USER : [] }), /permission is denied/);
  for (const args of mounts ? verbs : []) {
    const { status, stderr } = inMounts(READ_ONLY, work, process.execPath, program, ...args);
    isTold(`${args.join(' ')}, read-only`, { code: status, err: stderr }, /the file system is read-only/);
  }
  for (const path of isRoot ? [] : ['out', 'out/.labgen']) chmodSync(join(work, path), 0o755);
  assert.equal(unlike(lyingIn(work), before), '');
  return verbs.length * (mounts ? 2 : 1);
}
