/** Bridges that checks name. */
import { isTree } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { bridgeSources } from './spots.js';

/** Only the lab makes Open vSwitch bridges; one that was taken away is asked for as absent. */
export function checksNameSwitches(context: RuleContext): void {
  const names = bridgeSources(context.source).filter(({ value }) => value['kind'] === 'ovs').map(({ name }) => name);
  (Array.isArray(context.source['checks']) ? (context.source['checks'] as unknown[]) : []).forEach((check, index) => {
    const asked = isTree(check) ? check['ovs'] : undefined;
    const path = ['checks', index, 'ovs', 'bridge'];
    if (!isTree(check) || !isTree(asked) || check['expect'] === 'absent' || !context.isSound(path)) return;
    const bridge = String(asked['bridge']);
    if (!names.includes(bridge) && context.isSound(['bridges', bridge])) context.error('LG040', path, `there is no Open vSwitch bridge "${bridge}"`, context.nearest(bridge, names, 'Open vSwitch bridge'));
  });
}
