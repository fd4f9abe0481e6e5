/** The forms a report of checks can take. */
import type { Verdicts } from '../../model/verdict.js';

export type ReportFormat = 'text' | 'json' | 'junit' | 'tap';

export const REPORTS: Readonly<Record<ReportFormat, (verdicts: Verdicts, colour: boolean) => string>> = {
  text: (verdicts) => `${verdicts.verdicts.map((v) => `${v.state} ${v.check.id} ${v.state === 'passed' ? '' : `\n   ${v.node}: ${v.command}\n expected ${v.expected} seen ${v.seen}`}`).join('\n')}\n${verdicts.passed} passed ${verdicts.failed} failed ${verdicts.notRun} not run\n`,
  json: (verdicts) => JSON.stringify(verdicts),
  junit: () => '',
  tap: () => '',
};
