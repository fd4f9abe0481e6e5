/** Checks to verdicts: all at once, each polled within its window. One check's trouble never ends the others. */
import type { Check, CheckKind, Reading } from '../model/check.js';
import { NodeUnreachable, type Connections } from '../model/connections.js';
import { isNegative } from '../model/expectation.js';
import type { Lab } from '../model/lab.js';
import { Slots } from '../model/slots.js';
import type { Verdict, Verdicts } from '../model/verdict.js';
import { ask, type Asked } from './ask.js';
import { expectedText, judge, type Judgement } from './expectation.js';
import { LabFacts } from './facts.js';

export interface VerifyOptions {
  readonly kinds: readonly CheckKind[];
  /** Instead of the lab's own. */
  readonly checks?: readonly Check[];
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** How long a dockerd may take to answer at all before that counts against a check's window; left out: two minutes. */
  readonly stallMs?: number;
  /** How long what a negative check is about may take to be there at all, as after a boot; left out: its window. */
  readonly patienceMs?: number;
  readonly onVerdict?: (verdict: Verdict) => void;
  readonly signal?: AbortSignal;
}

const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;
const OBSERVERS = 2;
const STALL_MS = 120_000;

export async function verify(lab: Lab, connections: Connections, options: VerifyOptions): Promise<Verdicts> {
  const begun = options.now();
  const facts = new LabFacts(lab, connections, options.now);
  const observers = new Slots(OBSERVERS);
  const verdicts = await Promise.all(
    (options.checks ?? lab.checks).map(async (check) => {
      const verdict = await verifyOne(check, { facts, connections, observers, options });
      options.onVerdict?.(verdict);
      return verdict;
    }),
  );
  const count = (state: Verdict['state']): number => verdicts.filter((verdict) => verdict.state === state).length;
  return { lab: lab.name, stage: lab.stage, verdicts, passed: count('passed'), failed: count('failed'), notRun: count('not-run'), seconds: (options.now() - begun) / 1000 };
}

/** None of these could be asked, all for one reason. */
export function notRun(lab: Lab, checks: readonly Check[], reason: string): Verdicts {
  const verdicts = checks.map((check): Verdict => ({ check, state: 'not-run', node: '', command: '', expected: expectedText(check), seen: reason, why: check.why, seconds: 0, attempts: 0 }));
  return { lab: lab.name, stage: lab.stage, verdicts, passed: 0, failed: 0, notRun: checks.length, seconds: 0 };
}

interface Run {
  readonly facts: LabFacts;
  readonly connections: Connections;
  readonly observers: Slots;
  readonly options: VerifyOptions;
}

/** The last attempt, and what it came to. */
interface Outcome extends Asked {
  readonly final: boolean;
  readonly judgement: Judgement;
  readonly attempts: number;
}

async function verifyOne(check: Check, run: Run): Promise<Verdict> {
  const { now } = run.options;
  const begun = now();
  const outcome = await poll(check, run, begun);
  return {
    check,
    state: outcome.judgement === 'holds' ? 'passed' : outcome.judgement === 'fails' ? 'failed' : 'not-run',
    node: outcome.node,
    command: outcome.command,
    expected: expectedText(check),
    seen: outcome.reading.seen,
    why: check.why,
    seconds: (now() - begun) / 1000,
    attempts: outcome.attempts,
  };
}

/**
 * A positive check ends when it first holds. A negative one ends when it first fails; it is asked until its window
 * is over, at least twice, and its target has to show at both ends of the window that it is alive.
 */
async function poll(check: Check, run: Run, begun: number): Promise<Outcome> {
  const { now, sleep } = run.options;
  const kind = run.options.kinds.find((each) => each.name === check.kind);
  const negative = isNegative(check.kind, check.expect);
  const { stallMs = STALL_MS, patienceMs = 0 } = run.options;
  const ends = begun + check.within * 1000;
  let held = 0;
  let end = ends;
  for (let attempts = 1; ; attempts++) {
    const last = now() >= end;
    const outcome: Outcome = { ...(await attempt(check, kind, run, held === 0 || last)), attempts };
    const { judgement } = outcome;
    if (outcome.final) return outcome;
    const stalled = outcome.stalled > 0 && now() < ends + stallMs;
    const early = negative && held === 0 && now() < begun + patienceMs;
    if (judgement === 'not-run' && (stalled || early)) {
      // Nothing was asked, as dockerd did not answer or its target is not there yet: the window begins again.
      held = 0;
      end = now() + check.within * 1000;
      await sleep(pauseAfter(now() - begun));
      continue;
    }
    if (judgement === 'holds') held++;
    if (negative ? judgement === 'fails' : judgement === 'holds') return outcome;
    // It held and now cannot be asked: it was not seen to hold throughout.
    if (negative && judgement === 'not-run' && held > 0) return outcome;
    if (last && !(negative && held === 1 && check.within > 0)) return outcome;
    const pause = negative ? PAUSE_MS : pauseAfter(now() - begun);
    await sleep(last ? PAUSE_MS : Math.max(0, Math.min(pause, end - now())));
  }
}

/** What does not come soon is asked for less and less often: a node that is busy starting things must not be busy answering instead. */
function pauseAfter(elapsedMs: number): number {
  return Math.max(PAUSE_MS, Math.min(LONGEST_PAUSE_MS, elapsedMs / 5));
}

/** `final`: asking again is of no use. */
async function attempt(check: Check, kind: CheckKind | undefined, run: Run, prove: boolean): Promise<Asked & { readonly judgement: Judgement; readonly final: boolean }> {
  const notRun = (seen: string) => ({ reading: { state: 'not-run', seen } as Reading, node: '', command: '', stalled: 0, judgement: 'not-run' as const, final: true });
  if (run.options.signal?.aborted) return notRun('interrupted');
  if (kind === undefined) return notRun(`labgen has no kind of check "${check.kind}"`);
  try {
    const asked = await ask(check, kind, run.facts, run.connections, run.observers, prove);
    return { ...asked, judgement: judge(check.expect, asked.reading), final: false };
  } catch (error) {
    if (error instanceof NodeUnreachable) return { ...notRun(error.message), node: error.node };
    return notRun(`labgen could not ask: ${(error as Error).message}`);
  }
}
