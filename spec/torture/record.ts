/** What `npm run torture` found, as it is kept: record.json, which the README's table tells. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { putIntoReadme, tableInReadme } from '../support/readme-table.js';
import type { Figures } from './figures.js';

/** One part that ran to its end; a part that found something wrong is never kept. */
export interface Kept {
  readonly part: string;
  readonly title: string;
  readonly figures: Figures;
  readonly seconds: number;
  readonly commit: string;
  /** How to run it again. */
  readonly command: string;
}

export const RECORD = fileURLToPath(new URL('record.json', import.meta.url));

export function readRecord(): readonly Kept[] {
  return JSON.parse(readFileSync(RECORD, 'utf8')) as Kept[];
}

/** Newer runs take the place of older ones of the same part. */
export function withParts(kept: readonly Kept[], parts: readonly Kept[]): readonly Kept[] {
  const all = new Map([...kept, ...parts].map((each) => [each.part, each]));
  return [...all.values()].sort((a, b) => (a.part < b.part ? -1 : 1));
}

/** `10000 labs, 0 effects`. */
export function figuresText(figures: Figures): string {
  return Object.entries(figures).map(([name, count]) => `${count} ${name}`).join(', ');
}

export function recordTable(kept: readonly Kept[]): string {
  const rows = kept.map(({ title, figures, command, commit }) => `| ${title} | ${figuresText(figures)} | \`${command}\` | ${commit} |`);
  return ['| what was tried | figures | again by | commit |', '|---|---|---|---|', ...rows].join('\n');
}

/** What the README's table has to be, and what it is. */
export function recordTables(kept: readonly Kept[]): { readonly told: string | undefined; readonly true: string } {
  return { told: tableInReadme('torture'), true: recordTable(kept) };
}

export function keep(kept: readonly Kept[]): void {
  writeFileSync(RECORD, `${JSON.stringify(kept, undefined, 2)}\n`);
  putIntoReadme('torture', recordTable(kept));
}
