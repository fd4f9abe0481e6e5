/** A lab and what is known of its stages, made into a report's data. */
import { drawTopology } from '../graph/draw.js';
import { isDrawn } from '../graph/limits.js';
import { features, planOf } from '../plan/pipeline.js';
import { worldOf } from '../plan/world.js';
import { isRunning, providerInUse } from '../drivers/in-use.js';
import type { Lab } from '../model/lab.js';
import type { Results } from '../model/results.js';
import type { Seen } from '../model/world-draft.js';
import { expectedText } from '../verify/expectation.js';
import type { StageInput } from '../report/page/collect.js';
import type { ReportData } from '../report/page/data.js';
import { reportOf } from '../report/page/report.js';
import { familiesOf } from './commands/predicted.js';
import type { Context } from './context.js';
import type { OpenLab } from './open-lab.js';
import { digestOf, readResults } from './results.js';

export interface Collected {
  readonly data: ReportData;
  /** Of the stage the lab is at, where something was measured. */
  readonly results: Results | undefined;
}

/** Stages that were measured on this very lab come with what was found; the others are predicted only. */
export async function collectReport(context: Context, open: OpenLab): Promise<Collected> {
  const digest = digestOf(context, open.validated);
  const found = (lab: Lab): Results | undefined => {
    const results = readResults(open.folder, lab.stage);
    return results?.digest === digest ? results : undefined;
  };
  // What is wrong with the lab's files is said of the stage that counts.
  const plan = open.plan();
  const stages: StageInput[] = [];
  for (const lab of open.validated.labs.values()) {
    const results = found(lab);
    const world = worldOf(lab, features, results?.matrix && seenOf(results.matrix));
    const current = lab.stage === open.lab.stage;
    stages.push({
      lab, world, current, results, expectedText,
      title: lab.stages.find((each) => each.name === lab.stage)?.title ?? lab.title,
      families: familiesOf(lab),
      picture: isDrawn(lab) ? await drawTopology(lab, world) : undefined,
      plan: current ? plan : planOf(open.validated, lab, open.name),
    });
  }
  const data = reportOf({ lab: open.lab, provider: context.env['LABGEN_PROVIDER'] ?? providerInUse(open.folder), by: context.version, when: context.now(), running: isRunning(open.folder), stages });
  return { data, results: found(open.lab) };
}

function seenOf({ seen, filters }: NonNullable<Results['matrix']>): Seen {
  const addresses = new Map<string, Map<string, readonly string[]>>();
  for (const each of seen) addresses.set(each.space, (addresses.get(each.space) ?? new Map<string, readonly string[]>()).set(each.interface, each.addresses));
  return { addresses, filters: new Map(filters.map(({ node, families }) => [node, { 4: families.includes(4), 6: families.includes(6) }])) };
}
