/** From verdicts to a grade. */
import { HINT_COSTS, type BreakState, type Grade } from '../model/grade.js';
import type { Break } from '../model/lab.js';
import type { Verdicts } from '../model/verdict.js';

/** `broken` is what the state is about; undefined where nothing was broken on purpose. `now`: milliseconds since 1970. */
export function gradeOf(verdicts: Verdicts, broken: { readonly state: BreakState; readonly was: Break } | undefined, now: number): Grade {
  const failing = idsNotPassed(verdicts);
  const whole = failing.length === 0;
  if (!broken) {
    const judged = verdicts.verdicts.map((each) => each.check.id);
    return { state: 'none', ...counted(judged, failing, 0), hints: [], hintsInAll: 0, seconds: undefined, solution: undefined, verdicts };
  }
  const { state, was } = broken;
  // What fails besides is the learner's to put right as well.
  const judged = [...new Set([...(state.red ?? []), ...failing])];
  return {
    state: whole ? 'healed' : 'broken',
    ...counted(judged, failing, state.hints),
    hints: was.hints.slice(0, state.hints),
    hintsInAll: was.hints.length,
    seconds: Math.max(0, (state.healed ?? now) - state.begun) / 1000,
    solution: whole ? was : undefined,
    verdicts,
  };
}

/** What could not be asked counts as not passed. */
export function idsNotPassed({ verdicts }: Verdicts): readonly string[] {
  return verdicts.filter((each) => each.state !== 'passed').map((each) => each.check.id);
}

function counted(judged: readonly string[], failing: readonly string[], hints: number): Pick<Grade, 'score' | 'of' | 'mended' | 'judged'> {
  const mended = judged.length - judged.filter((id) => failing.includes(id)).length;
  const share = judged.length === 0 ? 1 : mended / judged.length;
  return { judged, of: judged.length, mended, score: Math.max(0, Math.round(100 * share) - HINT_COSTS * hints) };
}
