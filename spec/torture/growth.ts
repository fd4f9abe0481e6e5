/** Time against length: what is twice as long may take about twice as long. */
import { PIECES } from './mutants.js';

/** Each is repeated to a length, at once or between the halves of a sample. */
const LENGTHS: readonly number[] = [...steps(8, 1.15, 600), 1200, 2400, 4800, 9600, 19_200, 38_400];
/** Twice the text, this many times the time: no more. */
const RATIO = 2.8;
/** Shorter times say nothing on a busy machine. */
const SAYING_MS = 40;
const TRIES = 4;

function steps(from: number, factor: number, to: number): readonly number[] {
  return from > to ? [] : [Math.round(from), ...steps(from * factor, factor, to)];
}

/** @throws where a repeated piece makes the time grow faster than the text. Returns how many texts were read. */
export function growsLinearly(name: string, read: (text: string) => void, samples: readonly string[], longest: number, pieces: readonly string[] = PIECES): number {
  let count = 0;
  const [sample = ''] = samples;
  const half = sample.slice(0, Math.floor(sample.length / 2));
  for (const piece of pieces) {
    for (const [before, after] of [['', ''], ['', 'x'], [half, sample.slice(half.length)]] as const) {
      const textOf = (length: number): string => before + piece.repeat(Math.ceil(length / piece.length)) + after;
      let last = { length: 0, ms: 0 };
      for (const length of LENGTHS.filter((each) => each <= longest)) {
        let now = { length, ms: timeOf(read, textOf(length)) };
        const allowed = (): number => Math.max(SAYING_MS, RATIO * (length / Math.max(1, last.length)) / 2 * last.ms);
        for (let tries = 1; now.ms > allowed() && tries < TRIES; tries++) {
          now = { length, ms: Math.min(now.ms, timeOf(read, textOf(length))) };
          if (last.length > 0) last = { ...last, ms: Math.max(last.ms, timeOf(read, textOf(last.length))) };
        }
        count++;
        if (now.ms > allowed()) throw new Error(`${name}: ${JSON.stringify(piece)} repeated${before === '' ? '' : ' in the middle of a sample'}${after === 'x' ? ', then x' : ''}: ${last.length} characters take ${last.ms.toFixed(1)} ms, ${length} take ${now.ms.toFixed(1)} ms`);
        last = now;
      }
    }
  }
  return count;
}

function timeOf(read: (text: string) => void, text: string): number {
  // Of the processor: what else the machine does says nothing about a parser.
  const begun = process.cpuUsage();
  read(text);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}
