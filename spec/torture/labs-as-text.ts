/** Labs nobody would write: shipped ones with some of their text or values spoilt. Each has problems in words, or files. */
import { join } from 'node:path';
import fc from 'fast-check';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { TemplateFailed } from '../../generator/model/template-failed.js';
import { labAt, planOf, validateLab } from '../../generator/plan/pipeline.js';
import { refusedText } from '../../generator/plan/refused-text.js';
import { formatProblems } from '../../generator/report/problems.js';
import { parseLab } from '../../generator/source/parse.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';
import type { Figures } from './figures.js';
import { misTyped, mutants } from './mutants.js';

/** What a message never says of its own. */
const LEAK = /\bundefined\b|\[object |\bNaN\b|is not a function|Cannot read prop/;
const PATIENCE_MS = 5000;

export function tortureLabs(scale: number, say: (line: string) => void): Figures {
  const runs = Math.max(40, Math.round(150 * scale));
  const texts = shippedLabs(root).map(labText);
  const counts = { sound: 0, wrong: 0 };
  for (const [what, arbitrary] of [['text', mutants(texts)], ['values', misTyped(texts.map((text) => parseLab('lab.yaml', text).value))]] as const) {
    fc.assert(fc.property(arbitrary, (text) => void counts[judged(text) ? 'sound' : 'wrong']++), {
      seed: 5, numRuns: runs, endOnFailure: scale > 1,
      reporter: (details) => { if (details.failed) throw new Error(`a lab with spoilt ${what}: ${fc.defaultReportMessage(details) ?? ''}`); },
    });
  }
  say(`${runs * 2} spoilt labs: ${counts.wrong} with problems, ${counts.sound} with files`);
  return { 'spoilt labs': runs * 2, 'sound labs': counts.sound };
}

/** Whether there are files. @throws where there is neither a problem in words nor a file. */
function judged(text: string): boolean {
  const begun = process.cpuUsage();
  const validated = validateLab('lab.yaml', text, [], assetsOf(text, join(root, 'labs')));
  const ms = process.cpuUsage(begun).user / 1000;
  if (ms > PATIENCE_MS) throw new Error(`${Math.round(ms)} ms for ${text.length} characters`);
  const lines = text.split('\n').length;
  for (const { code, line, column, message, hint } of validated.problems) {
    if (!/^LG\d{3}$/.test(code) || line < 1 || line > lines || column < 1 || message === '' || hint === '') throw new Error(`a problem that helps nobody: ${code} ${line}:${column} ${message}`);
    const leak = LEAK.exec(`${message}\n${hint}`)?.[0];
    if (leak !== undefined && !text.includes(leak)) throw new Error(`${code}: ${message}\n${hint}`);
  }
  formatProblems(validated.problems, validated.texts, false);
  for (const stage of validated.labs.keys()) {
    const lab = labAt(validated, stage);
    if (typeof lab === 'string') throw new Error(lab);
    try {
      planOf(validated, lab, 'lab.yaml');
    } catch (error) {
      if (!(error instanceof TemplateFailed) || !refusedText(error, validated.texts)) throw error;
    }
  }
  return validated.labs.size > 0;
}
