/**
 * `npm run e2e -- LAB[@PROVIDER] … | all`: labs on real machines (run-lab.ts). Prints one table and, at the end,
 * `N passed, N failed, N not run` of steps; writes out/e2e.json. Exits 1 where a step failed, 3 where one was not run.
 *
 *   --record            keep the results in proven.json and in the README's table, if the run was whole and all is well
 *   --plain             `labgen render` and a plain `vagrant up` instead of `labgen up`, then verify
 *   --without-ansible   the same, on a machine that has no Ansible: the last node plays for all
 *   --all-mutations     break every check instead of one of each kind
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../generator/drivers/run-command.js';
import { writeReadme } from './readme.js';
import { countSteps, PROVEN, readProofs, table, withRuns, type Ran } from './results.js';
import { root, runLab } from './run-lab.js';

const words = process.argv.slice(2);
const shipped = readdirSync(join(root, 'labs')).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));
const withoutAnsible = words.includes('--without-ansible');
const ways = { withoutAnsible, plain: withoutAnsible || words.includes('--plain'), allMutations: words.includes('--all-mutations') };
const wanted = words.filter((word) => !word.startsWith('--')).flatMap((word) => (word === 'all' ? shipped : [word]));
if (wanted.length === 0) {
  console.error(`usage: npm run e2e -- LAB[@PROVIDER] … | all [--record] [--all-mutations] [--plain | --without-ansible]\nlabs: ${shipped.join(', ')}`);
  process.exit(2);
}

const commit = (await runCommand({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: root })).stdout.trim();
const results: Ran[] = [];
const began = Date.now();
for (const word of wanted) {
  const ran = await runLab(word, ways);
  results.push(ran);
  const { failed, notRun } = countSteps([ran]);
  if (words.includes('--record') && !ways.plain && shipped.includes(ran.lab) && failed === 0 && notRun === 0) {
    const proofs = withRuns(readProofs(), [ran], commit, (each) => `npm run e2e -- ${each.lab}@${each.provider}`);
    writeFileSync(PROVEN, `${JSON.stringify(proofs, null, 1)}\n`);
    writeReadme(proofs);
  }
}

console.log(`\n${table(results)}\n${Math.round((Date.now() - began) / 1000)} s in all, commit ${commit}`);
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out', 'e2e.json'), `${JSON.stringify({ commit, command: `npm run e2e -- ${words.join(' ')}`, results }, null, 2)}\n`);
for (const run of results) for (const each of run.steps) if (each.state !== 'passed') console.log(`${each.state === 'failed' ? '✗' : '–'} ${run.lab}: ${each.name}: ${each.summary}`);
const { passed, failed, notRun } = countSteps(results);
console.log(`${passed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`);
process.exitCode = failed > 0 || passed + notRun === 0 ? 1 : notRun > 0 ? 3 : 0;
