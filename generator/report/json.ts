/** Verdicts for programs. */
import type { Verdicts } from '../model/verdict.js';

/** Stable keys in a stable order; JSON's own escapes neutralise control characters, C1 and bidi signs are escaped as well. */
export function verdictsJson(verdicts: Verdicts): string {
  const { lab, stage, passed, failed, notRun, seconds } = verdicts;
  const checks = verdicts.verdicts.map(({ check, state, node, command, expected, seen, why, seconds: took, attempts }) => ({
    id: check.id, kind: check.kind, from: check.from, state, node, command, expected, seen, why, seconds: rounded(took), attempts,
    subject: check.subject, expect: check.expect, within: check.within,
  }));
  return safeJson({ lab, stage: stage ?? null, passed, failed, notRun, seconds: rounded(seconds), checks });
}

/** With what a terminal would obey, or nobody sees, as escapes. */
export function safeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
