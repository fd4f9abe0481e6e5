/** The `tunnels:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { addressOrCidr, addressOrCidr6, family, interfaceName, mapOf, name, object } from '../../schema/patterns.js';

const end = (): JsonSchema => object(
  {
    name: interfaceName('The interface on this node. Left out: computed from the peer.'),
    address: addressOrCidr('The interface\'s address; /32 where no prefix is given. Left out: computed.'),
    address6: addressOrCidr6('Its IPv6 address; /128 where no prefix is given. Left out: computed where the tunnel carries IPv6.'),
  },
  { type: ['object', 'null'], description: 'One end of the tunnel.' },
);

export const tunnelsSchema = (): JsonSchema => mapOf(
  name('A tunnel.'),
  object(
    {
      kind: { type: 'string', enum: ['gre'], description: 'gre: IP in GRE (protocol 47), 24 bytes of overhead.', examples: ['gre'] },
      network: name('The lab network the tunnel runs over. Left out: the first one its ends share.'),
      family: family('Of the outer packets: 6 for GRE over IPv6. Left out: 4.'),
      ends: {
        type: ['object', 'array'],
        description: 'Two nodes with the name and address of each end; or a list of nodes or groups for a full mesh with computed names and addresses.',
        examples: [['net-1', 'net-2']],
        propertyNames: name('A node.'),
        additionalProperties: end(),
        items: name('A node or a group of nodes.'),
        minItems: 1,
      },
      ttl: { type: 'integer', minimum: 1, maximum: 255, default: 255, description: 'TTL of the outer packets.', examples: [64] },
      mtu: { type: 'integer', minimum: 576, maximum: 9192, description: 'MTU of the tunnel interfaces. Left out: the network\'s less the overhead.', examples: [1476] },
      carries: { type: 'string', enum: ['docker'], description: 'docker: routes to the other ends\' container networks, forwarding into them, their MTU, and no masquerade between them.', examples: ['docker'] },
      forward: { type: 'boolean', default: true, description: 'Whether what arrives through the tunnel is let through to the containers.', examples: [false] },
      masquerade: { type: 'boolean', default: false, description: 'Whether containers hide behind their host on the way into the tunnel.', examples: [true] },
    },
    { required: ['kind', 'ends'] },
  ),
  { title: 'Tunnels between nodes', description: 'Point-to-point tunnels; with more than two ends, a full mesh.', examples: [{ mesh: { kind: 'gre', ends: ['net-1', 'net-2'], carries: 'docker' } }] },
);
