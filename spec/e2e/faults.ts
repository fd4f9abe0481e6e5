/**
 * Run inside a lab's engine: has every fault of the running lab, one after the other. A check has to fail meanwhile (where a
 * link is slow or lossy: ping has to tell), and all have to pass again afterwards without anybody's help. A line for each
 * fault, and `faults survived N of M`.
 *
 *   tsx spec/e2e/faults.ts FOLDER [TEXT]     with TEXT: only faults that hold it
 */
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../../generator/cli/open-lab.js';
import { sshHosts } from '../../generator/cli/running.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { connectSsh } from '../../generator/drivers/ssh.js';
import { activeFaults } from '../../generator/faults/inject.js';
import { offeredFaults } from '../../generator/faults/offered.js';
import type { Check } from '../../generator/model/check.js';
import type { Connections } from '../../generator/model/connections.js';
import { isNegative } from '../../generator/model/expectation.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { features } from '../../generator/plan/pipeline.js';
import { verify } from '../../generator/verify/verify.js';
import { contextOf, root } from '../support/context.js';
import { linkTroubles } from './link-faults.js';

const [given = '.', only = ''] = process.argv.slice(2);
const folder = resolve(given);
const { lab } = openLab(contextOf({ err: (text) => process.stderr.write(text) }, folder), {});
const kinds = features.flatMap((feature) => feature.checkKinds ?? []);
const positive = lab.checks.filter((check) => !isNegative(check.kind, check.expect));
const names = lab.nodes.map((node) => node.name);

/** What is done to the lab, and what is to tell it. */
interface Trouble {
  readonly words: readonly string[];
  /** Seconds until it is over, at most. */
  readonly seconds: number;
  /** Asks once; in words, where it is told. */
  readonly told: () => Promise<string | undefined>;
  /** False where the lab has no check for it. */
  readonly tellable: boolean;
  /** Seconds to leave it before anybody asks. */
  readonly head: number;
}

/** Those that name the node or what runs on it: a container that is a node is back before all others have been asked. */
function about(node: string): readonly Check[] {
  const there = [node, ...lab.containers.filter((each) => each.node === node).map((each) => each.name)];
  const telling = positive.filter(({ subject }) => Object.values(subject).some((value) => typeof value === 'string' && there.includes(value)));
  return telling.length > 0 ? telling : positive;
}

const reboots = names.length > 1 ? [...names.map((name) => [name]), ['--all']] : [names];
const troubles: readonly Trouble[] = [
  ...offeredFaults(lab, features).map((fault) => byChecks(fault.words, positive.filter((check) => fault.fails(check)), fault.seconds)),
  ...linkTroubles(lab).map(({ words, ask, tells }) => ({ words, seconds: 30, told: async () => tells(await asking(ask)), tellable: true, head: 0 })),
  ...reboots.map((words) => byChecks(['reboot', ...words], words[0] === '--all' || words[0] === undefined ? positive : about(words[0]), 300)),
].filter(({ words }) => words.join(' ').includes(only));

function byChecks(words: readonly string[], telling: readonly Check[], seconds: number): Trouble {
  const asked = (telling.length > 0 ? telling : positive).map((check) => ({ ...check, within: 0 }));
  // Where all are asked: until it is really going down, only a check that takes long would be caught in it. A container
  // without Docker is back after 3 s.
  const head = words[0] === 'reboot' && telling === positive ? 2 : 0;
  const told = async (): Promise<string | undefined> => {
    const seen = await notPassing(asked, { stallMs: 0 }, words[0] === 'reboot' ? REBOOT_WITHIN_MS : undefined);
    return seen.length === 0 ? undefined : `${seen.length} checks did not pass meanwhile, as ${seen[0]?.check.id ?? ''}`;
  };
  return { words, seconds, told, tellable: telling.length > 0, head };
}

/** A slow machine takes longer to let anybody in. */
let connectWithinMs = 8000;
/** Of a reboot: a node that is a container is back after 3 s, and whoever waits for it that long misses it. */
const REBOOT_WITHIN_MS = 1000;

/** Seconds that labgen takes here to say which faults there are: little of a short fault is left where that is much. */
let pace = 0;

/** Seconds an untroubled lab may take to be well again: emulated nodes start dockerd slowly. */
const PATIENCE = 300;
const since = (begun: number): number => (performance.now() - begun) / 1000;

async function asking<T>(work: (connections: Connections) => Promise<T>, withinMs = connectWithinMs): Promise<T> {
  const connections = connectSsh(sshHosts(folder), { connectWithinMs: withinMs });
  try {
    return await work(connections);
  } finally {
    await connections.close();
  }
}

