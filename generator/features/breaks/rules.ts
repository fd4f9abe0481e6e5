/** What makes a break impossible, or none. */
import type { RuleContext } from '../feature.js';
import { breakSources } from './resolve.js';

/** It is done on one machine: a group is none. */
export function breaksNameNodes(context: RuleContext): void {
  const names = context.ground.nodes.map((node) => node.name);
  for (const { name, written } of breakSources(context.source)) {
    const path = ['breaks', name, 'on'];
    const on = String(written['on']);
    if (!context.isSound(path) || names.includes(on)) continue;
    const members = context.ground.members(on)?.map((node) => node.name) ?? [];
    if (members.length > 0) context.error('LG040', path, `"${on}" is a group of nodes; a break is done on one`, `Its nodes are: ${members.slice(0, 8).join(', ')}.`);
    else context.error('LG040', path, `there is no node "${on}"`, context.nearest(on, names, 'node'));
  }
}

/** Who draws one of two that are the same has a riddle less than the lab says. */
export function breaksAreOfTheirOwn(context: RuleContext): void {
  const seen = new Map<string, string>();
  for (const { name, written } of breakSources(context.source)) {
    if (!context.isSound(['breaks', name])) continue;
    const key = JSON.stringify([written['on'], String(written['run']).trim()]);
    const other = seen.get(key);
    if (other !== undefined) context.error('LG190', ['breaks', name, 'run'], `the break "${name}" does the same as "${other}"`, 'Break something else, or leave one of the two out.');
    else seen.set(key, name);
  }
}

export function repairsAreOthers(context: RuleContext): void {
  for (const { name, written } of breakSources(context.source)) {
    const path = ['breaks', name, 'repair'];
    if (context.isSound(path) && String(written['run']).trim() === String(written['repair']).trim()) context.error('LG190', path, `the break "${name}" is repaired by what breaks it`, '"run" breaks the lab, "repair" puts it right again.');
  }
}
