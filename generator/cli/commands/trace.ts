/** labgen trace [LAB] FROM TO: one packet on the running lab, captured wherever it comes by, and held against the prediction. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { connectSsh } from '../../drivers/ssh.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { what } from '../../predict/questions.js';
import { traceJson, traceText } from '../../report/trace.js';
import { filesOf } from '../../trace/files.js';
import { trace as traced, type Trace } from '../../trace/trace.js';
import { createFile, makeFolder } from '../../write/files.js';
import { parentOf } from '../../write/look.js';
import type { Context } from '../context.js';
import { openLab } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';
import { runningWorld } from '../running-world.js';
import { placesIn, questionOf, withoutLab, type Ends, type HowToAsk } from './asked.js';

interface Options extends Ends, HowToAsk {
  readonly output?: string;
  /** Where captures are kept; left out: below the lab's folder. */
  readonly save?: string;
  /** Seconds an answer may take. */
  readonly wait?: number;
  readonly format: 'text' | 'json';
}

/** Exit code 1 where the packet did not go as predicted, 3 where it could not be looked at. */
export async function trace(context: Context, given: Options): Promise<ExitCode> {
  const { lab: named, from, to, ...options } = withoutLab(given);
  if (from === undefined || to === undefined) throw new Failure(2, 'trace needs two ends', 'Give them after the lab, as in "labgen trace gre c1 c2".');
  const folder = runningFolder(context, { ...(named !== undefined && { lab: named }), ...(options.output !== undefined && { output: options.output }) });
  const code = await insideEngine(context, folder);
  if (code !== undefined) return code;
  const open = openLab(context, { output: folder });
  const { lab } = open;
  const connections = connectSsh(sshHosts(folder), { signal: context.interrupt });
  const leave = (): void => void connections.close();
  context.interrupt.addEventListener('abort', leave, { once: true });
  const progress = options.format === 'text' ? createProgress(context) : undefined;
  try {
    progress?.step('looking at the running lab');
    const { world, place } = await runningWorld(lab, connections);
    const question = questionOf(world, from, to, options);
    progress?.step(`capturing while ${question.from} asks ${question.to}`);
    const result = await traced(question, world, connections, { place, nonce: randomBytes(8).toString('hex'), ...(options.wait !== undefined && { waitMs: options.wait * 1000 }) });
    progress?.clear();
    if (context.interrupt.aborted) return 130;
    const files = keep(context, folder, options.save, result);
    const told = { lab: lab.name, stage: lab.stage, trace: result, gaps: world.gaps, files, placeOf: placesIn(open) };
    context.out(options.format === 'json' ? traceJson(told) : traceText(told));
    if (result.points.length > 0 && result.points.every(({ state }) => state === 'unseen')) return 3;
    return result.differences.length === 0 ? 0 : 1;
  } finally {
    context.interrupt.removeEventListener('abort', leave);
    await connections.close();
  }
}

/** A folder of its own for each trace: none is written over. */
function keep(context: Context, folder: string, save: string | undefined, result: Trace): readonly string[] {
  const files = filesOf(result);
  if (files.length === 0) return [];
  const into = save === undefined ? ownFolder(context, folder, result) : resolve(context.cwd, save);
  for (const { name } of files) if (existsSync(join(into, name))) throw new Failure(2, `${join(into, name)} is there already`, 'Name another folder with --save.');
  makeFolder(into);
  return files.map(({ name, content }) => {
    createFile(join(into, name), content);
    const near = relative(context.cwd, join(into, name));
    return near.startsWith('..') ? join(into, name) : near;
  });
}

function ownFolder(context: Context, folder: string, { question }: Trace): string {
  // Where .labgen is a link, what lies behind it is somebody else's.
  if (parentOf(folder, '.labgen/traces', new Map()) === 'other') throw new Failure(2, '.labgen/traces leads out of this folder', 'Name another one with --save.');
  const time = context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = [time, question.from, question.to, what(question)].join('-').replaceAll(/[^\w.-]+/g, '-');
  for (let count = 1; ; count++) {
    const path = join(folder, '.labgen', 'traces', count === 1 ? name : `${name}-${count}`);
    if (!existsSync(path)) return path;
  }
}
