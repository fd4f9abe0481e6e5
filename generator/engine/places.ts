/** Where engines live on the machine, and what they are called. */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EngineKind } from './engine.js';

/** Folders that hold one subfolder an engine; handed in, so that tests can use others. */
export interface Places {
  readonly run: string;
  readonly data: string;
  readonly proc: string;
}

export const PLACES: Places = { run: '/run/labgen', data: '/var/lib/labgen/engines', proc: '/proc' };

/** The engine's name: short, because a Unix socket's path may have 107 bytes at most. */
export function engineId(realFolder: string, kind: EngineKind): string {
  return createHash('sha256').update(`${kind}\0${realFolder}`).digest('hex').slice(0, 10);
}

/** Whether a name under /run/labgen is one of ours: nothing else there is ever removed. */
export function isEngineId(name: string): boolean {
  return /^[0-9a-f]{10}$/.test(name);
}

export const runDirOf = (places: Places, id: string): string => join(places.run, id);
export const dataDirOf = (places: Places, id: string): string => join(places.data, id);
export const daemonLogOf = (places: Places, id: string): string => join(runDirOf(places, id), 'engine.log');

/** A folder that was removed still has the name under which its engine was started. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}
