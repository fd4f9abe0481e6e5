/** Is the engine's first process still the one that we started? A pid alone does not tell: pids are used again. */
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from './places.js';
import { runDirOf } from './places.js';

export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the process's start (proc(5), stat, field 22). */
  readonly startTime: string;
}

/** The first process's note about itself: `net:[…]` names its network namespace. */
export interface FirstProcess extends ProcessMark {
  readonly network: string;
}

/** Reads a line of /proc/PID/stat. The name (field 2) may hold blanks and brackets: fields are counted from the last ')'. */
export function parseStat(line: string): (ProcessMark & { readonly state: string }) | undefined {
  const pid = /^(\d+) \(/.exec(line)?.[1];
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [rest[0], rest[19]];
  return pid && state && startTime && /^\d+$/.test(startTime) ? { pid: Number(pid), startTime, state } : undefined;
}

/** What the first process wrote about itself, before it did anything else. */
export function readFirstProcess(places: Places, id: string): FirstProcess | undefined {
  const [line = '', network = ''] = (readOr(join(runDirOf(places, id), 'first-process')) ?? '').split('\n');
  const mark = parseStat(line);
  return mark && { pid: mark.pid, startTime: mark.startTime, network };
}

/** A zombie counts as ended: its namespaces are gone already. */
export function isAlive(places: Places, mark: ProcessMark): boolean {
  const line = readOr(join(places.proc, String(mark.pid), 'stat'));
  const now = line === undefined ? undefined : parseStat(line);
  return now !== undefined && now.startTime === mark.startTime && !['Z', 'X'].includes(now.state);
}

/** Whether labgen itself runs inside this engine: pids are other ones there. */
export function isInside(places: Places, first: FirstProcess): boolean {
  try {
    return readlinkSync(join(places.proc, 'self/ns/net')) === first.network;
  } catch {
    return false;
  }
}

/** The kernel's name for this boot: start times of another boot mean nothing. */
export function bootId(places: Places): string {
  return readOr(join(places.proc, 'sys/kernel/random/boot_id'))?.trim() ?? '';
}

export function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
