/** The `firewall:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, family, interfaceName, name, object, port, reference, target, text } from '../../schema/patterns.js';

const side = (description: string): JsonSchema => ({ ...reference(description), pattern: '^[A-Za-z0-9:][A-Za-z0-9.:/-]*$', form: 'a node, an address or a network', examples: ['172.17.0.0/16'] });

export const table = (): JsonSchema => choice('The table.', { filter: 'What may pass.', nat: 'Whose address is changed.', raw: 'What connection tracking leaves alone.', mangle: 'What else is changed in a packet.' }, { default: 'filter', examples: ['nat'] });

export const firewallSchema = (): JsonSchema => ({
  type: 'array',
  title: 'Packet filter rules',
  description: "Rules in labgen's own chains (LABGEN-FORWARD and so on), before Docker's; in order.",
  examples: [[{ node: 'net-1', hook: 'forward', in: 'eth1', action: 'drop' }]],
  items: object(
    {
      node: name('The node, or a group.'),
      table: table(),
      hook: choice('Where packets meet the rule.', { input: 'As they come to the node itself.', output: 'As they leave the node that made them.', forward: 'As they pass through the node.', prerouting: 'As they come in, before it is known where to.', postrouting: 'As they leave, after all else.' }, { examples: ['forward'] }),
      family: family('Of one family alone. Left out: that of its addresses; without one, each family the node speaks.'),
      in: interfaceName('The interface packets come in by.'),
      out: interfaceName('The interface packets leave by.', 'docker0'),
      source: side('Where packets come from.'),
      destination: side('Where packets go to.'),
      protocol: choice('The protocol. Left out: any.', { tcp: 'TCP, with ports.', udp: 'UDP, with ports.', icmp: 'ICMP: ping, and errors on the way.', gre: 'GRE: what a tunnel wraps packets in.', esp: 'ESP: encrypted by IPsec.' }, { examples: ['tcp'] }),
      sourcePort: port('The source port, for tcp and udp.', 5353),
      port: port('The destination port, for tcp and udp.'),
      state: { type: 'array', items: choice('A state.', { NEW: 'The first of a connection.', ESTABLISHED: 'Of a connection that was answered.', RELATED: 'On account of another connection, such as an ICMP error.', INVALID: 'Of no connection that is known.' }, { examples: ['ESTABLISHED'] }), minItems: 1, description: 'States of connection tracking.', examples: [['ESTABLISHED', 'RELATED']] },
      action: choice('What happens to the packet.', { accept: 'It passes.', drop: 'It is gone, and nobody is told.', reject: 'It is gone, and its sender is told.', return: "The rest of labgen's rules is skipped.", masquerade: 'It gets the address of the interface it leaves by.', dnat: 'It gets another destination: "to".', snat: 'It gets another source: "to".' }, { examples: ['accept'] }),
      to: target('The new address, for dnat and snat: an address or a node, with a port where wanted.', '172.17.0.2:80', '[fd00:9::2]:80'),
      why: text('What it is for.', 'Nobody reaches containers from outside.'),
    },
    { required: ['node', 'hook', 'action'], title: 'Packet filter rule', description: 'Which packets, and what happens to them.' },
  ),
});
