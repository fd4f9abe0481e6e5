/** A predicted matrix as a table for people, as a summary, one line a question, and as JSON. */
import type { Matrix, Pair } from '../predict/matrix.js';
import type { Answer, Question } from '../predict/question.js';
import { what } from '../predict/questions.js';
import { reasonOf, tableOf } from '../predict/table.js';
import { columns } from './columns.js';

export interface Titled {
  readonly lab: string;
  readonly stage: string | undefined;
  readonly matrix: Matrix;
}

/** A check that expects otherwise than is predicted. */
export interface TellsOtherwise {
  readonly id: string;
  /** `lab.yaml:12`; left out where nobody wrote it. */
  readonly place: string | undefined;
  readonly pair: { readonly question: Question; readonly answer: Answer };
}

/** Below a table or a list: either the checks are wrong, or the lab is. */
export function contradictionsText(contradicted: readonly TellsOtherwise[]): string {
  if (contradicted.length === 0) return '';
  const rows = contradicted.map(({ id, place, pair }) => [`  ${place ?? 'comes free'}`, id, verdictOf(pair)]);
  return `\n${contradicted.length === 1 ? '1 check of this lab expects' : `${contradicted.length} checks of this lab expect`} otherwise:\n${columns(rows)}`;
}

/** One object, piece by piece: there may be millions of pairs. `by`, `address` and `presumed` say what was asked. */
export function* matrixJson(stage: string | undefined, pairs: Iterable<Pair>, gaps: readonly string[], contradicted: readonly TellsOtherwise[]): Generator<string> {
  yield `{\n  "stage": ${JSON.stringify(stage ?? null)},\n  "pairs": [`;
  let first = true;
  for (const { question, answer } of pairs) {
    yield `${first ? '' : ','}\n    ${JSON.stringify({
      from: question.from,
      to: question.to,
      by: what(question),
      address: question.address,
      ...(question.presumed && { presumed: true }),
      verdict: answer.verdict,
      ...(answer.seenAs !== undefined && { seenAs: answer.seenAs }),
      ...(answer.maxBytes !== undefined && { maxBytes: answer.maxBytes }),
      ...(answer.answeredBy !== undefined && { answeredBy: answer.answeredBy }),
      ...(answer.stoppedAt && { stoppedAt: answer.stoppedAt }),
    })}`;
    first = false;
  }
  const checks = contradicted.map(({ id, place, pair: { answer: { verdict, stoppedAt } } }) => ({ check: id, ...(place !== undefined && { place }), verdict, ...(stoppedAt && { stoppedAt }) }));
  yield `\n  ],\n  "gaps": ${JSON.stringify(gaps)},\n  "contradicted": ${JSON.stringify(checks)}\n}\n`;
}

/** One line a question, piece by piece. */
export function* matrixList(pairs: Iterable<Pair>, endpoints: readonly string[]): Generator<string> {
  const width = Math.max(0, ...endpoints.map((name) => name.length));
  for (const pair of pairs) yield `${pair.question.from.padEnd(width)} → ${pair.question.to.padEnd(width)}  ${what(pair.question).padEnd(9)}  ${verdictOf(pair)}\n`;
}

/** Of more than anyone reads: how many, and for each reason how often and one of them. */
export function matrixSummary(lab: string, stage: string | undefined, pairs: Iterable<Pair>, gaps: readonly string[]): string {
  let [all, reached] = [0, 0];
  const reasons = new Map<string, { count: number; readonly example: string }>();
  for (const pair of pairs) {
    all += 1;
    if (pair.answer.verdict === 'reached') {
      reached += 1;
      continue;
    }
    // Whose node it is differs from pair to pair; why does not.
    const reason = reasonOf(pair, false);
    const known = reasons.get(reason);
    if (known) known.count += 1;
    else reasons.set(reason, { count: 1, example: `${pair.question.from} → ${pair.question.to}, ${what(pair.question)}` });
  }
  const rows = [...reasons].sort(([, a], [, b]) => b.count - a.count).map(([reason, { count, example }]) => [`  ${count}`, reason, `such as ${example}`]);
  return `${counts(lab, stage, all, reached)}\n${rows.length === 0 ? '' : `\nStopped:\n${columns(rows)}`}\n"--from" and "--to" show some of it, "--list" all.\n${gaps.map((gap) => `\nNot predicted: ${gap}.\n`).join('')}`;
}

export function matrixTable(titled: Titled): string {
  const { families, reasons, seenAs } = tableOf(titled.matrix);
  return [
    `${heading(titled)}\n`,
    ...families.map(({ family, head, rows }) => `${families.length > 1 ? `IPv${family}\n` : ''}${columns([head, ...rows])}`),
    ...(reasons.length === 0 ? [] : [`Stopped:\n${reasons.map((reason, index) => `  ✗${index + 1}  ${reason}\n`).join('')}`]),
    ...(seenAs.length === 0 ? [] : [`Seen under another address:\n${seenAs.map((each) => `  ${each}\n`).join('')}`]),
    'A number is the largest packet a ping gets through with, in bytes; what follows a colon is a port.\n"labgen explain LAB FROM TO" says why.\n',
  ].join('\n') + gapsOf(titled.matrix);
}

function heading({ lab, stage, matrix }: Titled): string {
  return counts(lab, stage, matrix.pairs.length, matrix.pairs.filter((pair) => pair.answer.verdict === 'reached').length);
}

function counts(lab: string, stage: string | undefined, all: number, reached: number): string {
  return `${lab}${stage === undefined ? '' : `, stage ${stage}`}: ${all} questions, ${reached} reached, ${all - reached} stopped (predicted; nothing was booted)`;
}

export function verdictOf({ question, answer }: { readonly question: Pick<Question, 'protocol'>; readonly answer: Answer }): string {
  if (answer.answeredBy !== undefined) return `reached, answered by ${answer.answeredBy}`;
  if (answer.verdict === 'reached') return `reached${question.protocol === 'icmp' ? `, up to ${answer.maxBytes ?? '?'} bytes` : ''}, seen as ${answer.seenAs ?? '?'}`;
  // A measurement does not know where.
  if (!answer.stoppedAt) return `stopped: no answer came back${answer.seenAs === undefined ? '' : `, though it came in, seen as ${answer.seenAs}`}`;
  const { node, reason, onTheWayBack = false } = answer.stoppedAt;
  return `stopped at ${node}: ${reason}${onTheWayBack ? ' (the answer)' : ''}`;
}

function gapsOf(matrix: Matrix): string {
  return matrix.gaps.map((gap) => `\nNot predicted: ${gap}.\n`).join('');
}
