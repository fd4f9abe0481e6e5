/** The break of a folder, if there is one: what is remembered of it, and what `up` does about it. */
import { join } from 'node:path';
import { repairIt } from '../breaks/act.js';
import { formatState, parseState } from '../breaks/state.js';
import { connectSsh } from '../drivers/ssh.js';
import { Failure } from '../model/failure.js';
import type { BreakState } from '../model/grade.js';
import type { Break } from '../model/lab.js';
import { remove, writeAtomic } from '../write/files.js';
import { readPlain, standingAt } from '../write/look.js';
import { refusal } from '../write/refusal.js';
import type { Context } from './context.js';
import type { OpenLab } from './open-lab.js';
import { sshHosts } from './running.js';

const STATE = '.labgen/break.json';

export function readBreak(folder: string): BreakState | undefined {
  const file = standingAt(folder, STATE) === 'plain' ? readPlain(join(folder, STATE)) : undefined;
  return typeof file === 'object' ? parseState(file.content.toString()) : undefined;
}

/** @throws Failure (exit 3) where it cannot be written: nothing must be broken that nobody remembers. */
export function writeBreak(folder: string, state: BreakState): void {
  if (standingAt(folder, STATE) === 'other') throw new Failure(3, `${join(folder, STATE)} is not a plain file in a plain folder`, 'Look where it leads, and move it away.');
  try {
    writeAtomic(join(folder, STATE), formatState(state), 0o600);
  } catch (error) {
    throw refusal(error, folder, 'Nothing was changed. labgen needs to write into this folder.');
  }
}

export function forgetBreak(folder: string): void {
  if (standingAt(folder, STATE) === 'plain') remove(join(folder, STATE));
}

/** Only what the lab itself declares is ever run: the state names it. */
export function breakOf({ validated, lab }: OpenLab, { name, stage }: BreakState): Break | undefined {
  const labs = [...(validated.labs.has(stage) ? [validated.labs.get(stage)] : []), lab, ...validated.labs.values()];
  return labs.flatMap((each) => each?.breaks ?? []).find((each) => each.name === name);
}

/**
 * Before the nodes are made what the lab says: what was broken is repaired, as a play does not look at everything. What
 * cannot be repaired is left to the play. An interrupted run leaves it to the next one.
 */
export async function mendBeforePlay(context: Context, open: OpenLab, say: (line: string) => void): Promise<void> {
  const state = readBreak(open.folder);
  if (!state) return;
  const was = state.healed === undefined ? breakOf(open, state) : undefined;
  if (was) {
    try {
      await repairBy(context, open.folder, was);
      say(`break: repaired; it was: ${was.title}`);
    } catch (error) {
      if (context.interrupt.aborted) throw error;
      say(`break: ${(error as Error).message}; the play goes on`);
    }
  }
  forgetBreak(open.folder);
}

async function repairBy(context: Context, folder: string, was: Break): Promise<void> {
  const connections = connectSsh(sshHosts(folder), { signal: context.interrupt });
  try {
    await repairIt(connections, was);
  } finally {
    await connections.close();
  }
}
