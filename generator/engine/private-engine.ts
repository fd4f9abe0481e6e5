/**
 * Private engines: a dockerd or libvirtd inside network, mount, PID and cgroup namespaces of its own. Nothing of the
 * machine's network, firewall or services is touched, and when the first process ends, nothing is left.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import type { RunCommand } from '../drivers/run-command.js';
import { engineCgroups, enginesWithCgroups } from './cgroups.js';
import { removeEngine } from './clean-up.js';
import { dockerEngine } from './docker-engine.js';
import { ENGINE_KINDS, type EngineKind, type EngineRecipe, type PrivateEngine } from './engine.js';
import { bootId, type FirstProcess, isAlive, isInside, readFirstProcess } from './first-process.js';
import { launch, untilItAnswers } from './launch.js';
import { libvirtEngine } from './libvirt-engine.js';
import { enterNamespaces } from './namespaces.js';
import { dataDirOf, engineId, isEngineId, PLACES, type Places, realFolder, runDirOf } from './places.js';
import { requireForEngine } from './requirements.js';
import { type EngineState, readState, writeState } from './state.js';

export type { EngineKind, PrivateEngine } from './engine.js';

const RECIPES: Readonly<Record<EngineKind, EngineRecipe>> = { docker: dockerEngine, libvirt: libvirtEngine };

export interface StartOptions {
  readonly run: RunCommand;
  readonly folder: string;
  readonly kind: EngineKind;
  readonly useKvm: boolean;
  readonly log: (line: string) => void;
}

/** Returns the folder's engine of this kind, started if it does not run. On failure nothing of it is left. */
export async function startEngine(o: StartOptions, places: Places = PLACES): Promise<PrivateEngine> {
  const folder = realpathSync(o.folder);
  const id = engineId(folder, o.kind);
  const recipe = RECIPES[o.kind];
  const running = aliveEngine(places, id);
  if (running) {
    // It may have been started a moment ago, by a labgen that was interrupted since.
    await untilItAnswers(o.run, places, running, recipe);
    return running;
  }
  await requireForEngine(o.run, o.kind, recipe);
  await removeEngine(o.run, places, id); // of one that was killed, or lost with a reboot
  const started = performance.now();
  const emulated = o.kind === 'libvirt' && !o.useKvm;
  const state: EngineState = { id, kind: o.kind, folder, emulated, boot: bootId(places) };
  writeState(places, state);
  try {
    const first = await launch(o.run, places, id, recipe, o.useKvm);
    const engine = engineOf(places, state, first);
    await untilItAnswers(o.run, places, engine, recipe);
    o.log(`private ${o.kind} engine ${id} answers after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return engine;
  } catch (error) {
    await removeEngine(o.run, places, id);
    throw error;
  }
}

/** The engine that runs for this folder; from inside one, that one, with nothing to enter. */
export async function findEngine(folder: string, places: Places = PLACES): Promise<PrivateEngine | undefined> {
  const real = realFolder(folder);
  return ENGINE_KINDS.map((kind) => aliveEngine(places, engineId(real, kind))).find((engine) => engine !== undefined);
}

export interface StopOptions {
  readonly run: RunCommand;
  readonly engine: Pick<PrivateEngine, 'id' | 'kind'>;
  readonly log: (line: string) => void;
}

/** Ends everything inside, whatever runs there, and removes images, disks, sockets, cgroups and state. */
export async function stopEngine(o: StopOptions, places: Places = PLACES): Promise<void> {
  await removeEngine(o.run, places, o.engine.id);
  o.log(`private ${o.engine.kind} engine ${o.engine.id} ended; nothing of it is left`);
}

export interface Leftover {
  readonly id: string;
  readonly folder: string;
  readonly what: string;
}

/** Engines whose first process is gone while their files are not. None as seen from inside of one: of the others only the disks are seen there. */
export async function leftovers(places: Places = PLACES): Promise<readonly Leftover[]> {
  const ids = [...new Set([...[places.run, places.data].flatMap(namesIn), ...enginesWithCgroups(places)])].filter(isEngineId).sort();
  const inside = ids.some((id) => {
    const first = readFirstProcess(places, id);
    return first !== undefined && isInside(places, first);
  });
  return (inside ? [] : ids)
    .filter((id) => isLeft(places, id))
    .map((id) => {
      const state = readState(places, id);
      const pid = readFirstProcess(places, id)?.pid;
      const end = aliveEngine(places, id)
        ? 'it runs, but its folder is gone, and with it the way to it'
        : pid === undefined ? 'never came up, or the machine rebooted' : `first process ${pid} is gone`;
      return {
        id,
        folder: state?.folder ?? '',
        what: `private ${state?.kind ?? ''} engine: ${end}; ${[runDirOf(places, id), dataDirOf(places, id), ...engineCgroups(places, id)].filter((path) => existsSync(path)).join(', ')} remain`,
      };
    });
}

/** Removes what `leftovers` listed. */
export async function removeLeftover(run: RunCommand, id: string, places: Places = PLACES): Promise<void> {
  if (isLeft(places, id)) await removeEngine(run, places, id);
}

/** Dead, or alive with nobody who could reach it: engines are found by their folder. */
function isLeft(places: Places, id: string): boolean {
  const engine = aliveEngine(places, id);
  return !engine || (engine.enter.length > 0 && !existsSync(engine.folder));
}

function aliveEngine(places: Places, id: string): PrivateEngine | undefined {
  const state = readState(places, id);
  const first = readFirstProcess(places, id);
  if (!state || !first || state.boot !== bootId(places)) return undefined;
  return isInside(places, first) || isAlive(places, first) ? engineOf(places, state, first) : undefined;
}

function engineOf(places: Places, state: EngineState, first: FirstProcess): PrivateEngine {
  const runDir = runDirOf(places, state.id);
  return {
    id: state.id,
    kind: state.kind,
    folder: state.folder,
    pid: first.pid,
    runDir,
    dataDir: dataDirOf(places, state.id),
    emulated: state.emulated,
    enter: isInside(places, first) ? [] : enterNamespaces(first.pid),
    env: { ...RECIPES[state.kind].env(runDir), LABGEN_ENGINE: state.id },
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
