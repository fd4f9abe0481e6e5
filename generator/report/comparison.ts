/** Predicted against measured: in numbers, and each difference with both sides. */
import type { Answer } from '../predict/question.js';
import type { Asked } from '../predict/questions.js';
import { what } from '../predict/questions.js';
import { verdictOf } from './matrix.js';
import { labTitle, oneLine, secondsText } from './plain.js';

export interface Compared {
  readonly question: Asked;
  readonly predicted: Answer;
  /** Undefined: it could not be measured. */
  readonly measured: Answer | undefined;
  /** What differs, or why it was not measured; undefined: they agree. */
  readonly why: string | undefined;
}

export interface Comparison {
  readonly lab: string;
  readonly stage: string | undefined;
  readonly pairs: readonly Compared[];
  readonly gaps: readonly string[];
  readonly seconds: number;
}

export function comparisonText(comparison: Comparison): string {
  const { pairs, gaps } = comparison;
  const differing = pairs.filter((each) => each.measured !== undefined && each.why !== undefined);
  const unasked = pairs.filter((each) => each.measured === undefined);
  const lines = differing.map(({ question, predicted, measured, why }) => `  ${head(question)}: ${oneLine(why ?? '')}\n      predicted: ${oneLine(verdictOf({ question, answer: predicted }))}\n      measured:  ${oneLine(measured ? verdictOf({ question, answer: measured }) : '')}\n`);
  const missing = [...new Set(unasked.map((each) => each.why ?? ''))].map((why) => `  ${unasked.filter((each) => each.why === why).length} not measured: ${oneLine(why)}\n`);
  return [
    ...(differing.length === 0 ? [] : [`What labgen predicted, and what the lab does, differ; that is a mistake of labgen's:\n${lines.join('')}\n`]),
    ...(missing.length === 0 ? [] : [`${missing.join('')}\n`]),
    ...gaps.map((gap) => `Not predicted: ${gap}.\n`),
    `matrix ${labTitle(comparison)}: ${pairs.length} questions, ${pairs.length - differing.length - unasked.length} agree, ${differing.length} differ, ${unasked.length} not measured in ${secondsText(comparison.seconds)}\n`,
  ].join('');
}

export function comparisonJson({ lab, stage, pairs, gaps, seconds }: Comparison): string {
  const all = pairs.map(({ question, predicted, measured, why }) => ({ from: question.from, to: question.to, by: what(question), address: question.address, agree: measured !== undefined && why === undefined, ...(why !== undefined && { why }), predicted, measured: measured ?? null }));
  return `${JSON.stringify({ lab, stage: stage ?? null, questions: pairs.length, agree: all.filter((each) => each.agree).length, seconds, pairs: all, gaps }, null, 2)}\n`;
}

function head(question: Asked): string {
  return `${question.from} → ${question.to} (${question.address}), ${what(question)}`;
}
