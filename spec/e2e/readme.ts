/** The README's table of what was run, between its two marks. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAssets } from '../../generator/cli/read-assets.js';
import { validateLab, wantedAssets } from '../../generator/plan/pipeline.js';
import { readmeTable, type Proof, type ShippedLab } from './results.js';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const LABS = fileURLToPath(new URL('../../labs', import.meta.url));
const MARKED = /(<!-- proven: .*?-->\n)[^]*?(\n<!-- \/proven -->)/;

export function shippedLabs(): readonly ShippedLab[] {
  return readdirSync(LABS).filter((name) => name.endsWith('.yaml')).map((file) => file.slice(0, -5)).sort().map((name) => {
    const path = join(LABS, `${name}.yaml`);
    const text = readFileSync(path, 'utf8');
    const { labs, stages } = validateLab(path, text, [], readAssets(wantedAssets(path, text), LABS));
    const needs = [...labs.values()].flatMap((lab) => lab.modules.map((module) => module.name));
    return { name, stages: stages.map((each) => each.name), needs: [...new Set(needs)], digest: createHash('sha256').update(text).digest('hex') };
  });
}

/** What the README's table has to be, and what it is. */
export function readmeTables(proofs: readonly Proof[]): { readonly told: string | undefined; readonly true: string } {
  const told = MARKED.exec(readFileSync(README, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n');
  return { told, true: readmeTable(shippedLabs(), proofs) };
}

export function writeReadme(proofs: readonly Proof[]): void {
  const text = readFileSync(README, 'utf8');
  writeFileSync(README, text.replace(MARKED, (_all, before: string, after: string) => `${before}${readmeTable(shippedLabs(), proofs)}${after}`));
}
