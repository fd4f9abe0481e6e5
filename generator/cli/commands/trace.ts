/** labgen trace [LAB] FROM TO: one packet on the running lab, captured wherever it comes by, and held against the prediction. */
import { randomBytes } from 'node:crypto';
import { connectSsh } from '../../drivers/ssh.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import { traceJson, traceText } from '../../report/trace.js';
import { filesOf } from '../../trace/files.js';
import { trace as traced } from '../../trace/trace.js';
import type { Context } from '../context.js';
import { openLab } from '../open-lab.js';
import { createProgress } from '../progress.js';
import { insideEngine, runningFolder, sshHosts } from '../running.js';
import { runningWorld } from '../running-world.js';
import { keepTrace } from '../trace-files.js';
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
    const files = keepTrace(context, filesOf(result), { folder, save: options.save, question });
    const told = { lab: lab.name, stage: lab.stage, trace: result, gaps: world.gaps, files, placeOf: placesIn(open) };
    context.out(options.format === 'json' ? traceJson(told) : traceText(told));
    if (result.points.length > 0 && result.points.every(({ state }) => state === 'unseen')) return 3;
    return result.differences.length === 0 ? 0 : 1;
  } finally {
    progress?.clear();
    context.interrupt.removeEventListener('abort', leave);
    await connections.close();
  }
}
