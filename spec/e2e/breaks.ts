/**
 * Every break of a running lab, one after the other, as a teacher and a learner would: made by `labgen break`, told by verify and by
 * grade, repaired by hand on the node, graded again. The first is also given up with `--undo`, the second one repaired by `up`.
 */
import type { Break, Lab } from '../../generator/model/lab.js';

export interface BreakRun {
  readonly name: string;
  /** Ids of the checks that did not pass meanwhile. */
  readonly red: readonly string[];
  readonly healed: boolean;
  /** In which ways it was healed, or what went wrong. */
  readonly how: string;
}

interface Outcome {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs labgen on the folder of the lab. */
export type Labgen = (...words: readonly string[]) => Promise<Outcome>;

interface Ids {
  readonly checks: readonly { readonly id: string; readonly state: string }[];
}

interface Graded extends Ids {
  readonly state: string;
  readonly score: number;
  readonly mended: number;
  readonly of: number;
  readonly solution: { readonly name: string } | null;
}

/** Seconds an emulated node may take until all is well again. */
const PATIENCE = '240';

export async function runBreaks(lab: Lab, labgen: Labgen, say: (line: string) => void): Promise<readonly BreakRun[]> {
  const runs: BreakRun[] = [];
  for (const [index, one] of lab.breaks.entries()) {
    let run: BreakRun;
    let red: readonly string[] = [];
    try {
      red = await brokenAndTold(one, labgen);
      await byHand(one, labgen);
      const ways = ['by hand'];
      if (index === 0) {
        await given(one, labgen, ['break', '--undo', '--patience', PATIENCE]);
        ways.push('--undo');
      }
      if (index === 1) {
        await given(one, labgen, ['up']);
        ways.push('up');
      }
      run = { name: one.name, red, healed: true, how: ways.join(', ') };
    } catch (error) {
      run = { name: one.name, red, healed: false, how: (error as Error).message };
      // The others are to be tried on a lab that is well.
      await labgen('break', '--undo', '--patience', PATIENCE);
      await labgen('up');
    }
    runs.push(run);
    say(`${run.healed ? '✓' : '✗'} ${lab.name}: ${run.name}: ${run.red.length} checks broken, as ${run.red[0] ?? 'none'}; ${run.healed ? `healed ${run.how}` : run.how}`);
  }
  return runs;
}

/** What it turns red. @throws where nobody notices it, or it is told what it was. */
async function brokenAndTold(one: Break, labgen: Labgen): Promise<readonly string[]> {
  const made = await labgen('break', '--which', one.name, '--patience', PATIENCE);
  if (made.code !== 0) throw new Error(`not made: ${made.stderr.trim() || made.stdout.trim().slice(-300)}`);
  if (made.stdout.includes(one.title) || made.stdout.includes(one.about)) throw new Error('it was told what is broken');
  const verified = await labgen('verify', '--within', '3', '--format', 'json');
  const red = idsOf(JSON.parse(verified.stdout) as Ids);
  if (verified.code === 0 || red.length === 0) throw new Error('verify finds nothing wrong');
  const grade = await graded(labgen);
  if (grade.code !== 1 || grade.state !== 'broken' || grade.solution !== null) throw new Error(`grade says ${grade.state} (exit ${String(grade.code)}) before it is repaired`);
  return red;
}

async function byHand(one: Break, labgen: Labgen): Promise<void> {
  const repaired = await labgen('exec', one.node, 'sh', '-euc', one.repair);
  if (repaired.code !== 0) throw new Error(`the repair ends with ${String(repaired.code)}: ${repaired.stderr.trim()}`);
  const grade = await graded(labgen, '--patience', PATIENCE);
  if (grade.code !== 0 || grade.state !== 'healed' || grade.score !== 100 || grade.solution?.name !== one.name) throw new Error(`grade says ${grade.state}, ${grade.score}, after the repair: ${idsOf(grade).join('; ')}`);
  const verified = await labgen('verify', '--format', 'json');
  if (verified.code !== 0) throw new Error(`verify ends with ${String(verified.code)} after the repair: ${idsOf(JSON.parse(verified.stdout) as Ids).join('; ')}`);
}

/** Broken again, and healed by labgen itself. */
async function given(one: Break, labgen: Labgen, words: readonly string[]): Promise<void> {
  await brokenAndTold(one, labgen);
  const { code, stdout, stderr } = await labgen(...words);
  if (code !== 0 || !stdout.includes(one.title)) throw new Error(`labgen ${words.join(' ')} ends with ${String(code)}: ${stderr.trim()}`);
  const grade = await graded(labgen, '--patience', PATIENCE);
  if (grade.code !== 0 || grade.state !== 'none') throw new Error(`after labgen ${words.join(' ')} grade says ${grade.state}: ${idsOf(grade).join('; ')}`);
}

async function graded(labgen: Labgen, ...more: readonly string[]): Promise<Graded & { readonly code: number | undefined }> {
  const { code, stdout, stderr } = await labgen('grade', '--format', 'json', ...more);
  if (stdout === '') throw new Error(`grade ends with ${String(code)}: ${stderr.trim()}`);
  return { code, ...(JSON.parse(stdout) as Graded) };
}

function idsOf({ checks }: Ids): readonly string[] {
  return checks.filter((each) => each.state !== 'passed').map((each) => each.id);
}
