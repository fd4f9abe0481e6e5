/** What makes a step impossible. */
import { expectationFits } from '../expectations.js';
import { command } from '../system/command.js';
import type { RuleContext } from '../feature.js';
import { stepSources } from './resolve.js';

/** A step is typed on one machine: a group is none. */
export function stepsNameNodes(context: RuleContext): void {
  const names = context.ground.nodes.map((node) => node.name);
  stepSources(context.source).forEach(({ step, index }) => {
    const path = ['lesson', 'steps', index];
    const on = String(step['on']);
    if (!context.isSound(path) || names.includes(on)) return;
    const members = context.ground.members(on)?.map((node) => node.name) ?? [];
    if (members.length > 0) context.error('LG040', [...path, 'on'], `"${on}" is a group of nodes; a step is typed on one`, `Its nodes are: ${members.slice(0, 8).join(', ')}.`);
    else context.error('LG040', [...path, 'on'], `there is no node "${on}"`, context.nearest(on, names, 'node'));
  });
}

/** A step expects what the check that it also is can expect. */
export function stepsExpectWhatCommandsSay(context: RuleContext): void {
  stepSources(context.source).forEach(({ step, index }) => {
    const path = ['lesson', 'steps', index];
    if (context.isSound(path)) expectationFits(context, command, step, path);
  });
}
