/** What the page says of pairs, checks and stages, in words. */
import type { PageAnswer, PageCheck, PagePair, PageStage } from '../generator/report/page/data.js';

/** `differ` and `unknown` (could not be measured) are what one has to look at; `predicted`: nobody measured. */
export type Standing = 'agree' | 'differ' | 'unknown' | 'predicted';

export function standingOf(pair: PagePair): Standing {
  if (pair.measured) return pair.why === undefined ? 'agree' : 'differ';
  return pair.why === undefined ? 'predicted' : 'unknown';
}

export function answerText({ reached, maxBytes, seenAs, answeredBy, stopped, onTheWayBack }: PageAnswer, by: string): string {
  if (reached) return `arrives${by === 'ping' && maxBytes !== undefined ? `, up to ${maxBytes} bytes` : ''}${seenAs === undefined ? '' : `, seen as ${seenAs}`}${answeredBy === undefined ? '' : `, answered by ${answeredBy}`}`;
  if (stopped === undefined) return `no answer came back${seenAs === undefined ? '' : `, though it came in, seen as ${seenAs}`}`;
  return `stops at ${stopped}${onTheWayBack === true ? ' (the answer)' : ''}`;
}

/** In so many words as a grid's cell has room for. */
export function pairText(pair: PagePair): string {
  const standing = standingOf(pair);
  const told = { agree: ', measured the same', differ: `, but measured otherwise: ${pair.measured ? answerText(pair.measured, pair.by) : ''}`, unknown: ', could not be measured', predicted: '' }[standing];
  return `${pair.by} ${answerText(pair.predicted, pair.by)}${told}`;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
  readonly waiting: number;
  readonly agree: number;
  readonly differ: number;
  readonly unknown: number;
  readonly predicted: number;
}

export function countsOf({ checks, pairs }: PageStage): Counts {
  const checked = (state: PageCheck['state']): number => checks.filter((each) => each.state === state).length;
  const standings = pairs.map(standingOf);
  const stand = (standing: Standing): number => standings.filter((each) => each === standing).length;
  return { passed: checked('passed'), failed: checked('failed'), notRun: checked('not-run'), waiting: checked('waiting'), agree: stand('agree'), differ: stand('differ'), unknown: stand('unknown'), predicted: stand('predicted') };
}

export const STATES: Readonly<Record<PageCheck['state'], { readonly sign: string; readonly word: string }>> = {
  passed: { sign: '✓', word: 'passed' },
  failed: { sign: '✗', word: 'failed' },
  'not-run': { sign: '–', word: 'not run' },
  waiting: { sign: '○', word: 'not run yet' },
};

/** `28 November 2026, 19:20 UTC`; the same on every machine. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })}, ${iso.slice(11, 16)} UTC`;
}

export function secondsText(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
