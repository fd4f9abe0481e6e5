/** The `firewall:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { family, interfaceName, name, object, port, reference, text } from '../../schema/patterns.js';

const side = (description: string): JsonSchema => ({ ...reference(description), pattern: '^[A-Za-z0-9:][A-Za-z0-9.:/-]*$', form: 'a node, an address or a network', examples: ['172.17.0.0/16'] });

export const firewallSchema = (): JsonSchema => ({
  type: 'array',
  title: 'Packet filter rules',
  description: "Rules in labgen's own chains (LABGEN-FORWARD and so on), before Docker's; in order.",
  examples: [[{ node: 'net-1', hook: 'forward', in: 'eth1', action: 'drop' }]],
  items: object(
    {
      node: name('The node, or a group.'),
      table: { type: 'string', enum: ['filter', 'nat', 'raw', 'mangle'], default: 'filter', description: 'The table.', examples: ['nat'] },
      hook: { type: 'string', enum: ['input', 'output', 'forward', 'prerouting', 'postrouting'], description: 'Where packets meet the rule.', examples: ['forward'] },
      family: family('4 for IPv4 alone, 6 for IPv6 alone. Left out: that of its addresses; without one, each family the node speaks.'),
      in: interfaceName('The interface packets come in by.'),
      out: interfaceName('The interface packets leave by.'),
      source: side('Where packets come from.'),
      destination: side('Where packets go to.'),
      protocol: { type: 'string', enum: ['tcp', 'udp', 'icmp', 'gre', 'esp'], description: 'The protocol.', examples: ['tcp'] },
      sourcePort: port('For tcp and udp.'),
      port: port('The destination port, for tcp and udp.'),
      state: { type: 'array', items: { type: 'string', enum: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'] }, minItems: 1, description: 'States of connection tracking.', examples: [['ESTABLISHED', 'RELATED']] },
      action: { type: 'string', enum: ['accept', 'drop', 'reject', 'return', 'masquerade', 'dnat', 'snat'], description: 'What happens to the packet.', examples: ['accept'] },
      to: { type: 'string', pattern: '^([0-9.]+(:[0-9]{1,5})?|[0-9a-fA-F]*:[0-9a-fA-F:]+|\\[[0-9a-fA-F:]+\\](:[0-9]{1,5})?)$', form: 'an address, with :PORT where wanted and an IPv6 one in brackets then', description: 'The new address, for dnat and snat.', examples: ['172.17.0.2:80'] },
      why: text('What it is for.'),
    },
    { required: ['node', 'hook', 'action'] },
  ),
});
