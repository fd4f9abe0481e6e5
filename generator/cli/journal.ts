/** What a verb at work in a folder is doing, line by line in .labgen/journal.jsonl, for `labgen serve` to tell. */
import { join } from 'node:path';
import type { Verdict } from '../model/verdict.js';
import { appendLine, makeFolder, writeAtomic } from '../write/files.js';
import { standingAt } from '../write/look.js';
import type { Progress } from './progress.js';

export const JOURNAL = '.labgen/journal.jsonl';

/** Details come by the hundred; a reader needs no more of them than it can see. Milliseconds. */
const DETAIL_EVERY = 200;
const LONGEST = 500;

export interface Journal {
  /** A verb begins, or goes on to another stage. */
  begin(verb: string, lab: string, stage: string | undefined): void;
  phase(name: string): void;
  line(text: string): void;
  /** Takes the place of the detail before. */
  detail(text: string): void;
  check(verdict: Pick<Verdict, 'state'> & { readonly check: { readonly id: string } }): void;
  end(code: number): void;
}

/** Nothing that goes wrong here is a reason for the verb to fail: then there is no journal. `fresh`: what was written before is no longer of interest. */
export function openJournal(folder: string, fresh: boolean): Journal {
  const path = join(folder, JOURNAL);
  let works = standingAt(folder, JOURNAL) !== 'other';
  const attempt = (work: () => void): void => {
    if (!works) return;
    try {
      work();
    } catch {
      works = false;
    }
  };
  if (fresh) attempt(() => writeAtomic(path, '', 0o600));
  else attempt(() => makeFolder(join(folder, '.labgen')));
  const write = (event: Readonly<Record<string, unknown>>): void => attempt(() => appendLine(path, JSON.stringify(event), 0o600));
  let told = 0;
  return {
    begin: (verb, lab, stage) => write({ kind: 'begin', verb, lab, ...(stage !== undefined && { stage }) }),
    phase: (name) => write({ kind: 'phase', name }),
    line: (text) => write({ kind: 'line', text: text.slice(0, LONGEST) }),
    detail(text) {
      const now = performance.now();
      if (now - told < DETAIL_EVERY) return;
      told = now;
      write({ kind: 'detail', text: text.slice(0, LONGEST) });
    },
    check: ({ check, state }) => write({ kind: 'check', id: check.id, state }),
    end: (code) => write({ kind: 'end', code }),
  };
}

/** A progress that is written down as well. */
export function journalled(progress: Progress, journal: Journal): Progress {
  return {
    line(text) {
      progress.line(text);
      journal.line(text);
    },
    step(text) {
      progress.step(text);
      journal.line(`${text} …`);
    },
    detail(text) {
      progress.detail(text);
      journal.detail(text);
    },
    clear: () => progress.clear(),
    verdict(verdict) {
      progress.verdict?.(verdict);
      journal.check(verdict);
    },
  };
}
