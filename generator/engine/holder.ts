/** Whether the process that holds a folder still lives, seen from here: through used-again pids, reboots and PID namespaces. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Holder } from '../model/holder.js';
import { bootId, isAlive, parseStat, readOr } from './first-process.js';
import type { Places } from './places.js';

/** Where this labgen runs. */
export interface Here {
  readonly places: Places;
  readonly pid: number;
  readonly host: string;
  /** Inside a private engine: processes outside cannot be seen. */
  readonly insideEngine: boolean;
  /** Whether a pid is in use; asked only where there is no /proc. */
  readonly isUsed: (pid: number) => boolean;
}

/** `pid` is the one it has here. `unseen`: it may live where this process cannot look. */
export type Sight = { readonly state: 'alive'; readonly pid: number } | { readonly state: 'gone' | 'unseen' };

export type Mark = Pick<Holder, 'pid' | 'startTime' | 'namespace' | 'boot' | 'host'>;

/** What tells this process from every other. */
export function markOf({ places, pid, host }: Pick<Here, 'places' | 'pid' | 'host'>): Mark {
  const stat = parseStat(readOr(join(places.proc, 'self/stat')) ?? '');
  return { pid: stat?.pid ?? pid, startTime: stat?.startTime ?? '', namespace: namespaceOf(places, 'self') ?? '', boot: bootId(places), host };
}

export function sightOf(holder: Mark, here: Here): Sight {
  const mine = markOf(here);
  if (holder.host !== mine.host) return { state: 'unseen' };
  if (holder.boot !== mine.boot) return { state: 'gone' };
  if (mine.startTime === '') return here.isUsed(holder.pid) ? { state: 'alive', pid: holder.pid } : { state: 'gone' };
  if (holder.namespace === mine.namespace) return isAlive(here.places, holder) ? { state: 'alive', pid: holder.pid } : { state: 'gone' };
  return sightAcross(holder, here);
}

/** A process of another PID namespace has another pid here, but the same start time. */
function sightAcross(holder: Mark, { places, insideEngine }: Here): Sight {
  let hidden = insideEngine;
  for (const name of readdirSync(places.proc)) {
    const mark = { pid: Number(name), startTime: holder.startTime };
    if (!/^\d+$/.test(name) || !isAlive(places, mark)) continue;
    const namespace = namespaceOf(places, name);
    if (namespace === holder.namespace) return { state: 'alive', pid: mark.pid };
    if (namespace === 'hidden') hidden = true;
  }
  return { state: hidden ? 'unseen' : 'gone' };
}

/** Another user's process does not tell without root: `hidden`. */
function namespaceOf(places: Places, name: string): string | undefined {
  try {
    return readlinkSync(join(places.proc, name, 'ns/pid'));
  } catch (error) {
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'hidden' : undefined;
  }
}
