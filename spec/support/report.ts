/** A report's data without a folder and without a machine. */
import assert from 'node:assert/strict';
import type { Lab } from '../../generator/model/lab.js';
import type { Results } from '../../generator/model/results.js';
import { features, planOf, validateLab } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import type { StageInput } from '../../generator/report/page/collect.js';
import type { ReportData } from '../../generator/report/page/data.js';
import { reportOf } from '../../generator/report/page/report.js';

/** All stages of a lab, with what was found in the last one. */
export function reportFrom(name: string, text: string, found: (lab: Lab) => Omit<Results, 'digest'> | undefined = () => undefined): ReportData {
  const validated = validateLab(name, text);
  assert.deepEqual(validated.problems.filter((problem) => problem.severity === 'error'), []);
  const labs = [...validated.labs.values()];
  const last = labs.at(-1);
  assert.ok(last);
  const stages = labs.map((lab): StageInput => ({
    lab, world: worldOf(lab, features), current: lab === last, title: lab.stage ?? lab.title, families: lab.ipv6 === true ? [4, 6] : [4], picture: undefined,
    plan: planOf(validated, lab, name), expectedText: () => 'it works', results: lab === last ? found(lab) : undefined,
  }));
  return reportOf({ lab: last, provider: undefined, by: '0', when: new Date(0), running: false, stages });
}
