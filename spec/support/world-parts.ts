/** Parts of a world made by hand. */
import type { Space, WorldRule } from '../../generator/model/world.js';

/** A namespace that has nothing and does nothing but what is said. */
export const space = (name: string, more: Partial<Space>): Space => ({ name, node: name, interfaces: [], routes: [], chains: [], listeners: [], forwards: { 4: false, 6: false }, reversePathFilter: 0, filtersBridges: { 4: false, 6: false }, ...more });

export const rule = (match: WorldRule['match'], target: WorldRule['target']): WorldRule => ({ match, target, text: '', by: 'the spec' });
