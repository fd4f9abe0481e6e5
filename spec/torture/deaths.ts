/** kill -9 at every write: what lies there afterwards, and what the next run makes of it. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labgen } from '../support/context.js';
import { writeInto } from '../support/trees.js';
import { isBookkeeping, isOldOrNew, lyingIn, TEMPORARY, unlike, type Lying } from './folders.js';
import { run } from './program.js';

/** Between the stages files change, come and go, and so do folders. */
const LAB = `lab: two
nodes: { n1: {}, n2: { docker: { mtu: 1400 } }, n3: {} }
stages:
  - { name: one, nodes: { n3: null } }
  - { name: two, nodes: { n2: null, n1: { docker: { mtu: 1300 } } } }
`;

/** Some look like labgen's own. */
const USERS: Readonly<Record<string, string>> = {
  'notes.txt': 'mine\n', 'nodes/n2/mine.conf': 'mine\n', 'nodes/mine/empty.txt': '', 'Vagrantfile.labgen-new': 'mine\n',
  'Vagrantfile.labgen-0123abcd': 'mine\n', 'nodes/n1/labgen-network.sh.labgen-89abcdef': '#!/bin/sh\n', '.labgen/notes': 'mine\n', '.labgen/manifest.json.labgen-mine': 'mine\n',
};

export interface Scenario {
  readonly title: string;
  /** What was rendered before; undefined: nothing. */
  readonly stage?: string;
  readonly edits: Readonly<Record<string, string>>;
  readonly force: boolean;
}

export const SCENARIOS: readonly Scenario[] = [
  { title: 'a first render', edits: {}, force: false },
  { title: 'a render over another stage', stage: 'one', edits: {}, force: false },
  { title: 'a forced render over edited files', stage: 'one', edits: { 'site.yml': 'edited\n', 'nodes/n1/labgen-network.sh': 'edited\n', 'nodes/n3/labgen-network.sh': 'foreign\n' }, force: true },
];

export const argsTo = (stage: string, force = false): readonly string[] => ['render', 'lab.yaml', '-o', 'out', '--stage', stage, ...(force ? ['--force'] : [])];

/** A folder with a lab and what the user has beside and below it. */
export async function prepare(home: string, { stage, edits }: Pick<Scenario, 'stage' | 'edits'>): Promise<Lying> {
  writeInto(home, 'lab.yaml', LAB);
  for (const [path, text] of Object.entries(USERS)) writeInto(join(home, 'out'), path, text);
  const users = new Map([...lyingIn(join(home, 'out'))].filter(([, lying]) => lying !== 'folder'));
  if (stage !== undefined) assert.equal((await labgen(home, ...argsTo(stage))).code, 0);
  for (const [path, text] of Object.entries(edits)) writeInto(join(home, 'out'), path, text);
  return users;
}

export interface Deaths {
  readonly kills: number;
  readonly leftovers: number;
}

