/** One labgen at a time in a folder: verbs that change it hold its lock; the second one is told who has it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readOr } from '../engine/first-process.js';
import { markOf, sightOf, type Here } from '../engine/holder.js';
import { PLACES, realFolder } from '../engine/places.js';
import { endSurvivors, valuesOf } from '../engine/survivors.js';
import { Failure, type ExitCode } from '../model/failure.js';
import { parseHolder, type Holder } from '../model/holder.js';
import { oneLine } from '../report/plain.js';
import { LOCK, passLock, takeLock, type Taken } from '../write/lock.js';
import { refusal } from '../write/refusal.js';
import { changed, type Context } from './context.js';

/**
 * Names the lock to a labgen that goes on inside the private engine: what holds it is itself. All that is run under a lock
 * has it in its environment, and so is found where labgen was killed and could not end it.
 */
export const LOCK_VARIABLE = 'LABGEN_LOCK';
/** Beside it: the folder. */
export const FOLDER_VARIABLE = 'LABGEN_LOCK_FOLDER';

/** Both of them, for what is run under the lock that this context holds; nothing where it holds none. */
export function lockMark(context: Context): Readonly<Record<string, string>> {
  return Object.fromEntries([LOCK_VARIABLE, FOLDER_VARIABLE].flatMap((name) => (context.env[name] === undefined ? [] : [[name, context.env[name]]])));
}

/** Whether a labgen that lives, or may live, is at work in a folder; `token`: this very one. */
export function isBusy(context: Context, folder: string, token?: string): boolean {
  const holder = parseHolder(readOr(join(folder, LOCK)) ?? '');
  return holder !== undefined && (token === undefined || holder.token === token) && sightOf(holder, hereOf(context)).state !== 'gone';
}

/** Whether one that died left its lock there. */
export function isDeadThere(context: Context, folder: string): boolean {
  const holder = parseHolder(readOr(join(folder, LOCK)) ?? '');
  return holder !== undefined && sightOf(holder, hereOf(context)).state === 'gone';
}

/** @throws Failure (exit 3) where another labgen that lives holds the folder, or nothing can be written there. */
export async function locked(context: Context, folder: string, work: (context: Context) => ExitCode | Promise<ExitCode>): Promise<ExitCode> {
  const here = hereOf(context);
  const inherited = context.env[LOCK_VARIABLE];
  if (inherited !== undefined && passLock(folder, inherited, markOf(here), holds(here))) return work(context);
  const token = randomBytes(8).toString('hex');
  const taken = lockFor(context, folder, token, here);
  if ('heldBy' in taken) throw isHeld(folder, taken.heldBy, here);
  try {
    return await work(changed(context, { env: { ...context.env, [LOCK_VARIABLE]: token, [FOLDER_VARIABLE]: folder } }));
  } finally {
    taken.release();
  }
}

/** What --set gives may be a secret, and a lock is for everyone to read. */
function withoutValues(args: readonly string[]): readonly string[] {
  return args.map((word, index) => {
    if (args[index - 1] === '--set') return word.replace(/=[^]*/, '=…');
    return word.replace(/^(--set=[^=]*=)[^]*/, '$1…');
  });
}

/** Takes the lock back from a labgen inside the engine, which has ended; the rest of the work is this one's. */
export function takeLockBack(context: Context): void {
  const { [LOCK_VARIABLE]: token, [FOLDER_VARIABLE]: folder } = context.env;
  const here = hereOf(context);
  try {
    if (token !== undefined && folder !== undefined) passLock(folder, token, markOf(here), holds(here));
  } catch {
    // Such as on a full disk: how the other one ended is what counts.
  }
}

/** Ends what a labgen inside the engine, which was killed, left running. */
export function endWhatRuns(context: Context): void {
  const { [LOCK_VARIABLE]: token, [FOLDER_VARIABLE]: folder } = context.env;
  if (token !== undefined && folder !== undefined) endUnder(token, folder);
}

/** Ends what was started under a lock. A lock is for everyone to read: who only says its token, of another folder, has not that one's. */
export function endUnder(token: string, folder: string): void {
  const places = valuesOf(PLACES, [FOLDER_VARIABLE, LOCK_VARIABLE]).filter(([, its]) => its === token).map(([its = '']) => its);
  for (const its of places.filter((each) => realFolder(each) === realFolder(folder))) endSurvivors(PLACES, { [LOCK_VARIABLE]: token, [FOLDER_VARIABLE]: its }, kill);
}

/** Takes away what a labgen that died in a folder left; where one that lives holds it, nothing. */
export function tidyUp(context: Context, folder: string): void {
  try {
    const taken = lockFor(context, folder, randomBytes(8).toString('hex'), hereOf(context));
    if ('release' in taken) taken.release();
  } catch {
    // It is in nobody's way.
  }
}

/** Whether another holder has to be respected: it lives, or may live. */
function holds(here: Here): (other: Holder) => boolean {
  return (other) => sightOf(other, here).state !== 'gone';
}

function hereOf(context: Context): Here {
  return { places: PLACES, pid: process.pid, host: hostname(), insideEngine: context.env['LABGEN_ENGINE'] !== undefined, isUsed };
}

function lockFor(context: Context, folder: string, token: string, here: Here): Taken {
  const mine: Holder = { token, ...markOf(here), command: ['labgen', ...withoutValues(context.args)].join(' '), since: context.now().toISOString() };
  try {
    const taken = takeLock(folder, mine, holds(here));
    if ('dead' in taken && taken.dead) endUnder(taken.dead.token, folder);
    return taken;
  } catch (error) {
    throw refusal(error, folder, 'Nothing there was changed. labgen needs to write into this folder; another one is named with -o.');
  }
}

function isHeld(folder: string, holder: Holder, here: Here): Failure {
  const sight = sightOf(holder, here);
  const since = holder.since.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  const where = holder.host === here.host ? '' : ` on ${oneLine(holder.host, 80)}`;
  const pid = sight.state === 'alive' ? sight.pid : holder.pid;
  const hint = sight.state === 'unseen'
    ? `It cannot be seen from here. Wait for its end; if it has ended, remove ${join(folder, LOCK)}`
    : `Wait for its end, or interrupt it: kill -INT ${pid}\n"labgen status" shows meanwhile what is running.`;
  return new Failure(3, `another labgen is at work in ${folder}: process ${pid}${where}, "${oneLine(holder.command, 120)}", since ${oneLine(since, 40)}`, hint);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
}

function isUsed(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
