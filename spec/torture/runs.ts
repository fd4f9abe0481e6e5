/**
 * Runs that are ended: a real lab on the docker provider, labgen killed, interrupted and left without its terminal in each
 * phase of `up` and of `down`; then `up` goes on to a proven lab or `down` cleans, and nothing is left on the machine.
 * Needs root and what labs need; the short version with stand-ins for the tools is spec/cli/ended.spec.ts.
 */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PHASES as DOWN } from '../../generator/cli/commands/down.js';
import { PHASES as UP } from '../../generator/cli/commands/up.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { startEngine, stopEngine } from '../../generator/engine/private-engine.js';
import { remove } from '../../generator/write/files.js';
import type { Figures } from './figures.js';
import { buildProgram } from './program.js';
import { RealRuns, type End } from './real-runs.js';

export const title = 'Runs: ended in each phase of up and down, on real machines';

const ENDS: readonly End[] = ['Ctrl-C', 'kill -9', 'kill -9 of the outer one', 'a lost terminal'];

/** What labgen says when a phase begins, and how long it lasts at least, in milliseconds. */
const UP_BEGINS: Readonly<Record<string, readonly [RegExp, number]>> = {
  engine: [/looking at this machine|provider: docker/, 1200],
  box: [/^(loading labgen\/node|engine: private)/m, 4000],
  boot: [/^booting|booting \d+ node/m, 8000],
  play: [/^boot: .* up after/m, 12_000],
  verify: [/checking: /, 1500],
};
const DOWN_BEGINS: Readonly<Record<string, readonly [RegExp, number]>> = {
  nodes: [/taking the nodes away/, 3000],
  orphans: [/^nodes: taken away/m, 60],
  engine: [/ending the private engine/, 6000],
  files: [/ending the private engine|^nodes: taken away/m, 5],
};

interface Counts {
  kills: number;
  'went on': number;
  cleaned: number;
  leftovers: number;
}

/** At 1 and below one end of each phase; from 10 on all of them, on a private engine and on the user's own. */
export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'labgen-torture-')));
  const counts: Counts = { kills: 0, 'went on': 0, cleaned: 0, leftovers: 0 };
  const wrong: string[] = [];
  const program = await buildProgram(join(work, 'program'));
  const machine = join(work, 'machine');
  mkdirSync(machine);
  // Nodes that are up and played in a moment, for where it is not about what runs on them.
  const small = join(work, 'small.yaml');
  writeFileSync(small, 'lab: small\nnodes: { n1: { docker: false }, n2: { docker: false } }\nchecks: [{ ping: { from: n1, to: n2 } }]\n');
  try {
    // To labgen it is the user's own: LABGEN_ENGINE is not said.
    const engine = await startEngine({ run: runCommand, folder: machine, kind: 'docker', useKvm: false, log: () => {} });
    try {
      const users = new RealRuns(program, join(work, 'users'), small, engine);
      // There is no inner one.
      const ends = ENDS.filter((how) => how !== 'kill -9 of the outer one');
      await endAll(users, 'up', ['boot', 'play'], ends, UP_BEGINS, scale, counts, wrong, say);
      await endAll(users, 'down', DOWN.map((phase) => phase.name).filter((name) => name !== 'engine'), ends, DOWN_BEGINS, scale, counts, wrong, say);
    } finally {
      await stopEngine({ run: runCommand, engine, log: () => {} });
    }
    await endAll(new RealRuns(program, join(work, 'down'), small), 'down', ['engine', 'files'], ENDS, DOWN_BEGINS, scale, counts, wrong, say);
    await endAll(new RealRuns(program, join(work, 'up'), 'container-ip'), 'up', UP.map((phase) => phase.name), ENDS, UP_BEGINS, scale, counts, wrong, say);
  } finally {
    remove(work);
  }
  if (wrong.length > 0) throw new Error(`\n${wrong.join('\n')}`);
  return { ...counts };
}

async function endAll(runs: RealRuns, verb: 'up' | 'down', phases: readonly string[], ends: readonly End[], begins: typeof UP_BEGINS, scale: number, counts: Counts, wrong: string[], say: (line: string) => void): Promise<void> {
  for (const [row, phase] of phases.entries()) {
    const begin = begins[phase];
    if (begin === undefined) throw new Error(`it is not known how the phase "${phase}" of ${verb} begins`);
    for (const [column, how] of ends.entries()) {
      if (scale < 10 && column !== row % ends.length) continue;
      // Somewhere in the phase, elsewhere each time, and the same in each run.
      const afterMs = Math.round((((row * 7 + column * 5 + 3) % 11) / 11) * begin[1]);
      const then = verb === 'up' && (row + column) % 2 === 0 ? 'up' : 'down';
      const words = `${runs.up().at(-1) === '--private' ? 'private' : "user's"} engine, ${verb}: ${how}, ${afterMs} ms into "${phase}"`;
      const found = await endOne(runs, verb, { how, when: begin[0], afterMs }, then);
      counts.kills++;
      if (then === 'up') counts['went on']++;
      counts.cleaned++;
      counts.leftovers += found.left.length;
      say(`${words}: ${found.trouble === '' ? `then ${then === 'up' ? 'up went on, and down cleaned' : 'down cleaned'}, nothing left` : 'WRONG'}`);
      if (found.trouble !== '') {
        wrong.push(`${words}: ${found.trouble}`);
        say(found.trouble);
        await runs.insist(runs.down());
      }
      runs.clear();
    }
  }
}

async function endOne(runs: RealRuns, verb: 'up' | 'down', end: { readonly how: End; readonly when: RegExp; readonly afterMs: number }, then: 'up' | 'down'): Promise<{ readonly left: readonly string[]; readonly trouble: string }> {
  const trouble: string[] = [];
  const tail = (said: string): string => said.trim().split('\n').slice(-14).map((line) => `      ${line}`).join('\n');
  if (verb === 'down') {
    const { code, said } = await runs.run(runs.up());
    if (code !== 0) return { left: [], trouble: `the lab did not come up: ${code}\n${tail(said)}` };
  }
  const ended = await runs.run(verb === 'up' ? runs.up() : runs.down(), end);
  if (!end.when.test(ended.said)) trouble.push(`it was never in that phase: ${ended.code}\n${tail(ended.said)}`);
  if (end.how === 'Ctrl-C' && ![130, 0].includes(ended.code ?? -1)) trouble.push(`Ctrl-C gave ${ended.code}\n${tail(ended.said)}`);
  if (then === 'up') {
    const again = await runs.insist(runs.up());
    if (again.code !== 0 || !/ 0 failed, 0 not run/.test(again.said)) trouble.push(`up did not go on: ${again.code}\n${tail(again.said)}`);
  }
  const down = await runs.insist(runs.down());
  // It may have ended all by itself, with nothing left to be told where it was.
  if (down.code !== 0) trouble.push(`down did not clean: ${down.code}\n${tail(down.said)}`);
  const left = await runs.left();
  if (left.length > 0) trouble.push(`left: ${left.join('\n      ')}`);
  return { left, trouble: trouble.join('\n    ') };
}
