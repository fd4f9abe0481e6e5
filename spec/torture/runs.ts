/**
 * Runs that are ended: a real lab on the docker provider, labgen killed, interrupted and left without its terminal in each
 * phase of `up` and of `down`; then `up` goes on to a proven lab, `down` cleans, or, where the folder itself is lost,
 * `doctor --clean` does, and nothing is left on the machine.
 * Needs root and what labs need; the short version with stand-ins for the tools is spec/cli/ended.spec.ts.
 */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PHASES as DOWN } from '../../generator/cli/commands/down.js';
import { PHASES as UP } from '../../generator/cli/commands/up.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { startEngine, stopEngine, type PrivateEngine } from '../../generator/engine/private-engine.js';
import { remove } from '../../generator/write/files.js';
import type { Figures } from './figures.js';
import { buildProgram } from './program.js';
import { RealRuns, type End, type Strike } from './real-runs.js';

export const title = 'Runs: ended in each phase of up and down, on real machines';

/** Machines take minutes where they are emulated. */
const MACHINES = 34;

const ENDS: readonly End[] = ['Ctrl-C', 'kill -9', 'kill -9 of the outer one', 'a lost terminal'];

/** What labgen says when a phase begins, and about how long it lasts, in milliseconds; all phases, in their order. */
type Begins = Readonly<Record<string, readonly [RegExp, number]>>;

const UP_BEGINS: Begins = {
  engine: [/looking at this machine|provider: docker/, 1200],
  box: [/^(loading labgen\/node|engine: private)/m, 4000],
  boot: [/^booting|booting \d+ node/m, 8000],
  play: [/^boot: .* up after/m, 12_000],
  verify: [/checking: /, 1500],
};
const DOWN_BEGINS: Begins = {
  nodes: [/taking the nodes away/, 3000],
  orphans: [/^nodes: taken away/m, 60],
  files: [/held before \/\.vagrant goes/, 1500],
  engine: [/ending the private engine/, 6000],
};

/** What follows a run that was ended. */
type Then = 'up' | 'down' | 'clean';
const WORDS: Readonly<Record<Then, string>> = { up: 'up went on, and down cleaned', down: 'down cleaned', clean: 'with the folder lost doctor --clean cleaned' };

interface Counts {
  kills: number;
  'went on': number;
  cleaned: number;
  leftovers: number;
}

/** At 1 and below one end of each phase; from 10 on all of them, on a private engine and on the user's own; at 34 on a user's libvirt, too. */
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
    // Part of it is doctor --clean, which takes away what other runs left as well.
    await new RealRuns(program, join(work, 'before'), small).refuseOthers();
    // There is no inner one.
    const ends = ENDS.filter((how) => how !== 'kill -9 of the outer one');
    await onUsers(machine, 'docker', async (engine) => {
      const users = new RealRuns(program, join(work, 'users'), small, engine);
      await endAll(users, 'up', ['boot', 'play'], ends, UP_BEGINS, scale, counts, wrong, say);
      await endAll(users, 'down', DOWN.map((phase) => phase.name).filter((name) => name !== 'engine'), ends, DOWN_BEGINS, scale, counts, wrong, say);
    });
    if (scale >= MACHINES) {
      await onUsers(machine, 'libvirt', async (engine) => {
        const users = new RealRuns(program, join(work, 'libvirt'), small, engine);
        // Vagrant has to know the box.
        const { code, said } = await users.run(['box', 'build', '--for', 'libvirt']);
        if (code !== 0) throw new Error(`there is no box of libvirt: ${said}`);
        await endAll(users, 'up', ['boot'], ends, { ...UP_BEGINS, boot: [/booting \d+ node/m, 40_000] }, scale, counts, wrong, say);
      });
    }
    await endAll(new RealRuns(program, join(work, 'down'), small), 'down', ['files', 'engine'], ENDS, DOWN_BEGINS, scale, counts, wrong, say);
    await endAll(new RealRuns(program, join(work, 'up'), 'container-ip'), 'up', UP.map((phase) => phase.name), ENDS, UP_BEGINS, scale, counts, wrong, say);
  } finally {
    remove(work);
  }
  if (wrong.length > 0) throw new Error(`\n${wrong.join('\n')}`);
  return { ...counts };
}

