/** Progress of long work: one living line on a terminal, plain lines where output is kept. */
import type { Verdict } from '../model/verdict.js';
import { WIPE } from '../report/plain.js';
import type { Context } from './context.js';

export interface Progress {
  /** A line that stays. */
  line(text: string): void;
  /** What is being done now. */
  step(text: string): void;
  /** A detail of it: shown on a terminal only, over the one before. */
  detail(text: string): void;
  clear(): void;
  /** A check is done; for who listens besides the terminal. */
  verdict?(verdict: Verdict): void;
}

const WIDTH = 100;

export function createProgress(context: Context): Progress {
  const started = context.now().getTime();
  let current = '';
  const wipe = (): void => {
    if (context.isTerminal && current !== '') context.err(WIPE);
    current = '';
  };
  const show = (text: string): void => {
    if (!context.isTerminal) return;
    const elapsed = Math.round((context.now().getTime() - started) / 1000);
    const clean = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim();
    if (clean === '') return;
    wipe();
    current = `${String(elapsed).padStart(4)} s  ${clean}`.slice(0, WIDTH);
    context.err(current);
  };
  return {
    line(text) {
      wipe();
      context.out(`${text}\n`);
    },
    step(text) {
      if (context.isTerminal) show(text);
      else context.out(`${text} …\n`);
    },
    detail: show,
    clear: wipe,
  };
}
