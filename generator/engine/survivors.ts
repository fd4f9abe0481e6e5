/** Processes that a killed labgen started and could not end any more, found by a mark in their environment. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, parseStat, readOr, type ProcessMark } from './first-process.js';
import type { Places } from './places.js';

/** How long they may take to end by themselves, in milliseconds; Vagrant writes down what it has made. */
const GRACE_MS = 10_000;
/** Machines, and what runs them for their user: they outlive who started them on purpose. */
const MACHINES = /^(VBox|vmware|prl_)/;
/** An SSH connection that Ansible keeps for the next play; it ends by itself, or with its node. */
const KEPT_CONNECTION = /^ssh: .*\[mux\]/;

/** What processes have in their environments: values by the names of their variables. */
export type Marks = Readonly<Record<string, string>>;

/** Those that have all these marks, but for this process and those above it. Another user's cannot be seen without root. */
export function survivors(places: Places, marks: Marks): readonly ProcessMark[] {
  const mine = ancestry(places);
  const wanted = Object.entries(marks).map(([variable, value]) => `${variable}=${value}`);
  return readProcesses(places).filter(({ pid }) => {
    if (mine.has(pid) || isMachine(places, pid)) return false;
    const environment = environmentOf(places, pid);
    return wanted.every((each) => environment.includes(each));
  });
}

/** Sends a signal; throws where the process is no more. */
export type Send = (pid: number, signal: NodeJS.Signals) => void;

/**
 * Ends them, and comes back when they are gone. At once, without waiting for anything else of labgen's: nothing may be
 * done in a folder as long as they work there.
 */
export function endSurvivors(places: Places, marks: Marks, send: Send): void {
  for (const [signal, patience] of [['SIGTERM', GRACE_MS], ['SIGKILL', GRACE_MS]] as const) {
    const ends = Date.now() + patience;
    // One that ends may just have started another.
    for (let left = survivors(places, marks), told = new Set<number>(); left.length > 0 && Date.now() < ends; left = survivors(places, marks)) {
      for (const { pid } of left.filter((each) => !told.has(each.pid))) unlessGone(send, pid, signal);
      told = new Set([...told, ...left.map((each) => each.pid)]);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/**
 * What others have in their environments for these variables, each set of values once; where the first is missing,
 * nothing. Those that are meant to outlive who started them are left out.
 */
export function valuesOf(places: Places, variables: readonly string[]): readonly (readonly string[])[] {
  const mine = ancestry(places);
  const found = new Map<string, readonly string[]>();
  for (const { pid } of readProcesses(places).filter((each) => !mine.has(each.pid) && !isMachine(places, each.pid))) {
    if (KEPT_CONNECTION.test(readOr(join(places.proc, String(pid), 'cmdline')) ?? '')) continue;
    const environment = environmentOf(places, pid);
    const values = variables.map((variable) => environment.find((each) => each.startsWith(`${variable}=`))?.slice(variable.length + 1) ?? '');
    if (values[0] !== '') found.set(values.join('\0'), values);
  }
  return [...found.values()];
}

/** Whether a process was started with these letters in one of its words. */
export function isMentioned(places: Places, text: string): boolean {
  return readProcesses(places).some(({ pid }) => (readOr(join(places.proc, String(pid), 'cmdline')) ?? '').includes(text));
}

/** Those that were started with this word, such as the path of a script. */
export function processesOf(places: Places, word: string): readonly ProcessMark[] {
  return readProcesses(places).filter(({ pid }) => (readOr(join(places.proc, String(pid), 'cmdline')) ?? '').split('\0').includes(word));
}

/** All that live, by pid. Empty where there is no /proc. */
function readProcesses(places: Places): readonly ProcessMark[] {
  try {
    return readdirSync(places.proc)
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => parseStat(readOr(join(places.proc, name, 'stat')) ?? '') ?? [])
      .filter((mark) => isAlive(places, mark));
  } catch {
    return [];
  }
}

function isMachine(places: Places, pid: number): boolean {
  return MACHINES.test(readOr(join(places.proc, String(pid), 'comm')) ?? '');
}

function environmentOf(places: Places, pid: number): readonly string[] {
  try {
    return readFileSync(join(places.proc, String(pid), 'environ'), 'utf8').split('\0');
  } catch {
    return []; // another user's, or just gone
  }
}

/** This process and all above it: one of them may have been started by the labgen that is dead now. */
function ancestry(places: Places): ReadonlySet<number> {
  const found = new Set<number>();
  for (let name = 'self'; ; ) {
    const status = readOr(join(places.proc, name, 'status')) ?? '';
    const pid = Number(/^Pid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    if (pid === 0 || found.has(pid)) return found;
    found.add(pid);
    name = /^PPid:\s*(\d+)/m.exec(status)?.[1] ?? '0';
  }
}

function unlessGone(send: Send, pid: number, signal: NodeJS.Signals): void {
  try {
    send(pid, signal);
  } catch {
    // It ended a moment ago.
  }
}