async function notPassing(checks: readonly Check[], more: { readonly stallMs?: number } = {}, withinMs?: number): Promise<readonly Verdict[]> {
  const { verdicts } = await asking((connections) => verify(lab, connections, { kinds, checks, now: () => performance.now(), sleep: (ms) => sleep(ms), ...more }), withinMs);
  return verdicts.filter((verdict) => verdict.state !== 'passed');
}

/** @throws CannotBeHad where the node's kernel lacks what it takes. */
async function labgen(...words: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand({ argv: [process.execPath, join(root, 'dist', 'labgen.cjs'), 'fault', '-o', folder, ...words], cwd: folder, timeoutMs: 300_000 });
  if (code === 3 && stderr.includes('has no netem')) throw new CannotBeHad(stderr.trim().split('\n')[0]);
  if (code !== 0) throw new Error(`labgen fault ${words.join(' ')}: ${stderr.trim()}`);
}

/** What a fault of so many seconds is given. */
function lasting(seconds: number): number {
  return Math.round(seconds + 4 * pace);
}

/** What was seen of it while it lasts; undefined where nothing was. */
async function meanwhile({ told, seconds, head }: Trouble, begun: number): Promise<string | undefined> {
  await sleep(head * 1000);
  let seen: string | undefined;
  while (seen === undefined && since(begun) < lasting(seconds)) seen = await told();
  return seen;
}

/** Makes it, and says what was seen of it. */
async function had(trouble: Trouble, begun: number, undone: boolean): Promise<string | undefined> {
  // A small node is back before labgen has said that it goes.
  if (trouble.words[0] === 'reboot') return (await Promise.all([meanwhile(trouble, begun), labgen(...trouble.words)]))[0];
  await labgen(...trouble.words, '--for', undone ? '1h' : `${lasting(trouble.seconds)}s`);
  return meanwhile(trouble, begun);
}

/** Seconds until all checks passed in one go; what did not where that never came. */
async function wellAgain(): Promise<number | readonly Verdict[]> {
  const begun = performance.now();
  for (;;) {
    const left = await notPassing(lab.checks);
    if (left.length === 0) return since(begun);
    if (since(begun) > PATIENCE) return left;
  }
}

async function ended(): Promise<boolean> {
  let silent = false;
  const active = await asking((connections) => activeFaults(connections, names, () => { silent = true; }));
  return !silent && active.length === 0;
}

class CannotBeHad extends Error {}

const tell = (verdicts: readonly Verdict[]): string => verdicts.slice(0, 3).map((each) => `${each.check.id} (${each.state}: ${each.seen.slice(0, 80).replaceAll('\n', ' ')})`).join('; ');
const asked = performance.now();
await labgen('list');
pace = since(asked);
const entered = performance.now();
await asking((connections) => connections.run(names[0] ?? '', ['true']));
connectWithinMs = Math.min(8000, Math.max(1500, 3000 * since(entered)));
const untold: string[] = [];
const unhad: string[] = [];
const lost: string[] = [];
let survived = 0;
for (const [index, trouble] of troubles.entries()) {
  const name = trouble.words.join(' ');
  const undone = index === 0 && trouble.words[0] !== 'reboot';
  const begun = performance.now();
  try {
    const seen = await had(trouble, begun, undone);
    if (undone) await labgen('undo');
    let gone = await ended();
    for (; !gone && since(begun) < lasting(trouble.seconds) + PATIENCE; gone = await ended()) await sleep(1000);
    const over = since(begun);
    if (!gone) throw new Error(`it did not end by itself within ${Math.round(over)} s`);
    const well = await wellAgain();
    if (typeof well !== 'number') throw new Error(`not well again after ${PATIENCE} s: ${tell(well)}`);
    if (seen === undefined && !trouble.tellable) {
      untold.push(name);
      continue;
    }
    if (seen === undefined) throw new Error('nothing told it meanwhile');
    survived++;
    console.log(`✓ ${name}: ${seen}; ${undone ? 'undone' : 'over'} after ${over.toFixed(1)} s, all ${lab.checks.length} passed ${well.toFixed(1)} s later`);
  } catch (error) {
    if (error instanceof CannotBeHad) {
      unhad.push(name);
      console.log(`– ${name}: ${error.message}`);
      continue;
    }
    lost.push(name);
    console.log(`✗ ${name}: ${(error as Error).message}`);
  }
}
if (unhad.length > 0) console.log(`not had, as this kernel cannot: ${unhad.join(', ')}`);
if (untold.length > 0) console.log(`no check tells: ${untold.join(', ')}`);
console.log(`faults survived ${survived} of ${survived + lost.length}`);
process.exitCode = lost.length > 0 || survived === 0 ? 1 : 0;
