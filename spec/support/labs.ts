/** Labs as values for specs: from text, from a shipped name, from spec/labs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssets } from '../../generator/cli/read-assets.js';
import { parseSettings } from '../../generator/cli/settings.js';
import type { Asset } from '../../generator/model/asset.js';
import type { Lab } from '../../generator/model/lab.js';
import type { PlannedFile } from '../../generator/model/plan.js';
import type { Problem } from '../../generator/model/problem.js';
import { labAt, planOf, validateLab, wantedAssets, type Validated } from '../../generator/plan/pipeline.js';
import { root } from './context.js';

export function labText(name: string): string {
  try {
    return readFileSync(join(root, 'labs', `${name}.yaml`), 'utf8');
  } catch {
    return readFileSync(join(root, 'spec/labs', `${name}.yaml`), 'utf8');
  }
}

/** What a lab asks for from beside its file: from labs/, or where it is not there from spec/labs. */
export function assetsOf(text: string, home = join(root, 'labs')): readonly Asset[] {
  const wishes = wantedAssets('lab.yaml', text);
  return readAssets(wishes, home).flatMap((asset, index) => ('problem' in asset && home === join(root, 'labs') ? readAssets(wishes.slice(index, index + 1), join(root, 'spec/labs')) : [asset]));
}

/** All there is to know of a lab written here, under `--set`. */
export function validatedWith(text: string, settings: readonly string[]): Validated {
  return validateLab('lab.yaml', text, parseSettings(settings));
}

/** The problems of a lab written here. */
export function problemsOf(text: string): readonly Problem[] {
  return validateLab('lab.yaml', text).problems;
}

/** `LG040 nodes.a.b`, one for each error: short to compare. */
export function errorsOf(text: string): readonly string[] {
  return problemsOf(text).filter((each) => each.severity === 'error').map((each) => `${each.code} ${each.path}`);
}

/** @throws where the lab has errors, with all of them. */
export function validated(text: string, file = 'lab.yaml'): Validated {
  const result = validateLab(file, text, [], assetsOf(text));
  const errors = result.problems.filter((each) => each.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((each) => `${each.line}:${each.column} ${each.code} ${each.message}`).join('\n'));
  return result;
}

export function labOf(text: string, stage?: string): Lab {
  const lab = labAt(validated(text), stage);
  if (typeof lab === 'string') throw new Error(lab);
  return lab;
}

export function planFor(text: string, name: string, stage?: string): readonly PlannedFile[] {
  const result = validated(text, `${name}.yaml`);
  const lab = labAt(result, stage);
  if (typeof lab === 'string') throw new Error(lab);
  return planOf(result, lab, name);
}

export function contentOf(plan: readonly PlannedFile[], path: string): string {
  const file = plan.find((each) => each.path === path);
  if (!file) throw new Error(`not planned: ${path}; there are ${plan.map((each) => each.path).join(', ')}`);
  return typeof file.content === 'string' ? file.content : Buffer.from(file.content).toString('utf8');
}
