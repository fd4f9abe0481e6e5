/** What can be told only when every stage was looked at: a setting that has no place in any, a named check that none uses. */
import { isTree } from '../model/merge.js';
import type { Problem } from '../model/problem.js';
import type { LabSource } from '../source/lab-source.js';
import type { Setting } from '../source/settings.js';

export interface AcrossStages {
  add(source: LabSource): void;
  problems(): readonly Problem[];
}

export function acrossStages(): AcrossStages {
  let stages = 0;
  const missed = new Map<Setting, { times: number; readonly problem: Problem }>();
  const used = new Set<string>();
  const named = new Map<string, Problem>();
  return {
    add(source) {
      stages++;
      for (const [setting, problem] of source.missed) missed.set(setting, { times: (missed.get(setting)?.times ?? 0) + 1, problem: missed.get(setting)?.problem ?? problem });
      for (const name of source.used) used.add(name);
      for (const name of Object.keys(isTree(source.value['namedChecks']) ? source.value['namedChecks'] : {})) {
        if (!named.has(name)) named.set(name, { code: 'LG155', severity: 'warning', ...source.locate(['namedChecks', name], true), message: `the named check "${name}" is not used`, hint: `Ask it in a stage, or in all: checks: [{use: ${name}}].` });
      }
    },
    problems: () => [
      ...[...missed.values()].filter((each) => each.times === stages).map((each) => each.problem),
      ...[...named].filter(([name]) => !used.has(name)).map(([, problem]) => problem),
    ],
  };
}
