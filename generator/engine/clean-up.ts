/** Ending an engine and removing every trace of it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type RunCommand } from '../drivers/run-command.js';
import { Failure } from '../model/failure.js';
import { remove } from '../write/files.js';
import { removeCgroups, thawCgroups } from './cgroups.js';
import { isAlive, isInside, type ProcessMark, readFirstProcess } from './first-process.js';
import { requireRoot } from './requirements.js';
import { processesOf } from './survivors.js';
import { dataDirOf, isEngineId, type Places, runDirOf } from './places.js';

/** Ends the first process: the kernel then ends every other one inside, and drops the mounts with the last. */
async function endFirstProcess(run: RunCommand, places: Places, id: string, mark: ProcessMark): Promise<void> {
  if (!isAlive(places, mark)) return;
  await must(run, 'end the private engine', { argv: ['kill', '-KILL', String(mark.pid)] });
  // It is not gone before all of them are, and what somebody paused inside does not die.
  await thawCgroups(run, places, id);
  for (let waited = 0; isAlive(places, mark); waited += 20) {
    if (waited > 15_000) throw new Failure(3, `Process ${mark.pid} does not end, though it was killed.`);
    await sleep(20);
  }
}

/** Works on a running, a dying and a dead engine alike. */
export async function removeEngine(run: RunCommand, places: Places, id: string): Promise<void> {
  requireRoot('Ending a private engine');
  if (!isEngineId(id)) throw new Error(`not the id of an engine: ${id}`);
  const first = readFirstProcess(places, id);
  if (first && isInside(places, first)) throw new Failure(3, 'A private engine cannot be ended from inside it.');
  if (first) await endFirstProcess(run, places, id, first);
  // One that labgen was killed beside while it started had not said who it is.
  const starting = processesOf(places, join(runDirOf(places, id), 'engine.sh'));
  if (starting.length > 0) await run({ argv: ['kill', '-KILL', ...starting.map(({ pid }) => String(pid))] });
  await removeCgroups(run, places, id);
  remove(dataDirOf(places, id));
  remove(runDirOf(places, id)); // last: while it exists, `leftovers` still finds the engine
  // The folders above are shared with other engines, and /var/lib/labgen with other rooms: only when empty.
  const shared = [places.run, places.data, dirname(places.data)].filter((path) => existsSync(path));
  if (shared.length > 0) await run({ argv: ['rmdir', '--ignore-fail-on-non-empty', ...shared] });
}
