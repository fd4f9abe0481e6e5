/** What a stage changed: in each namespace, and in who reaches whom. */
import { what } from '../predict/questions.js';
import type { WorldDifference } from '../predict/difference.js';
import type { Pair } from '../predict/matrix.js';
import { columns } from './columns.js';
import { verdictOf } from './matrix.js';

export function differenceText(before: string, after: string, { spaces, pairs }: WorldDifference): string {
  const changed = spaces.map(({ space, gone, come }) => `${space}\n${gone.map((each) => `  - ${each}\n`).join('')}${come.map((each) => `  + ${each}\n`).join('')}`).join('');
  const rows = pairs.flatMap(({ before: one, after: other }) => {
    const { question } = (one ?? other) as Pair;
    return [[question.from, '→', question.to, what(question)], ['', '-', one ? verdictOf(one) : 'not asked'], ['', '+', other ? verdictOf(other) : 'not asked']];
  });
  const width = columns(rows.filter((row) => row.length === 4));
  const heads = width.split('\n');
  let index = 0;
  const list = rows.map((row) => (row.length === 4 ? `${heads[index++] ?? ''}\n` : `  ${row.slice(1).join(' ')}\n`)).join('');
  return `What ${after} changes, against ${before}\n\n${changed === '' ? 'Nothing in any namespace.\n' : changed}\nWho reaches whom\n${list === '' ? 'as before\n' : list}`;
}
