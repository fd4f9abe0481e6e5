/**
 * `npm run e2e -- LAB[@PROVIDER] … | all`: labs on real machines (run-lab.ts). Prints one table and, at the end,
 * `N passed, N failed, N not run` of steps; writes out/e2e.json. Exits 1 where a step failed, 3 where one was not run.
 *
 *   --lanes             labs of different providers side by side; so does "all"
 *   --record            keep the results in proven.json and in the README's table, if the run was whole and all is well
 *   --plain             `labgen render` and a plain `vagrant up` instead of `labgen up`, then verify
 *   --without-ansible   the same, on a machine that has no Ansible: the last node plays for all
 *   --all-mutations     break every check instead of one of each kind
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../../generator/drivers/run-command.js';
import { writeReadme } from './readme.js';
import { countSteps, PROVEN, readProofs, table, withRuns, type Ran } from './results.js';
import { runLab } from './run-lab.js';
import { lanesOf, root } from './which-lab.js';

const shipped = readdirSync(join(root, 'labs')).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));
const USAGE = `usage: npm run e2e -- LAB[@PROVIDER] … | all [--lanes] [--record] [--all-mutations] [--plain | --without-ansible]\nlabs: ${shipped.join(', ')}`;

function usage(complaint: string): never {
  console.error(`${complaint}\n${USAGE}`);
  process.exit(2);
}

function readWords() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { lanes: { type: 'boolean' }, record: { type: 'boolean' }, plain: { type: 'boolean' }, 'without-ansible': { type: 'boolean' }, 'all-mutations': { type: 'boolean' } },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values: flags, positionals: words } = readWords();
const withoutAnsible = flags['without-ansible'] === true;
const ways = { withoutAnsible, plain: withoutAnsible || flags.plain === true, allMutations: flags['all-mutations'] === true };
const wanted = words.flatMap((word) => (word === 'all' ? shipped : [word]));
if (wanted.length === 0) usage('which lab?');

const commit = (await runCommand({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: root })).stdout.trim();
const results: Ran[] = [];
const began = Date.now();
const lanes = flags.lanes === true || words.includes('all') ? await lanesOf(wanted) : [wanted];
await Promise.all(lanes.map(async (lane) => {
  for (const word of lane) {
    const prefix = lanes.length > 1 ? `${word} | ` : '';
    const ran = await runLab(word, ways, (line) => console.log(line.replaceAll(/^/gm, prefix)));
    results.push(ran);
    keep(ran);
  }
}));

function keep(ran: Ran): void {
  const { failed, notRun } = countSteps([ran]);
  if (flags.record !== true || ways.plain || !shipped.includes(ran.lab) || failed > 0 || notRun > 0) return;
  const proofs = withRuns(readProofs(), [ran], commit, (each) => `npm run e2e -- ${each.lab}@${each.provider}`);
  writeFileSync(PROVEN, `${JSON.stringify(proofs, null, 1)}\n`);
  writeReadme(proofs);
}

results.sort((a, b) => wanted.findIndex((word) => word.split('@')[0] === a.lab) - wanted.findIndex((word) => word.split('@')[0] === b.lab));
console.log(`\n${table(results)}\n${Math.round((Date.now() - began) / 1000)} s in all, commit ${commit}`);
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out', 'e2e.json'), `${JSON.stringify({ commit, command: `npm run e2e -- ${process.argv.slice(2).join(' ')}`, results }, null, 2)}\n`);
for (const run of results) for (const each of run.steps) if (each.state !== 'passed') console.log(`${each.state === 'failed' ? '✗' : '–'} ${run.lab}: ${each.name}: ${each.summary}`);
const { passed, failed, notRun } = countSteps(results);
console.log(`${passed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`);
process.exitCode = failed > 0 || passed + notRun === 0 ? 1 : notRun > 0 ? 3 : 0;
