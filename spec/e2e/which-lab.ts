/** LAB[@PROVIDER] as the command line of the end-to-end runs names it, and which labs can run side by side. */
import { join } from 'node:path';
import { askLab } from '../../generator/cli/ask-lab.js';
import { validateAsked } from '../../generator/cli/open-lab.js';
import { chooseProvider } from '../../generator/drivers/choose-provider.js';
import { readMachine } from '../../generator/drivers/machine.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import type { Lab } from '../../generator/model/lab.js';
import type { Tree } from '../../generator/model/merge.js';
import { withIncludes } from '../../generator/source/include.js';
import { parseLab } from '../../generator/source/parse.js';
import { contextOf, root } from '../support/context.js';

export { root } from '../support/context.js';

export interface WantedLab {
  /** The lab file over what it includes. */
  readonly value: Tree;
  /** As labgen is told: a shipped name, or a path. */
  readonly given: string;
  readonly provider: string | undefined;
  /** The lab at its last stage. */
  readonly lab: Lab;
  readonly atStages: readonly Lab[];
  readonly stages: readonly string[];
}

/** LAB is a shipped name, or a path with a slash in it. */
export function wantedLab(word: string): WantedLab {
  const [name = '', provider] = word.split('@');
  const given = name.includes('/') ? join(root, name) : name;
  const { labs, stages, text, fragments } = validateAsked(contextOf({}, root), askLab(contextOf({}, root), { lab: given }));
  const atStages = [...labs.values()];
  return { value: withIncludes(parseLab(given, text), fragments).value, given, provider, lab: atStages.at(-1) as Lab, atStages, stages: stages.map((each) => each.name) };
}

/**
 * Labs of one provider follow each other, the one with most nodes first; those of different providers run side by side:
 * emulated nodes keep the processors busy, nodes that are containers mostly wait. Two labs of emulated nodes at once take
 * longer than one after the other: a check of one is several times slower while the other's nodes compute.
 */
export async function lanesOf(words: readonly string[]): Promise<readonly (readonly string[])[]> {
  const machine = await readMachine(runCommand, process.env, process.getuid?.() ?? -1);
  const lanes = new Map<string, { readonly word: string; readonly nodes: number }[]>();
  for (const word of words) {
    const { atStages, lab, provider } = wantedLab(word);
    const choice = chooseProvider(atStages, machine, provider, true);
    const key = 'provider' in choice ? choice.provider : 'none';
    lanes.set(key, [...(lanes.get(key) ?? []), { word, nodes: lab.nodes.length }]);
  }
  return [...lanes.values()].map((lane) => lane.sort((a, b) => b.nodes - a.nodes).map(({ word }) => word));
}
