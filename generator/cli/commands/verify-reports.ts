/** The forms a report of checks can take. */
import type { Verdicts } from '../../model/verdict.js';
import { verdictsJson } from '../../report/json.js';
import { verdictsJunit } from '../../report/junit.js';
import { verdictsTap } from '../../report/tap.js';
import { verdictsText } from '../../report/text.js';

export type ReportFormat = 'text' | 'json' | 'junit' | 'tap';

export const REPORTS: Readonly<Record<ReportFormat, (verdicts: Verdicts, colour: boolean) => string>> = {
  text: (verdicts, colour) => verdictsText(verdicts, { colour }),
  json: verdictsJson,
  junit: verdictsJunit,
  tap: verdictsTap,
};