/** To labgen the engine is the user's own: LABGEN_ENGINE is not said. */
async function onUsers(folder: string, kind: PrivateEngine['kind'], work: (engine: PrivateEngine) => Promise<void>): Promise<void> {
  const engine = await startEngine({ run: runCommand, folder, kind, useKvm: false, log: () => {} });
  try {
    await work(engine);
  } finally {
    await stopEngine({ run: runCommand, engine, log: () => {} });
  }
}

async function endAll(runs: RealRuns, verb: 'up' | 'down', phases: readonly string[], ends: readonly End[], begins: Begins, scale: number, counts: Counts, wrong: string[], say: (line: string) => void): Promise<void> {
  for (const [row, phase] of phases.entries()) {
    const begin = begins[phase];
    if (begin === undefined) throw new Error(`it is not known how the phase "${phase}" of ${verb} begins`);
    const names = Object.keys(begins);
    const later = names.slice(names.indexOf(phase) + 1).flatMap((each) => begins[each]?.[0] ?? []);
    // It takes no time by itself.
    const hold = verb === 'down' ? { path: '/.vagrant', ms: phase === 'files' ? 2000 : 0 } : undefined;
    for (const [column, how] of ends.entries()) {
      if (scale < 10 && column !== row % ends.length) continue;
      const turn = (row + column) % 3;
      const then: Then = verb === 'up' && turn === 0 ? 'up' : turn === 1 ? 'clean' : 'down';
      // Somewhere in the phase, elsewhere each time, and the same in each run; sooner where it was over by then.
      for (let afterMs = Math.round((((row * 7 + column * 5 + 3) % 11) / 11) * begin[1]); ; afterMs = Math.floor(afterMs / 4)) {
        const words = `${runs.engine}, ${verb}: ${how}, ${afterMs} ms into "${phase}"`;
        const found = await endOne(runs, verb, { how, when: begin[0], afterMs, ...(hold && { hold }) }, then, later);
        const missed = found.missed && found.trouble === '';
        if (!missed) {
          counts.kills++;
          if (then === 'up') counts['went on']++;
          counts.cleaned++;
          counts.leftovers += found.left.length;
        }
        const trouble = missed && afterMs === 0 ? 'it could not be struck in that phase' : found.trouble;
        say(`${words}: ${trouble !== '' ? 'WRONG' : missed ? 'the phase was over by then; once more, sooner' : `then ${WORDS[then]}, nothing left`}`);
        if (trouble !== '') {
          wrong.push(`${words}: ${trouble}`);
          say(trouble);
          await runs.insist(runs.down());
        }
        runs.clear();
        if (!missed || afterMs === 0) break;
      }
    }
  }
}

interface Ended {
  readonly left: readonly string[];
  readonly trouble: string;
  /** It was not struck in its phase. */
  readonly missed: boolean;
}

/** `later`: what is said as the phases after it begin. */
async function endOne(runs: RealRuns, verb: 'up' | 'down', end: Strike, then: Then, later: readonly RegExp[]): Promise<Ended> {
  const trouble: string[] = [];
  const tail = (said: string): string => said.trim().split('\n').slice(-14).map((line) => `      ${line}`).join('\n');
  if (verb === 'down') {
    const { code, said } = await runs.run(runs.up());
    if (code !== 0) return { left: [], trouble: `the lab did not come up: ${code}\n${tail(said)}`, missed: false };
  }
  const ended = await runs.run(verb === 'up' ? runs.up() : runs.down(), end);
  const { struckAt } = ended;
  if (!end.when.test(ended.said)) trouble.push(`it was never in that phase: ${ended.code}\n${tail(ended.said)}`);
  if (end.how === 'Ctrl-C' && ![130, 0].includes(ended.code ?? -1)) trouble.push(`Ctrl-C gave ${ended.code}\n${tail(ended.said)}`);
  if (then === 'up') {
    const again = await runs.insist(runs.up());
    if (again.code !== 0 || !/ 0 failed, 0 not run/.test(again.said)) trouble.push(`up did not go on: ${again.code}\n${tail(again.said)}`);
  }
  const cleaning = then === 'clean' ? await runs.loseFolder() : await runs.insist(runs.down());
  // It may have ended all by itself, with nothing left to be told where it was.
  if (cleaning.code !== 0) trouble.push(`${then === 'clean' ? 'doctor --clean' : 'down'} did not clean: ${cleaning.code}\n${tail(cleaning.said)}`);
  const left = await runs.left();
  if (left.length > 0) trouble.push(`left: ${left.join('\n      ')}`);
  return { left, trouble: trouble.join('\n    '), missed: struckAt === undefined || later.some((pattern) => pattern.test(struckAt)) };
}
