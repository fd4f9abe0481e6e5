/** Labs on real machines, in every trouble they can have: each is noticed by a check, and survived without help. */
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { countSteps } from '../e2e/results.js';
import { runLab } from '../e2e/run-lab.js';
import { root, wantedLab } from '../e2e/which-lab.js';
import type { Figures } from './figures.js';

export const title = 'Running labs: cables pulled, programs killed, nodes rebooted';

/** At this scale all labs that a node can run which is a container without anything of others; at twice as much, each lab there is. */
const ALL = 34;

/** As the end-to-end test names them: LAB@PROVIDER, or LAB where labgen is to choose. */
export function labsFor(scale: number): readonly string[] {
  const all = shippedLabs(root);
  const able = all.filter((name) => wantedLab(name).atStages.every((lab) => lab.modules.length === 0 && lab.artifactUses.length === 0));
  // The one with the plainest lesson first.
  const ordered = [...able].sort((a, b) => Number(b === 'docker0') - Number(a === 'docker0'));
  const chosen = ordered.slice(0, Math.max(1, Math.round((ordered.length * scale) / ALL))).map((name) => `${name}@docker`);
  return scale < 2 * ALL ? chosen : [...chosen, ...all.filter((name) => !able.includes(name))];
}

/** @throws where a lab did not survive one of them, or left something behind. */
export async function torture(scale: number, say: (line: string) => void): Promise<Figures> {
  const labs = labsFor(scale);
  let faults = 0;
  for (const name of labs) {
    const ran = await runLab(name, { plain: false, withoutAnsible: false, allMutations: false, faults: true, breaks: false, traces: false }, say);
    const { failed, notRun } = countSteps([ran]);
    const [survived, all] = (ran.faults ?? 'none').split(' of ');
    if (failed + notRun > 0 || survived !== all) throw new Error(`${name}: faults survived ${ran.faults ?? 'none'}; ${ran.steps.filter((step) => step.state !== 'passed').map((step) => `${step.name}: ${step.summary}`).join('; ')}`);
    faults += Number(survived);
  }
  return { labs: labs.length, 'faults survived': faults, leftovers: 0 };
}
