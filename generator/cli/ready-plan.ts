/** Plans that labgen's build has thought already: those of shipped labs as they are, each under the digest of all it is made from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedFile } from '../model/plan.js';
import { inputsOf, type Asked } from './ask-lab.js';
import type { Context } from './context.js';
import type { OpenLab } from './open-lab.js';

export interface ReadyPlan {
  readonly lab: string;
  readonly stage?: string;
  readonly files: readonly PlannedFile[];
}

/** Below dist/. The name says it all: another build, text, stage or setting has another one. */
export function readyPath(inputs: string): string {
  return join('plans', `${inputs}.json`);
}

/** The plan that thinking would make of these inputs, where the build made it beforehand. */
export function readyPlan(context: Context, inputs: string): ReadyPlan | undefined {
  try {
    return JSON.parse(readFileSync(join(context.root, 'dist', readyPath(inputs)), 'utf8')) as ReadyPlan;
  } catch {
    // There is none, or the build was cut short: it is thought now.
    return undefined;
  }
}

/** Whether the digest stands for all of it, and nothing has to be said of it: what lies beside the lab file is not in the digest. */
export function isClosed({ validated }: OpenLab): boolean {
  return validated.assets.length === 0 && validated.fragments.length === 0;
}

/** For the build: a plan with its place below dist/; undefined where it has to be thought each time. */
export function makeReady(context: Context, asked: Asked, open: OpenLab): { readonly path: string; readonly text: string } | undefined {
  const inputs = inputsOf(context, asked);
  const { name: lab, stage } = open.lab;
  if (inputs === undefined || !isClosed(open) || open.validated.problems.length > 0) return undefined;
  const plan = open.plan();
  const files = plan.map((file) => ({ ...file, content: Buffer.from(file.content).toString() }));
  // What is no text cannot be kept as one.
  if (plan.some(({ content }, index) => !Buffer.from(content).equals(Buffer.from(files[index]?.content ?? '')))) return undefined;
  const ready: ReadyPlan = { lab, ...(stage === undefined ? {} : { stage }), files };
  return { path: readyPath(inputs), text: JSON.stringify(ready) };
}
