/** The README's table of what was run, between its two marks. */
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { putIntoReadme, tableInReadme } from '../support/readme-table.js';
import { digestOf } from './digest.js';
import { readmeTable, type Proof, type ShippedLab } from './results.js';
import { root, wantedLab } from './which-lab.js';

export function readmeLabs(): readonly ShippedLab[] {
  return shippedLabs(root).map((name) => {
    const { value, atStages, stages } = wantedLab(name);
    const needs = atStages.flatMap((lab) => lab.modules.map((module) => module.name));
    return { name, stages, needs: [...new Set(needs)], digest: digestOf(value) };
  });
}

/** What the README's table has to be, and what it is. */
export function readmeTables(proofs: readonly Proof[]): { readonly told: string | undefined; readonly true: string } {
  return { told: tableInReadme('proven'), true: readmeTable(readmeLabs(), proofs) };
}

export function writeReadme(proofs: readonly Proof[]): void {
  putIntoReadme('proven', readmeTable(readmeLabs(), proofs));
}
