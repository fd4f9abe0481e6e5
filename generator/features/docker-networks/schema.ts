/** The `dockerNetworks:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { address, address6, choice, cidr, cidr6, containerName, mapOf, name, object } from '../../schema/patterns.js';

const option = (): JsonSchema => ({ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', form: 'the name of a driver option', maxLength: 100, description: 'An option.', examples: ['com.docker.network.bridge.name'] });

export const dockerNetworksSchema = (): JsonSchema => mapOf(
  containerName('A network.', 'app'),
  object(
    {
      driver: choice('What carries it.', { bridge: 'A Linux bridge on each node.' }, { default: 'bridge', examples: ['bridge'] }),
      nodes: { type: 'array', items: name('A node, or a group.'), minItems: 1, description: 'Nodes that have it. Left out: those of the containers on it.', examples: [['net-1']] },
      subnet: cidr('Its subnet. Left out: Docker takes one, from pools that are kept off the networks of the lab.', '10.210.0.0/24'),
      gateway: address('The address of the bridge itself. Left out: the first of the subnet.', '10.210.0.1'),
      subnet6: cidr6('Its IPv6 subnet. Left out: it has no IPv6.', 'fd00:9::/64'),
      gateway6: address6('The IPv6 address of the bridge itself. Left out: the first of the subnet.', 'fd00:9::fe'),
      internal: { type: 'boolean', default: false, description: 'Whether nothing leads out of it.', examples: [true] },
      mtu: { type: 'integer', minimum: 576, maximum: 9216, description: 'MTU of its interfaces, in bytes.', examples: [1400] },
      options: mapOf(option(), { type: ['string', 'number', 'boolean'], maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]*$', form: 'one line without control characters', description: 'Its value.', examples: ['br-app'] }, { title: 'Driver options', description: 'Options of the driver.', examples: [{ 'com.docker.network.bridge.name': 'br-app' }] }),
    },
    { type: ['object', 'null'], title: 'Docker network', description: "A network of the nodes' Docker, beside its default bridge." },
  ),
  { title: 'Docker networks', description: "User-defined networks of the nodes' Docker, by name. Containers on one find each other by name.", examples: [{ app: { subnet: '10.210.0.0/24' } }] },
);
