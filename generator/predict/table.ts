/** A matrix as a table that fits a page: who asks whom, reasons by number, and who is seen under another address. */
import type { Family } from '../model/family.js';
import type { Matrix, Pair } from './matrix.js';

/** More endpoints make no table that anyone could read. */
export const MOST_IN_TABLE = 16;

export interface MatrixTable {
  readonly families: readonly { readonly family: Family; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }[];
  /** What ✗1, ✗2 … stand for, in order. */
  readonly reasons: readonly string[];
  /** `c1 as 192.168.56.11 (net-1) by net-2, outside`. */
  readonly seenAs: readonly string[];
}

/** Rows ask, columns are asked. */
export function tableOf(matrix: Matrix): MatrixTable {
  const reasons = new Map<string, number>();
  const between = new Map<string, Pair[]>();
  for (const pair of matrix.pairs) {
    const key = `${pair.question.family} ${pair.question.from} ${pair.question.to}`;
    const known = between.get(key);
    if (known) known.push(pair);
    else between.set(key, [pair]);
  }
  const [asking, asked] = [new Set(matrix.pairs.map((pair) => pair.question.from)), new Set(matrix.pairs.map((pair) => pair.question.to))];
  const columns = matrix.endpoints.filter((name) => asked.has(name));
  const families = [...new Set(matrix.pairs.map((pair) => pair.question.family))].map((family) => ({
    family,
    head: ['from \\ to', ...columns],
    rows: matrix.endpoints.filter((name) => asking.has(name)).map((from) => [from, ...columns.map((to) => cell(between.get(`${family} ${from} ${to}`) ?? [], reasons))]),
  }));
  return { families, reasons: [...reasons.keys()], seenAs: seenAs(matrix) };
}

function cell(pairs: readonly Pair[], reasons: Map<string, number>): string {
  if (pairs.length === 0) return '·';
  const words = pairs.map(({ question, answer }) => {
    const port = question.protocol === 'icmp' ? '' : `:${question.port ?? ''}${question.protocol === 'udp' ? '/udp' : ''}`;
    if (answer.verdict === 'reached') return port === '' ? String(answer.maxBytes ?? 'yes') : port;
    const reason = reasonOf({ question, answer }, true);
    const number = reasons.get(reason) ?? reasons.size + 1;
    reasons.set(reason, number);
    return `${port}✗${number}`;
  });
  // All of one pair stopped by the same thing: said once.
  const marks = [...new Set(words.map((word) => word.slice(word.indexOf('✗'))))];
  return marks.length === 1 && words.every((word) => word.includes('✗')) ? marks.join() : words.join(' ');
}

/** Whom receivers take for the sender, where it is not the sender's own address. */
function seenAs(matrix: Matrix): readonly string[] {
  const groups = new Map<string, Set<string>>();
  for (const { question, answer } of matrix.pairs) {
    if (question.protocol !== 'icmp' || answer.seenAs === undefined || matrix.addresses.get(question.from)?.includes(answer.seenAs) === true) continue;
    const owner = [...matrix.addresses].find(([, addresses]) => addresses.includes(answer.seenAs ?? ''))?.[0];
    const key = `${question.from} as ${answer.seenAs}${owner === undefined ? '' : ` (${owner})`}`;
    groups.set(key, new Set([...(groups.get(key) ?? []), question.to]));
  }
  return [...groups].map(([key, by]) => `${key} by ${[...by].join(', ')}`);
}

/** Without the address that was asked: reasons are told once. */
export function reasonOf({ answer: { stoppedAt } }: Pair, withNode: boolean): string {
  const reason = (stoppedAt?.reason ?? '').replace(/no route to [0-9a-f.:]+/, 'no route there').replace(/the address [0-9a-f.:]+/, 'the address');
  return `${withNode ? `${stoppedAt?.node ?? ''}: ` : ''}${reason}${stoppedAt?.onTheWayBack === true ? ' (the answer)' : ''}`;
}
