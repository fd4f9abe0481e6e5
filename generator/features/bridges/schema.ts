/** The `bridges:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, cidr, interfaceName, mapOf, name, object } from '../../schema/patterns.js';

const address = (): JsonSchema => cidr('The address the node has on the bridge, with the prefix of its network. Left out: none.', '10.0.0.1/24');
const ports = (): JsonSchema => ({ type: 'array', description: 'Interfaces of the node that are attached to it.', examples: [['eth2']], items: interfaceName('An interface.', 'eth2'), uniqueItems: true });

export const bridgesSchema = (): JsonSchema => mapOf(
  interfaceName('A bridge.', 'br0'),
  object(
    {
      kind: choice('What kind of bridge it is.', { linux: "The kernel's own bridge.", ovs: 'Open vSwitch, which knows VLAN tags.' }, { default: 'linux', examples: ['ovs'] }),
      node: name('The node it is on; on a group, one on each of its nodes. Left out where the lab has one Docker node.'),
      nodes: mapOf(name('A node, or a group.'), object({ address: address(), ports: ports() }, { type: ['object', 'null'], title: 'Bridge on one node', description: 'What it has there.' }), { title: 'Bridge on several nodes', description: 'Instead of "node": several nodes, each with an address and ports of its own.', examples: [{ 'net-1': { address: '10.0.0.1/24' }, 'net-2': { address: '10.0.0.2/24' } }], minProperties: 1 }),
      address: address(),
      ports: ports(),
      mtu: { type: 'integer', minimum: 576, maximum: 9216, description: 'MTU of the bridge and of what is plugged into it, in bytes. Left out: 1500, or what a tunnel leaves that carries it.', examples: [1400] },
      stp: { type: 'boolean', default: false, description: 'Spanning tree; a port then takes half a minute until it forwards.', examples: [true] },
      forward: { type: 'boolean', default: true, description: "Whether the host's packet filter lets through what crosses the bridge, in spite of Docker's FORWARD policy. linux only.", examples: [false] },
    },
    { type: ['object', 'null'], title: 'Bridge', description: 'A bridge of a node, or of several.' },
  ),
  { title: 'Bridges', description: 'Linux and Open vSwitch bridges of nodes, by name.', examples: [{ br0: { node: 'net-1', address: '192.168.1.254/24' } }] },
);
