/** Several renders into one folder at once: each says who holds it, or works; what lies there is one of them, whole. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { labgen } from '../support/context.js';
import { argsTo, prepare } from './deaths.js';
import { lyingIn, unlike, type Lying } from './folders.js';
import { run } from './program.js';

export interface AtOnce {
  readonly worked: number;
  readonly told: number;
}

export async function renderAtOnce(program: string, work: string, rounds: number): Promise<AtOnce> {
  const whole = async (stage: string): Promise<Lying> => {
    const home = join(work, `whole-${stage}`);
    await prepare(home, { stage, edits: {} });
    return lyingIn(join(home, 'out'));
  };
  const wanted = { one: await whole('one'), two: await whole('two') };
  const counts = { worked: 0, told: 0 };
  for (let round = 0; round < rounds; round++) {
    const home = join(work, 'at-once');
    const stages = ([['one', 'one'], ['one', 'two'], ['two', 'one', 'two']] as const)[round % 3] ?? [];
    await prepare(home, { stage: round % 2 === 0 ? undefined : 'one', edits: {} });
    const ends = await Promise.all(stages.map((stage) => run(program, home, argsTo(stage))));
    for (const { code, err } of ends) {
      if (code === 0) counts.worked++;
      else {
        assert.equal(code, 3, err);
        assert.match(err, /^labgen: another labgen is at work in \S+: process \d+, "labgen render lab\.yaml [^"]*", since /);
        counts.told++;
      }
    }
    const now = lyingIn(join(home, 'out'));
    const done = stages.filter((_, index) => ends[index]?.code === 0);
    assert.ok(done.length > 0, 'none of them worked');
    const differences = done.map((stage) => unlike(now, wanted[stage], (path) => path === '.labgen/seal.json'));
    assert.ok(differences.includes(''), `round ${round}: ${differences.join(' | ')}`);
    assert.equal((await labgen(home, 'diff', 'lab.yaml', '-o', 'out', '--stage', done[differences.indexOf('')] ?? 'one')).code, 0);
    rmSync(home, { recursive: true });
  }
  return counts;
}
