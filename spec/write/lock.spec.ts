/** The lock of a folder: made whole, given back, taken over from the dead by one alone. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatHolder, parseHolder, type Holder } from '../../generator/model/holder.js';
import { LOCK, passLock, takeLock, type Taken } from '../../generator/write/lock.js';
import { inFolder, root } from '../support/context.js';
import { filesBelow } from '../support/trees.js';

const holder = (digit: string, more: Partial<Holder> = {}): Holder => ({ token: digit.repeat(16), pid: 7, startTime: '5', namespace: 'pid:[1]', boot: 'b', host: 'h', command: 'labgen up', since: '2026-01-02T03:04:05.000Z', ...more });
const everyone = (): boolean => true;
const nobody = (): boolean => false;
const lockHolder = (folder: string): Holder | undefined => parseHolder(readFileSync(join(folder, LOCK), 'utf8'));
const release = (taken: Taken): void => ('release' in taken ? taken.release() : assert.fail('it is held'));

describe('write/lock', () => {
  it('is one file, and leaves nothing behind, not even folders it had to make', () => inFolder((folder) => {
    const out = join(folder, 'deep', 'out');
    const taken = takeLock(out, holder('a'), everyone);
    assert.deepEqual(filesBelow(folder), ['deep/out/.labgen/lock']);
    assert.deepEqual(lockHolder(out), holder('a'));
    release(taken);
    assert.deepEqual(readdirSync(folder), []);
  }));

  it('keeps folders that were there, or hold something now', () => inFolder((folder) => {
    mkdirSync(join(folder, 'there'));
    release(takeLock(join(folder, 'there'), holder('a'), everyone));
    const taken = takeLock(join(folder, 'new'), holder('a'), everyone);
    writeFileSync(join(folder, 'new/.labgen/lab.yaml'), '');
    release(taken);
    assert.deepEqual([readdirSync(join(folder, 'there')), filesBelow(join(folder, 'new'))], [[], ['.labgen/lab.yaml']]);
  }));

  it('says who has it, and does not touch it', () => inFolder((folder) => {
    takeLock(folder, holder('a'), everyone);
    assert.deepEqual(takeLock(folder, holder('b'), everyone), { heldBy: holder('a') });
    assert.deepEqual(filesBelow(folder), [LOCK]);
  }));

  it('takes a dead holder\'s place', () => inFolder((folder) => {
    takeLock(folder, holder('a'), everyone);
    const taken = takeLock(folder, holder('b'), nobody);
    assert.deepEqual(lockHolder(folder), holder('b'));
    assert.deepEqual(filesBelow(folder), [LOCK]);
    release(taken);
    assert.deepEqual(filesBelow(folder), []);
  }));

  for (const text of ['', '{', 'null', '7', '{"token":"../../../etc/x","pid":1}', '{"token":"aaaaaaaaaaaaaaaa"}']) {
    it(`takes over what no labgen wrote: ${text || 'nothing'}`, () => inFolder((folder) => {
      mkdirSync(join(folder, '.labgen'));
      writeFileSync(join(folder, LOCK), text);
      release(takeLock(folder, holder('b'), everyone));
      assert.deepEqual(filesBelow(folder), []);
    }));
  }

  it('gets over one that died while it took over', () => inFolder((folder) => {
    takeLock(folder, holder('a'), everyone);
    writeFileSync(join(folder, `${LOCK}-${holder('a').token}`), formatHolder(holder('c')));
    assert.deepEqual(takeLock(folder, holder('b'), (other) => other.token === holder('c').token), { heldBy: holder('c') }, 'it lives: it is about to have the lock');
    release(takeLock(folder, holder('b'), nobody));
    assert.deepEqual(filesBelow(folder), []);
  }));

  it('goes over to the process that does the rest, and is given back by the first', () => inFolder((folder) => {
    const taken = takeLock(folder, holder('a'), everyone);
    assert.equal(passLock(folder, holder('b').token, { pid: 9 }, everyone), false);
    assert.equal(passLock(folder, holder('a').token, { pid: 8, token: 'f'.repeat(16) }, everyone), true);
    assert.deepEqual(lockHolder(folder), holder('a', { pid: 8 }));
    // Another is just taking it over: it saw the first one dead.
    writeFileSync(join(folder, `${LOCK}-${holder('a').token}`), formatHolder(holder('c')));
    assert.equal(passLock(folder, holder('a').token, { pid: 7 }, everyone), false);
    assert.deepEqual(lockHolder(folder), holder('a', { pid: 8 }));
    assert.equal(passLock(folder, holder('a').token, { pid: 7 }, nobody), true);
    assert.deepEqual(lockHolder(folder), holder('a', { pid: 7 }));
    release(taken);
    assert.equal(passLock(folder, holder('a').token, { pid: 8 }, everyone), false);
    assert.deepEqual(filesBelow(folder), []);
  }));

  it('gives back its own only', () => inFolder((folder) => {
    const taken = takeLock(folder, holder('a'), everyone);
    writeFileSync(join(folder, LOCK), formatHolder(holder('b')));
    release(taken);
    assert.deepEqual(lockHolder(folder), holder('b'));
  }));

  it('never writes through a link out of the folder', () => inFolder((folder) => {
    mkdirSync(join(folder, 'outside'));
    mkdirSync(join(folder, 'lab'));
    symlinkSync(join(folder, 'outside'), join(folder, 'lab/.labgen'));
    const taken = takeLock(join(folder, 'lab'), holder('a'), everyone);
    assert.deepEqual(readdirSync(join(folder, 'outside')), []);
    release(taken);
  }));

  it('reads back what it writes', () => assert.deepEqual(parseHolder(formatHolder(holder('f', { command: 'labgen up "ü\n' }))), holder('f', { command: 'labgen up "ü\n' })));

  it('of several processes that see a dead lock at once, one has it', function () {
    this.timeout(120_000);
    return inFolder(async (folder) => {
      const rounds = 80;
      for (let round = 0; round < rounds; round++) {
        mkdirSync(join(folder, String(round), '.labgen'), { recursive: true });
        writeFileSync(join(folder, String(round), LOCK), formatHolder(holder('d')));
      }
      // They meet in each round: none goes on before all are there. Who waits long lets others have the processor; on a
      // machine with much else to do, `a` ends it after some seconds.
      const program = `
        import { existsSync, readdirSync, writeFileSync } from 'node:fs';
        import { takeLock } from ${JSON.stringify(join(root, 'generator/write/lock.ts'))};
        const [folder, who, rounds] = [process.argv[1], process.argv[2], Number(process.argv[3])];
        const mine = { token: who.repeat(16), pid: 1, startTime: '', namespace: '', boot: '', host: '', command: '', since: '' };
        const won = [];
        const pause = new Int32Array(new SharedArrayBuffer(4));
        let begun;
        rounds: for (let round = 0; round < rounds; round++) {
          if (who === 'a' && Date.now() - begun > 8000) {
            writeFileSync(folder + '/stop', '');
            break;
          }
          writeFileSync(folder + '/' + round + '/here-' + who, '');
          for (let tries = 0; readdirSync(folder + '/' + round).filter((name) => name.startsWith('here-')).length < 3; tries++) {
            if (existsSync(folder + '/stop')) break rounds;
            if (tries > 200) Atomics.wait(pause, 0, 0, 1);
          }
          begun ??= Date.now();
          const taken = takeLock(folder + '/' + round, mine, (other) => other.token !== 'd'.repeat(16));
          if ('release' in taken) won.push(round);
        }
        console.log(JSON.stringify(won));`;
      const wins = await Promise.all(['a', 'b', 'c'].map(async (who) => {
        const child = spawn(process.execPath, ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), '--input-type=module', '-e', program, folder, who, String(rounds)], { stdio: ['ignore', 'pipe', 'inherit'] });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        await new Promise((done) => child.once('close', done));
        return (JSON.parse(out) as number[]).map((round) => [round, who] as const);
      }));
      const count = new Map<number, string[]>();
      for (const [round, who] of wins.flat()) count.set(round, [...(count.get(round) ?? []), who]);
      assert.deepEqual([...count].filter(([, who]) => who.length !== 1), []);
      const held = Array.from({ length: rounds }, (_, round) => round).filter((round) => existsSync(join(folder, String(round), 'here-a')));
      assert.ok(held.length > 0);
      assert.deepEqual([...count.keys()].sort((a, b) => a - b), held);
      for (const [round, [who = '']] of count) assert.equal(parseHolder(readFileSync(join(folder, String(round), LOCK), 'utf8'))?.token, who.repeat(16));
      assert.equal(existsSync(join(folder, '0', `${LOCK}-${'d'.repeat(16)}`)), false);
    });
  });
});
