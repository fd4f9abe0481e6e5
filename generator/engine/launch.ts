/** Starting the first process, and waiting until the daemon inside answers. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, type RunCommand } from '../drivers/run-command.js';
import { Failure } from '../model/failure.js';
import { writeAtomic } from '../write/files.js';
import type { EngineRecipe, PrivateEngine } from './engine.js';
import { type FirstProcess, isAlive, isInside, readFirstProcess, readOr } from './first-process.js';
import { engineScript, LAUNCH } from './namespaces.js';
import { daemonLogOf, dataDirOf, type Places, runDirOf } from './places.js';

const PAUSE_MS = 100;

/** Starts it; returns as soon as it has said who it is. */
export async function launch(
  run: RunCommand,
  places: Places,
  id: string,
  recipe: EngineRecipe,
  useKvm: boolean,
): Promise<FirstProcess> {
  const [runDir, dataDir] = [runDirOf(places, id), dataDirOf(places, id)];
  writeAtomic(join(runDir, 'engine.sh'), engineScript(recipe.script), 0o700);
  writeAtomic(daemonLogOf(places, id), '', 0o600);
  await must(run, 'start the private engine', {
    argv: ['sh', '-c', LAUNCH, 'labgen-launch', runDir, id, dataDir, useKvm ? 'yes' : 'no'],
    cwd: '/', // or the engine would keep the folder busy that labgen was called in
  });
  for (let waited = 0; waited < 5000; waited += PAUSE_MS) {
    const first = readFirstProcess(places, id);
    if (first) return first;
    await sleep(PAUSE_MS);
  }
  throw silent(places, id, 'its namespaces could not be made');
}

/** Asks the daemon until it answers; a Failure (exit 3) with its last lines where it ends or keeps silent. */
export async function untilItAnswers(
  run: RunCommand,
  places: Places,
  engine: PrivateEngine,
  recipe: EngineRecipe,
): Promise<string> {
  const started = performance.now();
  const first = readFirstProcess(places, engine.id);
  for (;;) {
    const left = recipe.patienceMs - (performance.now() - started);
    if (!first || !(isInside(places, first) || isAlive(places, first))) throw silent(places, engine.id, 'it ended');
    if (left <= 0) throw silent(places, engine.id, `no answer within ${recipe.patienceMs / 1000} s`);
    const answer = await run({
      argv: [...engine.enter, ...recipe.question],
      env: engine.env,
      cwd: '/',
      ownGroup: true,
      timeoutMs: Math.max(left, 1000),
    });
    if (answer.code === 0) return answer.stdout.trim();
    await sleep(PAUSE_MS);
  }
}

function silent(places: Places, id: string, how: string): Failure {
  const said = (readOr(daemonLogOf(places, id)) ?? '').trim().split('\n').slice(-15);
  const log = said.map((line) => `  ${line}`).join('\n');
  return new Failure(3, `The private engine did not start: ${how}. Its log ends with:\n${log}`, 'labgen doctor says what this machine lacks.');
}