/** `every`: only each such call is one to die at. */
export async function dieEverywhere(program: string, work: string, scenario: Scenario, every: number): Promise<Deaths> {
  const start = join(work, 'start');
  mkdirSync(start, { recursive: true });
  const users = await prepare(start, scenario);
  const before = lyingIn(join(start, 'out'));
  const rendered = async (stage: string | undefined): Promise<Lying> => {
    const home = join(work, `as-${stage ?? 'nothing'}`);
    await prepare(home, { stage, edits: {} });
    return lyingIn(join(home, 'out'));
  };
  const [old, wanted] = [await rendered(scenario.stage), await rendered('two')];
  const undisturbed = join(work, 'undisturbed');
  cpSync(start, undisturbed, { recursive: true });
  const { code, calls = 0, err } = await run(program, undisturbed, argsTo('two', scenario.force));
  assert.deepEqual([code, err], [0, ''], scenario.title);
  assert.equal(unlike(lyingIn(join(undisturbed, 'out')), wanted, (path) => path === '.labgen/seal.json'), '', 'the built labgen and this one are not the same');
  assert.ok(calls > 30, `only ${calls} writes were seen`);
  const counts = { kills: 0, leftovers: 0 };
  for (let at = 1; at <= calls; at++) {
    for (const how of at === calls ? ['before', 'half', 'after'] : ['before', 'half']) {
      if ((at * 2 + (how === 'half' ? 1 : 0)) % every !== 0 && at !== calls) continue;
      const home = join(work, 'dying');
      cpSync(start, home, { recursive: true });
      const words = `${scenario.title}, killed ${how} write ${at} of ${calls}`;
      const { signal } = await run(program, home, argsTo('two', scenario.force), { at, how });
      assert.equal(signal, 'SIGKILL', words);
      try {
        counts.leftovers += isOldOrNew(join(home, 'out'), before, old, wanted, users);
        await goesOn(home, scenario, { before, old, wanted, users, back: at % 2 === 1 && !scenario.force, built: at > calls - 4 ? program : undefined, twice: at % 3 === 0 ? { program, at: 1 + ((at * 7) % calls) } : undefined });
      } catch (error) {
        throw new Error(`${words}: ${(error as Error).message}`, { cause: error });
      }
      counts.kills++;
      rmSync(home, { recursive: true });
    }
  }
  return counts;
}

interface After {
  readonly before: Lying;
  readonly old: Lying;
  readonly wanted: Lying;
  readonly users: Lying;
  /** The next render is of the old stage again. */
  readonly back: boolean;
  /** The built labgen is the next one: it trusts the seal of the dead one. */
  readonly built: string | undefined;
  /** The next one dies as well. */
  readonly twice: { readonly program: string; readonly at: number } | undefined;
}

async function goesOn(home: string, scenario: Scenario, { before, old, wanted, users, back, built, twice }: After): Promise<void> {
  const out = join(home, 'out');
  if (twice) {
    await run(twice.program, home, argsTo('two', scenario.force), { at: twice.at, how: 'half' });
    isOldOrNew(out, before, old, wanted, users);
  }
  await differencesAreTrue(home, wanted);
  if (scenario.force) {
    // What --force has not come to yet is still the user's.
    const lying = lyingIn(out);
    const { code, err } = await labgen(home, ...argsTo('two'));
    const kept = Object.keys(scenario.edits).filter((path) => wanted.has(path) && lying.get(path) === before.get(path));
    assert.equal(code, kept.length === 0 ? 0 : 1, err);
    for (const path of kept) assert.equal(lyingIn(out).get(path), before.get(path), `${path} was edited, and is lost without --force`);
  }
  const stage = back && scenario.stage !== undefined ? scenario.stage : 'two';
  const { code, err } = await (built === undefined ? labgen(home, ...argsTo(stage, scenario.force)) : run(built, home, argsTo(stage, scenario.force)));
  assert.deepEqual([code, err], [0, '']);
  const expected = stage === 'two' ? wanted : old;
  assert.equal(unlike(lyingIn(out), expected, (path) => path === '.labgen/seal.json'), '', `the next render, of stage ${stage}, does not make it whole`);
  const again = await labgen(home, ...argsTo(stage, scenario.force));
  assert.match(again.out, /: 0 written/);
}

/** What diff says would change is what is not as the lab has it. */
async function differencesAreTrue(home: string, wanted: Lying): Promise<void> {
  const { code, out } = await labgen(home, 'diff', 'lab.yaml', '-o', 'out', '--stage', 'two', '--format', 'json');
  const told = (JSON.parse(out) as { path: string; kind: string }[]).filter((each) => each.kind !== 'removed').map((each) => each.path).sort();
  const now = lyingIn(join(home, 'out'));
  const really = [...wanted].filter(([path, lying]) => lying !== 'folder' && !(path in USERS) && !isBookkeeping(path) && !TEMPORARY.test(path) && now.get(path) !== lying).map(([path]) => path).sort();
  assert.deepEqual(told, really, 'diff does not tell the truth');
  assert.equal(code, (JSON.parse(out) as unknown[]).length === 0 ? 0 : 1);
}
