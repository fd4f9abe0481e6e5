/** The README's table of what was run, between its two marks. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { readmeTable, type Proof, type ShippedLab } from './results.js';
import { root, wantedLab } from './which-lab.js';

const README = join(root, 'README.md');
const MARKED = /(<!-- proven: .*?-->\n)[^]*?(\n<!-- \/proven -->)/;

export function readmeLabs(): readonly ShippedLab[] {
  return shippedLabs(root).map((name) => {
    const { texts, atStages, stages } = wantedLab(name);
    const needs = atStages.flatMap((lab) => lab.modules.map((module) => module.name));
    return { name, stages, needs: [...new Set(needs)], digest: createHash('sha256').update(texts.join('\0')).digest('hex') };
  });
}

/** What the README's table has to be, and what it is. */
export function readmeTables(proofs: readonly Proof[]): { readonly told: string | undefined; readonly true: string } {
  const told = MARKED.exec(readFileSync(README, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n');
  return { told, true: readmeTable(readmeLabs(), proofs) };
}

export function writeReadme(proofs: readonly Proof[]): void {
  const text = readFileSync(README, 'utf8');
  writeFileSync(README, text.replace(MARKED, (_all, before: string, after: string) => `${before}${readmeTable(readmeLabs(), proofs)}${after}`));
}
