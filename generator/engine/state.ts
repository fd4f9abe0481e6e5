/**
 * What labgen remembers of an engine. It is written twice, beside the sockets and beside the data: /run is often
 * emptied by a reboot, and the data must still be known as ours then.
 */
import { join } from 'node:path';
import { makeFolder, writeAtomic } from '../write/files.js';
import { ENGINE_KINDS, type EngineKind } from './engine.js';
import { readOr } from './first-process.js';
import { dataDirOf, type Places, runDirOf } from './places.js';

export interface EngineState {
  readonly id: string;
  readonly kind: EngineKind;
  readonly folder: string;
  readonly emulated: boolean;
  /** The boot it was started in. */
  readonly boot: string;
}

const FILE = 'state.json';

export function formatState(state: EngineState): string {
  return `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`;
}

/** Text in, value out; undefined for anything that labgen did not write. */
export function parseState(text: string): EngineState | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { version, id, kind, folder, emulated, boot } = raw as Record<string, unknown>;
  const known = ENGINE_KINDS.find((one) => one === kind);
  if (version !== 1 || !known || typeof id !== 'string' || typeof folder !== 'string') return undefined;
  if (typeof emulated !== 'boolean' || typeof boot !== 'string') return undefined;
  return { id, kind: known, folder, emulated, boot };
}

export function writeState(places: Places, state: EngineState): void {
  for (const folder of [runDirOf(places, state.id), dataDirOf(places, state.id)]) {
    // Sockets and disks are for nobody else. The state alone is readable for all: without root, labgen must still be
    // able to say that an engine runs.
    makeFolder(folder, 0o711);
    writeAtomic(join(folder, FILE), formatState(state));
  }
}

/** The state of one engine, from whichever copy is left. */
export function readState(places: Places, id: string): EngineState | undefined {
  for (const folder of [runDirOf(places, id), dataDirOf(places, id)]) {
    const text = readOr(join(folder, FILE));
    const state = text === undefined ? undefined : parseState(text);
    if (state?.id === id) return state;
  }
  return undefined;
}
