/** What a render would change, as a unified diff. */
import { createTwoFilesPatch } from 'diff';
import type { PlannedFile } from '../model/plan.js';
import { survey } from './survey.js';

export interface Difference {
  readonly path: string;
  readonly kind: 'new' | 'changed' | 'removed';
  readonly patch: string;
}

export function diffPlan(folder: string, plan: readonly PlannedFile[]): readonly Difference[] {
  const { files, orphans } = survey(folder, plan);
  const differences = files
    .filter((each) => each.standing !== 'same')
    .map(({ file, current }): Difference => {
      const patch = createTwoFilesPatch(current ? `a/${file.path}` : '/dev/null', `b/${file.path}`, current?.toString('utf8') ?? '', Buffer.from(file.content).toString('utf8'), undefined, undefined, { headerOptions: undefined });
      return { path: file.path, kind: current ? 'changed' : 'new', patch: patch.replace(/^=+\n/, '') };
    });
  return [...differences, ...orphans.map((path): Difference => ({ path, kind: 'removed', patch: `--- a/${path}\n+++ /dev/null\n` }))];
}
