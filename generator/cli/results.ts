/** What was last measured in each stage, kept in the folder's .labgen/results until the machines are taken away. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseJson } from '../model/foreign.js';
import { isTree } from '../model/merge.js';
import { parseResults, resultsText, type Results } from '../model/results.js';
import type { Validated } from '../plan/pipeline.js';
import { makeFolder, writeAtomic } from '../write/files.js';
import { readPlain, standingAt } from '../write/look.js';
import type { Context } from './context.js';
import type { OpenLab } from './open-lab.js';

export const RESULTS = '.labgen/results';

/** A lab without stages has one nameless one. */
function pathOf(stage: string | undefined): string | undefined {
  if (stage === undefined) return `${RESULTS}/_.json`;
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(stage) ? `${RESULTS}/${stage}.json` : undefined;
}

/** Of all that the lab is made from, and of the labgen that thinks about it. */
export function digestOf(context: Context, { text, settings, vars, fragments }: Validated): string {
  const parts = [context.build ?? context.version, text, settings.map((each) => each.text), vars.map((each) => each.text), fragments.map((each) => ('text' in each ? [each.path, each.text] : [each.path]))];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Adds to what is known of this stage. Only where the folder holds this very lab at this stage: else something else was
 * measured than what it says. A folder that cannot be written to forgets; that is no reason for a measurement to fail.
 */
export function keepResults(context: Context, { folder, lab, validated }: OpenLab, found: Omit<Results, 'digest'>): void {
  const path = pathOf(lab.stage);
  if (path === undefined || !isAt(folder, validated.text, lab.stage) || standingAt(folder, path) === 'other') return;
  const digest = digestOf(context, validated);
  const before = readResults(folder, lab.stage);
  try {
    makeFolder(join(folder, RESULTS), 0o700);
    writeAtomic(join(folder, path), resultsText({ ...(before?.digest === digest && before), ...found, digest }), 0o600);
  } catch {
    // It is only kept for later.
  }
}

/** Of whichever lab; the digest tells. */
export function readResults(folder: string, stage: string | undefined): Results | undefined {
  const path = pathOf(stage);
  const file = path !== undefined && standingAt(folder, path) === 'plain' ? readPlain(join(folder, path)) : undefined;
  return typeof file === 'object' ? parseResults(file.content.toString()) : undefined;
}

/** Whether the folder was rendered from this text at this stage. */
function isAt(folder: string, text: string, stage: string | undefined): boolean {
  const read = (path: string): string | undefined => {
    const file = standingAt(folder, path) === 'plain' ? readPlain(join(folder, path)) : undefined;
    return typeof file === 'object' ? file.content.toString() : undefined;
  };
  const kept = parseJson(read('.labgen/render.json') ?? '');
  return read('.labgen/lab.yaml') === text && isTree(kept) && (kept['stage'] ?? undefined) === stage;
}
