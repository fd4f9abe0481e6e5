/** The `tunnels:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { addressOrCidr, addressOrCidr6, choice, family, interfaceName, mapOf, name, object, port } from '../../schema/patterns.js';

const end = (): JsonSchema => object(
  {
    name: interfaceName('The interface on this node. Left out: computed from the peer.', 'foo'),
    address: addressOrCidr('The interface\'s address; /32 where no prefix is given. Left out: computed; none for the port of a bridge.', '172.17.127.254/32'),
    address6: addressOrCidr6('Its IPv6 address; /128 where no prefix is given. Left out: computed where the tunnel carries IPv6.', 'fd00:1::1/128'),
  },
  { type: ['object', 'null'], title: 'End of a tunnel', description: 'The interface on one node.' },
);

export const tunnelsSchema = (): JsonSchema => mapOf(
  name('A tunnel.', 'mesh'),
  object(
    {
      kind: choice('What packets are wrapped in.', {
        gre: 'IP in GRE (protocol 47), 24 bytes of overhead, 44 over IPv6.',
        gretap: 'Ethernet in GRE, 38 bytes, 58 over IPv6; its interfaces may be ports of bridges.',
        vxlan: 'Ethernet in VXLAN (UDP 4789), 50 bytes, 70 over IPv6; its interfaces may be ports of bridges.',
        ipip: 'IP in IP (protocol 4), 20 bytes, 40 over IPv6; over IPv4 it carries no IPv6.',
        wireguard: 'IP encrypted in WireGuard (UDP 51820 and up), 60 bytes, 80 over IPv6. The nodes make their keys themselves.',
      }, { examples: ['gre', 'vxlan'] }),
      network: name('The lab network the tunnel runs over. Left out: the first one its ends share.', 'underlay'),
      family: family('Of the outer packets: 6 for a tunnel over IPv6. Left out: 4.'),
      id: { type: 'integer', minimum: 1, maximum: 16_777_215, description: "VXLAN's network identifier (VNI), for two ends. Left out: computed.", examples: [42] },
      port: port('UDP port of both ends; of several WireGuard pairs the first one\'s. Left out: 4789 for vxlan, from 51820 on for wireguard.', 4789),
      ends: {
        type: ['object', 'array'],
        title: 'Ends of a tunnel',
        description: 'Two nodes with the name and address of each end; or a list of nodes or groups for a full mesh with computed names and addresses.',
        examples: [['net-1', 'net-2']],
        propertyNames: name('A node.'),
        additionalProperties: end(),
        items: name('A node or a group of nodes.'),
        minItems: 1,
      },
      ttl: { type: 'integer', minimum: 1, maximum: 255, default: 255, description: 'TTL of the outer packets; WireGuard takes none.', examples: [64] },
      mtu: { type: 'integer', minimum: 576, maximum: 9192, description: 'MTU of the tunnel interfaces, in bytes. Left out: the network\'s less the overhead.', examples: [1476] },
      carries: choice('What goes through it. Left out: nothing but the addresses of its ends.', { docker: 'Container networks: routes to those of the other ends, forwarding into them, their MTU, and no masquerade between them.' }, { examples: ['docker'] }),
      forward: { type: 'boolean', default: true, description: 'Whether what arrives through the tunnel is let through to the containers.', examples: [false] },
      masquerade: { type: 'boolean', default: false, description: 'Whether containers hide behind their host on the way into the tunnel.', examples: [true] },
    },
    { required: ['kind', 'ends'], title: 'Tunnel', description: 'A tunnel between two nodes, or a mesh of them.' },
  ),
  { title: 'Tunnels between nodes', description: 'Point-to-point tunnels; with more than two ends, a full mesh.', examples: [{ mesh: { kind: 'gre', ends: ['net-1', 'net-2'], carries: 'docker' } }] },
);
