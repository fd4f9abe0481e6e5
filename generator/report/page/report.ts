/** A whole report as data, from its stages. */
import type { Lab } from '../../model/lab.js';
import { stageOf, type StageInput } from './collect.js';
import { PAGE_VERSION, type ReportData } from './data.js';
import { withoutSecrets } from './redact.js';
import { Texts } from './texts.js';

export interface ReportInput {
  /** The lab at the stage that counts. */
  readonly lab: Lab;
  readonly provider: string | undefined;
  readonly by: string;
  readonly when: Date;
  readonly running: boolean;
  readonly stages: readonly StageInput[];
}

export function reportOf({ lab, provider, by, when, running, stages }: ReportInput): ReportData {
  const texts = new Texts();
  const leftOut = new Set<string>();
  const pages = stages.map((each) => stageOf(each, texts, leftOut));
  const data: ReportData = {
    version: PAGE_VERSION,
    lab: lab.name, title: lab.title, summary: lab.summary,
    ...(provider !== undefined && { provider }),
    by, when: when.toISOString(), running,
    nodes: lab.nodes.length, containers: lab.containers.length,
    stages: pages, texts: texts.all, leftOut: [...leftOut],
  };
  return withoutSecrets(data, [...new Set(stages.flatMap((each) => each.lab.secrets))]);
}
