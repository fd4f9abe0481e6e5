/** Which faults a lab can have: of the links between its nodes, and what its features know to break. */
import type { Fault } from '../model/fault.js';
import type { Lab } from '../model/lab.js';
import { cut } from './links.js';

/** What a feature brings; rooms do not know each other. */
interface Offering {
  faults?(lab: Lab): readonly Fault[];
}

/** Those that need no more words; `delay` and `loss` want to know how much. */
export function offeredFaults(lab: Lab, features: readonly Offering[]): readonly Fault[] {
  const cuts = lab.nodes.flatMap((node) =>
    node.attachments
      .filter(({ network }) => lab.nodes.some((other) => other !== node && other.attachments.some((each) => each.network === network)))
      .map((attachment) => cut(lab, node, attachment)),
  );
  return [...cuts, ...features.flatMap((feature) => feature.faults?.(lab) ?? [])];
}
