/** What `labgen fault` is told, as a value: [LAB] and what to do. Nothing of a lab is known yet. */
import { Failure } from '../model/failure.js';
import { nearest } from '../model/nearest.js';

export const ACTIONS = {
  cut: 'pull the cable of a node to a network of the lab: cut NODE [--network NETWORK]',
  delay: 'send later what the node sends: delay NODE 100ms',
  loss: 'lose some of what the node sends: loss NODE 20%',
  drain: 'let a node of the swarm have no tasks: drain NODE',
  kill: 'kill what runs there: kill NODE dockerd|container NAME|…',
  reboot: 'reboot nodes: reboot NODE… | --all',
  list: 'what there is now, and what the lab can have: list',
  undo: 'end them all, or those of some nodes: undo [NODE…]',
} as const;

export type Action = keyof typeof ACTIONS;

const isAction = (word: string | undefined): word is Action => word !== undefined && Object.hasOwn(ACTIONS, word);

export interface FaultWords {
  readonly lab: string | undefined;
  readonly action: Action;
  readonly words: readonly string[];
}

/** Without any words: `list`. @throws Failure (exit 2) where nothing is known to be done. */
export function readWords(all: readonly string[]): FaultWords {
  const [first, second] = all;
  if (first === undefined) return { lab: undefined, action: 'list', words: [] };
  if (isAction(first)) return { lab: undefined, action: first, words: all.slice(1) };
  if (isAction(second)) return { lab: first, action: second, words: all.slice(2) };
  const near = nearest(first, Object.keys(ACTIONS)) ?? (second === undefined ? undefined : nearest(second, Object.keys(ACTIONS)));
  throw new Failure(2, `"${second === undefined ? first : `${first} ${second}`}" is no fault`, `${near === undefined ? '' : `Did you mean "${near}"? `}Known are: ${Object.keys(ACTIONS).join(', ')}; a lab may stand before them.`);
}

const UNITS = { s: 1, m: 60, h: 3600 } as const;

/** `30s`, `2m`, `1h`, or seconds without a unit. Undefined where it is none, or longer than a day. */
export function secondsOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,5})([smh]?)$/.exec(text) ?? [];
  const seconds = Number(count) * UNITS[(unit || 's') as keyof typeof UNITS];
  return seconds >= 1 && seconds <= 86_400 ? seconds : undefined;
}

/** As netem takes it; undefined where it is none. */
export function amountOf(kind: 'delay' | 'loss', text: string): string | undefined {
  if (kind === 'delay') return /^([1-9]\d{0,5}ms|[1-9]\d?s)$/.test(text) ? text : undefined;
  return /^(100|[1-9]\d?|\d{1,2}\.\d{1,2})%$/.test(text) && Number.parseFloat(text) > 0 ? text : undefined;
}
