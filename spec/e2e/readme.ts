/** The README's table of what was run, between its two marks. */
import { createHash } from 'node:crypto';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { putIntoReadme, tableInReadme } from '../support/readme-table.js';
import { readmeTable, type Proof, type ShippedLab } from './results.js';
import { root, wantedLab } from './which-lab.js';

export function readmeLabs(): readonly ShippedLab[] {
  return shippedLabs(root).map((name) => {
    const { texts, atStages, stages } = wantedLab(name);
    const needs = atStages.flatMap((lab) => lab.modules.map((module) => module.name));
    return { name, stages, needs: [...new Set(needs)], digest: createHash('sha256').update(texts.join('\0')).digest('hex') };
  });
}

/** What the README's table has to be, and what it is. */
export function readmeTables(proofs: readonly Proof[]): { readonly told: string | undefined; readonly true: string } {
  return { told: tableInReadme('proven'), true: readmeTable(readmeLabs(), proofs) };
}

export function writeReadme(proofs: readonly Proof[]): void {
  putIntoReadme('proven', readmeTable(readmeLabs(), proofs));
}
