/** How long each phase of `up` may take: `--limit boot=10m`, and what it is else. */
import { Failure } from '../model/failure.js';
import { suggest } from '../model/nearest.js';

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: 60 * MINUTE };

/**
 * Milliseconds, where nothing is said. Much more than labs take anywhere, emulated ones among them: whoever waits for a
 * node that hangs is told so some day, and whoever has no patience gives a limit.
 */
export const LIMITS: Readonly<Record<string, number>> = {
  // The node image is built here where there is none yet.
  engine: 60 * MINUTE,
  box: 15 * MINUTE,
  boot: 45 * MINUTE,
  play: 60 * MINUTE,
  verify: 30 * MINUTE,
};

/** The limits of all phases, with those given: `boot=10m`. @throws Failure (exit 2) for a phase or a time that is none. */
export function readLimits(given: readonly string[]): Readonly<Record<string, number>> {
  return { ...LIMITS, ...Object.fromEntries(given.map(readLimit)) };
}

function readLimit(word: string): readonly [string, number] {
  const [, phase = '', number = '', unit = ''] = /^([^=]*)=(\d{1,6})([smh])$/.exec(word) ?? [];
  const limit = Number(number) * (UNITS[unit] ?? 0);
  if (limit === 0) throw new Failure(2, `--limit ${word}: that is no phase with a time`, `Give it as PHASE=TIME with s, m or h, such as boot=10m. Phases: ${Object.keys(LIMITS).join(', ')}`);
  if (!Object.hasOwn(LIMITS, phase)) throw new Failure(2, `--limit ${word}: there is no phase "${phase}"`, suggest(phase, Object.keys(LIMITS), 'phase'));
  return [phase, limit];
}

/** `90 s`, `10 min`. */
export function timeText(milliseconds: number): string {
  return milliseconds % MINUTE === 0 ? `${milliseconds / MINUTE} min` : `${Math.round(milliseconds / 1000)} s`;
}

export interface Watch {
  /** Aborted by Ctrl-C, or when the time is over. */
  readonly signal: AbortSignal;
  /** Whether the time was over, before Ctrl-C. */
  expired(): boolean;
  /** From here on there is no limit, and only Ctrl-C counts. */
  lift(): void;
}

export function watch(interrupt: AbortSignal, limitMs: number): Watch {
  const controller = new AbortController();
  let over = false;
  const timer = setTimeout(() => {
    over = !interrupt.aborted;
    controller.abort();
  }, limitMs);
  const onInterrupt = (): void => controller.abort();
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener('abort', onInterrupt, { once: true });
  return {
    signal: controller.signal,
    expired: () => over,
    lift: () => {
      clearTimeout(timer);
      interrupt.removeEventListener('abort', onInterrupt);
    },
  };
}
