/**
 * Run inside a lab's engine: follows packets on the running lab, hop by hop, and demands that each goes as `explain` says.
 * All pairs of containers on different nodes, and of all others one for each way that is like no other. A line for each,
 * and `traces agree N of M: P points`.
 *
 *   tsx spec/e2e/traces.ts FOLDER [TEXT]     with TEXT: only traces whose line holds it, each shown whole
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { openLab } from '../../generator/cli/open-lab.js';
import { sshHosts } from '../../generator/cli/running.js';
import { runningWorld } from '../../generator/cli/running-world.js';
import { connectSsh } from '../../generator/drivers/ssh.js';
import { traceText, verdictLine } from '../../generator/report/trace.js';
import { questionsOf, what } from '../../generator/predict/questions.js';
import { trace, type Trace } from '../../generator/trace/trace.js';
import { contextOf } from '../support/context.js';
import { chosenQuestions } from './trace-questions.js';

const [given = '.', only = ''] = process.argv.slice(2);
const folder = resolve(given);
const { lab } = openLab(contextOf({ err: (text) => process.stderr.write(text) }, folder), {});
const connections = connectSsh(sshHosts(folder));
/** A busy or emulated machine is late, and what has to be learnt first (an overlay's neighbours) is no other way. */
const WAITS_MS = [2000, 5000, 10_000];

let [agreed, points, uncaptured] = [0, 0, 0];
const apart: string[] = [];
try {
  const { world, place } = await runningWorld(lab, connections);
  const families = lab.ipv6 === true ? ([4, 6] as const) : ([4] as const);
  const { chosen, all } = chosenQuestions(world, [...questionsOf(world, families)]);
  const wanted = chosen.map((question) => ({ question, name: `${question.from} → ${question.to} (${question.address}), ${what(question)}` })).filter(({ name }) => name.includes(only));
  console.log(`${lab.name}: ${wanted.length} traces, of ${all} questions`);
  for (const { question, name } of wanted) {
    let last: Trace | undefined;
    for (const waitMs of WAITS_MS) {
      last = await trace(question, world, connections, { place, nonce: randomBytes(8).toString('hex'), waitMs });
      if (last.differences.length === 0) break;
    }
    if (!last) continue;
    const unseen = last.points.filter(({ state }) => state === 'unseen').length;
    const right = last.differences.length === 0 && last.points.some(({ state }) => state === 'seen') === last.points.length > 0;
    if (right) agreed++;
    else apart.push(name);
    points += last.points.filter(({ state }) => state === 'seen').length;
    uncaptured += unseen;
    const [line = ''] = verdictLine(last).split('\n');
    console.log(`${right ? '✓' : '✗'} ${name}: ${last.explanation.answer.verdict}, ${line}${last.beside.length === 0 ? '' : `; besides: ${[...new Set(last.beside.map(({ because }) => because ?? 'not predicted'))].join(', ')}`}`);
    if (!right || only !== '') console.log(traceText({ lab: lab.name, stage: lab.stage, trace: last, gaps: world.gaps, files: [], placeOf: (rule) => rule.file ?? rule.by }).replaceAll(/^/gm, '    '));
  }
} finally {
  await connections.close();
}
if (apart.length > 0) console.log(`apart: ${apart.join('; ')}`);
console.log(`traces agree ${agreed} of ${agreed + apart.length}: ${points} points${uncaptured === 0 ? '' : `, ${uncaptured} could not be captured`}`);
process.exitCode = apart.length > 0 || agreed === 0 ? 1 : 0;
