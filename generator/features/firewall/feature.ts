/** firewall: packet filter rules of the lab, in chains of labgen's own. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import { chainOf, ruleWords } from '../../model/rule.js';
import type { Feature } from '../feature.js';
import { iptables } from './checks.js';
import { counter } from './counter.js';
import { resolveFirewall } from './resolve.js';
import { interfacesAreThere, rulesFit } from './rules.js';
import { firewallSchema } from './schema.js';

export const feature: Feature = {
  name: 'firewall',
  after: ['tunnels'],
  blocks: { firewall: firewallSchema },
  rules: [rulesFit, interfacesAreThere],
  checkKinds: [iptables, counter],
  resolve: resolveFirewall,
  checks: firewallChecks,
};

/** Every unconditional rule is where it should be. What a daemon's version decides is proven by its effect. */
function firewallChecks(lab: Lab): readonly CheckRequest[] {
  return lab.rules
    .filter((rule) => rule.condition === undefined)
    .map((rule): CheckRequest => ({
      kind: 'iptables',
      subject: { node: rule.node, ...(rule.family === 6 && { family: 6 }), table: rule.table, chain: chainOf(rule.hook), rule: ruleWords(rule).join(' ') },
      why: `${rule.why.charAt(0).toUpperCase()}${rule.why.slice(1)}.`,
    }));
}
