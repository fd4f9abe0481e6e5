/** A predicted matrix as a table for people, one line a question, and as JSON. */
import type { Matrix, Pair } from '../predict/matrix.js';
import { what } from '../predict/questions.js';
import { columns } from './columns.js';

/** More endpoints make no table that anyone could read. */
export const MOST_IN_TABLE = 16;

export interface Titled {
  readonly lab: string;
  readonly stage: string | undefined;
  readonly matrix: Matrix;
}

/** JSON, as the issue of the format has it; `by`, `address` and `presumed` say what was asked. */
export function matrixJson({ stage, matrix }: Titled): string {
  const pairs = matrix.pairs.map(({ question, answer }) => ({
    from: question.from,
    to: question.to,
    by: what(question),
    address: question.address,
    ...(question.presumed && { presumed: true }),
    verdict: answer.verdict,
    ...(answer.seenAs !== undefined && { seenAs: answer.seenAs }),
    ...(answer.maxBytes !== undefined && { maxBytes: answer.maxBytes }),
    ...(answer.stoppedAt && { stoppedAt: answer.stoppedAt }),
  }));
  return `${JSON.stringify({ stage: stage ?? null, pairs, gaps: matrix.gaps }, null, 2)}\n`;
}

export function matrixList(titled: Titled): string {
  return `${heading(titled)}\n\n${columns(titled.matrix.pairs.map((pair) => [pair.question.from, '→', pair.question.to, what(pair.question), pair.question.address, verdictOf(pair)]))}${gapsOf(titled.matrix)}`;
}

/** Rows ask, columns are asked. */
export function matrixTable(titled: Titled): string {
  const { matrix } = titled;
  const reasons = new Map<string, number>();
  const families = [...new Set(matrix.pairs.map((pair) => pair.question.family))];
  const asking = matrix.endpoints.filter((name) => matrix.pairs.some((pair) => pair.question.from === name));
  const asked = matrix.endpoints.filter((name) => matrix.pairs.some((pair) => pair.question.to === name));
  const tables = families.map((family) => {
    const rows = asking.map((from) => [from, ...asked.map((to) => cell(matrix.pairs.filter(({ question }) => question.from === from && question.to === to && question.family === family), reasons))]);
    return `${families.length > 1 ? `IPv${family}\n` : ''}${columns([['from \\ to', ...asked], ...rows])}`;
  });
  const legend = [...reasons].map(([reason, number]) => `  ✗${number}  ${reason}\n`).join('');
  const seen = seenAs(matrix);
  return [
    `${heading(titled)}\n`,
    ...tables,
    ...(legend === '' ? [] : [`Stopped:\n${legend}`]),
    ...(seen === '' ? [] : [`Seen under another address:\n${seen}`]),
    'A number is the largest packet a ping gets through with, in bytes; what follows a colon is a port.\n"labgen explain LAB FROM TO" says why.\n',
  ].join('\n') + gapsOf(matrix);
}

function heading({ lab, stage, matrix }: Titled): string {
  const reached = matrix.pairs.filter((pair) => pair.answer.verdict === 'reached').length;
  return `${lab}${stage === undefined ? '' : `, stage ${stage}`}: ${matrix.pairs.length} questions, ${reached} reached, ${matrix.pairs.length - reached} stopped (predicted; nothing was booted)`;
}

function cell(pairs: readonly Pair[], reasons: Map<string, number>): string {
  if (pairs.length === 0) return '·';
  const words = pairs.map(({ question, answer }) => {
    const port = question.protocol === 'icmp' ? '' : `:${question.port ?? ''}${question.protocol === 'udp' ? '/udp' : ''}`;
    if (answer.verdict === 'reached') return port === '' ? String(answer.maxBytes ?? 'yes') : port;
    const reason = `${answer.stoppedAt?.node ?? ''}: ${(answer.stoppedAt?.reason ?? '').replace(/no route to [0-9a-f.:]+/, 'no route there').replace(/the address [0-9a-f.:]+/, 'the address')}${answer.stoppedAt?.onTheWayBack === true ? ' (the answer)' : ''}`;
    const number = reasons.get(reason) ?? reasons.size + 1;
    reasons.set(reason, number);
    return `${port}✗${number}`;
  });
  // All of one pair stopped by the same thing: said once.
  const marks = [...new Set(words.map((word) => word.slice(word.indexOf('✗'))))];
  return marks.length === 1 && words.every((word) => word.includes('✗')) ? marks.join() : words.join(' ');
}

/** Whom receivers take for the sender, where it is not the sender's own address. */
function seenAs(matrix: Matrix): string {
  const groups = new Map<string, Set<string>>();
  for (const { question, answer } of matrix.pairs) {
    if (question.protocol !== 'icmp' || answer.seenAs === undefined || matrix.addresses.get(question.from)?.includes(answer.seenAs) === true) continue;
    const owner = [...matrix.addresses].find(([, addresses]) => addresses.includes(answer.seenAs ?? ''))?.[0];
    const key = `${question.from} as ${answer.seenAs}${owner === undefined ? '' : ` (${owner})`}`;
    groups.set(key, new Set([...(groups.get(key) ?? []), question.to]));
  }
  return [...groups].map(([key, by]) => `  ${key} by ${[...by].join(', ')}\n`).join('');
}

export function verdictOf({ question, answer }: Pair): string {
  if (answer.verdict === 'reached') return `reached${question.protocol === 'icmp' ? `, up to ${answer.maxBytes ?? '?'} bytes` : ''}, seen as ${answer.seenAs ?? '?'}`;
  const { node = '', reason = '', onTheWayBack = false } = answer.stoppedAt ?? {};
  return `stopped at ${node}: ${reason}${onTheWayBack ? ' (the answer)' : ''}`;
}

function gapsOf(matrix: Matrix): string {
  return matrix.gaps.map((gap) => `\nNot predicted: ${gap}.\n`).join('');
}
