/**
 * `npm run e2e -- LAB[@PROVIDER] … | all`: labs on real machines (run-lab.ts). Prints one table and, at the end,
 * `N passed, N failed, N not run` of steps; writes out/e2e.json. Exits 1 where a step failed, 3 where one was not run.
 *
 *   --lanes             labs of different providers side by side; so does "all"
 *   --record            keep the results in proven.json and in the README's table, if the run was whole and all is well
 *   --table             only write the README's table anew, after a lab has changed
 *   --plain             `labgen render` and a plain `vagrant up` instead of `labgen up`, then verify
 *   --without-ansible   the same, on a machine that has no Ansible: the last node plays for all
 *   --all-mutations     break every check instead of one of each kind
 *   --traces            instead of all that: the last stage, with packets traced hop by hop against the prediction
 *   --breaks            instead of all that: the last stage, in every way it can be broken, each repaired; with --record: docs/breaks.md
 *   --faults            instead of all that: the last stage, in every trouble the lab can have, one after the other
 *                       These three may be asked for together: one after the other on the same machines.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { digestWithBreaks, readRecords, withRecord, writePage, writeRecords } from './broken.js';
import { readmeLabs, writeReadme } from './readme.js';
import { countSteps, PROVEN, readProofs, table, withRuns, type Ran } from './results.js';
import { runLab } from './run-lab.js';
import { lanesOf, root, wantedLab } from './which-lab.js';

const shipped = shippedLabs(root);
const USAGE = `usage: npm run e2e -- LAB[@PROVIDER] … | all [--lanes] [--record] [--all-mutations] [--plain | --without-ansible | --traces --breaks --faults]\nlabs: ${shipped.join(', ')}`;

function usage(complaint: string): never {
  console.error(`${complaint}\n${USAGE}`);
  process.exit(2);
}

function readWords() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { lanes: { type: 'boolean' }, record: { type: 'boolean' }, table: { type: 'boolean' }, plain: { type: 'boolean' }, 'without-ansible': { type: 'boolean' }, 'all-mutations': { type: 'boolean' }, faults: { type: 'boolean' }, breaks: { type: 'boolean' }, traces: { type: 'boolean' } },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values: flags, positionals: words } = readWords();
const withoutAnsible = flags['without-ansible'] === true;
const ways = { withoutAnsible, plain: withoutAnsible || flags.plain === true, allMutations: flags['all-mutations'] === true, faults: flags.faults === true, breaks: flags.breaks === true, traces: flags.traces === true };
if (ways.plain && (ways.faults || ways.breaks || ways.traces)) usage('--plain is a run of its own');
const wanted = words.flatMap((word) => (word === 'all' ? shipped : [word]));
if (wanted.length === 0 && flags.table !== true) usage('which lab?');
for (const word of wanted) {
  try {
    wantedLab(word);
  } catch (error) {
    usage((error as Error).message);
  }
}

const commit = (await runCommand({ argv: ['git', 'rev-parse', '--short', 'HEAD'], cwd: root })).stdout.trim();
if (flags.record === true) {
  const changed = (await runCommand({ argv: ['git', 'status', '--porcelain', '--untracked-files=no'], cwd: root })).stdout.split('\n').filter((line) => line !== '' && !/ (README\.md|docs\/breaks\.md|spec\/e2e\/(proven|broken)\.json)$/.test(line));
  if (changed.length > 0) usage(`--record: commit first; ${changed.length} files are not as in ${commit}`);
}
if (flags.table === true) {
  writeReadme(readProofs());
  writePage(readRecords());
  process.exit(0);
}
const results: Ran[] = [];
const began = Date.now();
const lanes = flags.lanes === true || words.includes('all') ? await lanesOf(wanted) : [wanted];
// One lane's trouble must not leave another's machines alone.
const ended = await Promise.allSettled(lanes.map(async (lane) => {
  for (const word of lane) {
    const prefix = lanes.length > 1 ? `${word} | ` : '';
    const ran = await runLab(word, ways, (line) => console.log(line.replaceAll(/^/gm, prefix)));
    results.push(ran);
    keep(word, ran);
  }
}));

/** What is kept is whole, and of a shipped lab at a commit; of a run about breaks and faults each that went well to its end. */
function keep(word: string, ran: Ran): void {
  if (flags.record !== true || ways.plain || !shipped.includes(word.split('@')[0] ?? '')) return;
  const { failed, notRun } = countSteps([ran]);
  const partly = ways.faults || ways.breaks || ways.traces;
  const well = (step: string): boolean => ran.steps.some(({ name, state }) => name === step && state === 'passed');
  if (ran.breaks !== undefined && well('breaks')) writeRecords(withRecord(readRecords(), { lab: ran.lab, provider: ran.provider, commit, digest: digestWithBreaks(wantedLab(word).value), breaks: ran.breaks }));
  if (partly ? !well('faults') : failed > 0 || notRun > 0) return;
  const digest = readmeLabs().find((each) => each.name === ran.lab)?.digest ?? '';
  const proofs = withRuns(readProofs(), [ran], (each) => ({ commit, command: `npm run e2e -- ${each.lab}@${each.provider}${ways.allMutations ? ' --all-mutations' : ''}`, digest }));
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
for (const each of ended) if (each.status === 'rejected') console.log(`✗ ${(each.reason as Error).message}`);
process.exitCode = ended.some((each) => each.status === 'rejected') || failed > 0 || passed + notRun === 0 ? 1 : notRun > 0 ? 3 : 0;
