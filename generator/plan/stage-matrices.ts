/** Who reaches whom in each stage, as the handout shows it. */
import type { Feature } from '../features/feature.js';
import type { Lab } from '../model/lab.js';
import { matrixOf } from '../predict/matrix.js';
import { MOST_IN_TABLE, tableOf } from '../predict/table.js';
import { worldOf } from './world.js';

export interface StageMatrix {
  /** False for a lab without stages, and where it is nothing to tell apart. */
  readonly stage: string | false;
  readonly families: readonly { readonly title: string | false; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }[];
  readonly reasons: readonly { readonly mark: string; readonly text: string }[];
  readonly seenAs: readonly string[];
}

/** Empty for a lab that is too large for a table, or has nobody to ask. */
export function stageMatrices(labs: readonly Lab[], features: readonly Feature[]): readonly StageMatrix[] {
  if (labs.some((lab) => lab.nodes.length + lab.containers.length > MOST_IN_TABLE)) return [];
  return labs.map((lab): StageMatrix => {
    const { families, reasons, seenAs } = tableOf(matrixOf(worldOf(lab, features), lab.ipv6 === true ? [4, 6] : [4]));
    return {
      stage: lab.stage ?? false,
      families: families.map(({ family, head, rows }) => ({ title: families.length > 1 ? `IPv${family}` : false, head: head.map((word) => word.replace('\\', '→')), rows })),
      reasons: reasons.map((text, index) => ({ mark: `✗${index + 1}`, text })),
      seenAs,
    };
  }).filter((each) => each.families.length > 0);
}
