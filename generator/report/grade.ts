/** A grade for people, for programs and for CI. */
import { HINT_COSTS, type Grade } from '../model/grade.js';
import type { Break, Lab } from '../model/lab.js';
import type { Verdict } from '../model/verdict.js';
import { safeJson } from './json.js';
import { testCase } from './junit.js';
import { labTitle, oneLine, plain, secondsText } from './plain.js';
import { verdictText } from './text.js';
import { junitXml } from './xml.js';

interface TextOptions {
  readonly colour: boolean;
}

const notPassed = ({ verdicts: { verdicts } }: Grade): readonly Verdict[] => verdicts.filter((each) => each.state !== 'passed');

export function gradeText(grade: Grade, options: TextOptions): string {
  const left = notPassed(grade);
  const parts = left.length === 0 ? [] : [`Not passed yet\n${left.map((each) => verdictText(each, options)).join('')}`];
  if (grade.state === 'broken') parts.push(hintsText(grade));
  if (grade.solution) parts.push(`Healed after ${secondsText(grade.seconds ?? 0)}. What it was\n${solutionText(grade.solution)}`);
  return [...parts, closingLine(grade)].join('\n');
}

function hintsText({ hints, hintsInAll }: Grade): string {
  const told = hintsInOrder(hints);
  const more = hints.length < hintsInAll ? `  "labgen grade --hint" tells ${hints.length === 0 ? 'where to look' : hints.length === 1 ? 'what to compare' : 'nearly the command'}; it costs ${HINT_COSTS} points.\n` : '';
  return `Hints\n${told}${more}`;
}

/** As a way that could have been gone. */
export function hintsInOrder(hints: readonly string[]): string {
  return hints.map((hint, index) => `  ${index + 1}. ${oneLine(hint)}\n`).join('');
}

/** How many there are; which, only where that is wanted. */
export function breakList({ name, stage, breaks }: Pick<Lab, 'name' | 'stage' | 'breaks'>, reveal: boolean, format: 'text' | 'json'): string {
  if (format === 'json') return safeJson({ lab: name, stage: stage ?? null, count: breaks.length, ...(reveal && { breaks }) });
  const head = `${labTitle({ lab: name, stage })} can be broken in ${breaks.length} ${breaks.length === 1 ? 'way' : 'ways'}\n`;
  return reveal ? `${head}${breaks.map((each) => `\n${oneLine(each.name)}\n${solutionText(each)}${hintsInOrder(each.hints)}`).join('')}` : `${head}  "--reveal" tells them.\n`;
}

/** What was broken, why that matters, how it is put right. */
export function solutionText({ title, about, node, run, repair }: Break): string {
  const shell = (text: string): string => plain(text.trim()).replaceAll('\n', `\n${' '.repeat(15)}`);
  return `  ${oneLine(title)}\n  ${oneLine(about, 2000)}\n    on:        ${oneLine(node)}\n    broken by: ${shell(run)}\n    healed by: ${shell(repair)}\n`;
}

/** `grade gre (open): 100 of 100, healed, 4 of 4 checks mended, no hint`. */
function closingLine(grade: Grade): string {
  const { state, score, of, mended, hints, verdicts } = grade;
  const what = state === 'none' ? `nothing was broken on purpose, ${mended} of ${of} checks passed` : `${state === 'healed' ? 'healed' : 'not healed yet'}, ${mended} of ${of} checks mended, ${hints.length === 0 ? 'no hint' : `${hints.length} ${hints.length === 1 ? 'hint' : 'hints'}`}`;
  return `grade ${labTitle(verdicts)}: ${score} of 100, ${what}\n`;
}

/** Stable keys in a stable order. */
export function gradeJson(grade: Grade): string {
  const { state, score, mended, of, judged, hints, hintsInAll, seconds, solution, verdicts } = grade;
  const checks = verdicts.verdicts.map(({ check, state: verdict, expected, seen, why }) => ({ id: check.id, state: verdict, judged: judged.includes(check.id), expected, seen, why }));
  return safeJson({ lab: verdicts.lab, stage: verdicts.stage ?? null, state, healed: notPassed(grade).length === 0, score, mended, of, hints: { told: hints, of: hintsInAll, cost: HINT_COSTS }, seconds: seconds === undefined ? null : Math.round(seconds), solution: solution === undefined ? null : { name: solution.name, title: solution.title, about: solution.about, node: solution.node, repair: solution.repair }, checks });
}

/** One suite, one case a check that is judged; the score is among the suite's properties. */
export function gradeJunit(grade: Grade): string {
  const { verdicts, judged, score, state, mended, of, hints, seconds } = grade;
  const cases = verdicts.verdicts.filter((each) => judged.includes(each.check.id)).map((each) => testCase(each, `${labTitle(verdicts)} grade`));
  const properties = { score: String(score), state, mended: String(mended), of: String(of), hints: String(hints.length), ...(seconds !== undefined && { seconds: String(Math.round(seconds)) }) };
  return junitXml(labTitle(verdicts), [{ name: 'grade', cases, seconds: verdicts.seconds, properties }], verdicts.seconds);
}
