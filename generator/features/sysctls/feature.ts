/** sysctls: kernel settings of a node, put back when the network script stops. */
import type { CheckRequest } from '../../model/check.js';
import type { Sysctl } from '../../model/lab.js';
import { isTree } from '../../model/merge.js';
import { mapOf } from '../../schema/patterns.js';
import type { Feature } from '../feature.js';
import { sysctl } from './checks.js';

const KEY = { type: 'string', pattern: '^[a-z][a-z0-9_]*(\\.[A-Za-z0-9_-]+)+$', form: 'a dotted sysctl name', maxLength: 100, description: 'A setting.', examples: ['net.ipv4.ip_forward'] };

export const feature: Feature = {
  name: 'sysctls',
  nodeKeys: {
    sysctls: () => mapOf(KEY, { type: ['integer', 'string'], pattern: '^[A-Za-z0-9_.:/-][A-Za-z0-9_.:/ -]*$', form: 'a number or a plain word', maxLength: 200, description: 'Its value.', examples: [1] }, {
      title: 'Kernel settings',
      description: 'sysctls of the node. With Docker on, leave net.ipv4.ip_forward to dockerd: it sets the FORWARD policy only where it turned forwarding on itself.',
      examples: [{ 'net.ipv4.ip_forward': 1 }],
    }),
  },
  checkKinds: [sysctl],
  resolve(ground) {
    const sysctls = ground.nodes.flatMap((node): Sysctl[] => {
      const written = ground.nodeSource(node.name)['sysctls'];
      return Object.entries(isTree(written) ? written : {}).map(([key, value]) => ({ node: node.name, key, value: String(value) }));
    });
    return { sysctls };
  },
  checks: (lab) =>
    lab.sysctls.map((each): CheckRequest => ({ kind: 'sysctl', subject: { node: each.node, key: each.key }, expect: { is: 'value', value: each.value }, why: 'The lab sets it.' })),
};
