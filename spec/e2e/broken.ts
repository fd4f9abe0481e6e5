/** What is kept of breaks that were tried on real machines: spec/e2e/broken.json, which the table of docs/breaks.md tells. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import type { Tree } from '../../generator/model/merge.js';
import type { BreakRun } from './breaks.js';
import { root, wantedLab } from './which-lab.js';

/** A lab whose breaks were all tried in one run. */
export interface BrokenRecord {
  readonly lab: string;
  readonly provider: string;
  readonly commit: string;
  /** Of the lab with its breaks. */
  readonly digest: string;
  readonly breaks: readonly BreakRun[];
}

export interface DeclaredBreaks {
  readonly lab: string;
  readonly digest: string;
  readonly names: readonly string[];
}

const RECORD = join(root, 'spec/e2e/broken.json');
const PAGE = join(root, 'docs/breaks.md');
const MARKED = /(<!-- breaks: .*?-->\n)[^]*?(\n<!-- \/breaks -->)/;

export function readRecords(): readonly BrokenRecord[] {
  return JSON.parse(readFileSync(RECORD, 'utf8')) as BrokenRecord[];
}

/** Any change of the lab counts: another check may be what tells. */
export function digestWithBreaks(lab: Tree): string {
  return createHash('sha256').update(JSON.stringify(lab)).digest('hex');
}

export function declaredBreaks(): readonly DeclaredBreaks[] {
  return shippedLabs(root).map((name) => {
    const { value, lab } = wantedLab(name);
    return { lab: name, digest: digestWithBreaks(value), names: lab.breaks.map((each) => each.name) };
  });
}

/** Newer runs take the place of older ones of the same lab. */
export function withRecord(kept: readonly BrokenRecord[], record: BrokenRecord): readonly BrokenRecord[] {
  return [...kept.filter((each) => each.lab !== record.lab), record].sort((a, b) => (a.lab < b.lab ? -1 : 1));
}

/** One row a break, of every shipped lab. */
export function breaksTable(declared: readonly DeclaredBreaks[], records: readonly BrokenRecord[]): string {
  const rows = declared.flatMap(({ lab, digest, names }) => {
    const record = records.find((each) => each.lab === lab);
    return names.map((name) => {
      const run = record?.breaks.find((each) => each.name === name);
      if (!record || !run) return `| ${lab} | ${name} | not run yet | | |`;
      return `| ${lab} | ${name} | ${told(run.red)} | ${run.healed ? `yes: ${run.how}` : 'no'} | ${record.provider}, ${record.commit}${record.digest === digest ? '' : ', before its last change'} |`;
    });
  });
  return ['| lab | break | checks it breaks | healed | run on |', '|---|---|---|---|---|', ...rows].join('\n');
}

function told(red: readonly string[]): string {
  const cell = (id: string): string => `\`${(id.length > 60 ? `${id.slice(0, 60)}…` : id).replaceAll('`', "'").replaceAll('|', '\\|').replaceAll('\n', ' ')}\``;
  return `${red.length}: ${red.slice(0, 3).map(cell).join(', ')}${red.length > 3 ? ', …' : ''}`;
}

/** What the page says; undefined where its marks are gone. */
export function tableOnPage(): string | undefined {
  return MARKED.exec(readFileSync(PAGE, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n');
}

export function writeRecords(records: readonly BrokenRecord[]): void {
  writeFileSync(RECORD, `${JSON.stringify(records, null, 1)}\n`);
  writePage(records);
}

export function writePage(records: readonly BrokenRecord[]): void {
  const text = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, text.replace(MARKED, (_all, before: string, after: string) => `${before}${breaksTable(declaredBreaks(), records)}${after}`));
}
