/** The key `pipework` of a container. */
import type { JsonSchema } from '../../model/schema.js';
import { address, cidr, interfaceName, object } from '../../schema/patterns.js';

const one = (): Readonly<Record<string, JsonSchema>> => ({
  bridge: interfaceName('The bridge of the lab it is plugged into.', 'br0'),
  interface: { ...interfaceName('Its name inside the container.', 'eth2'), default: 'eth1' },
  address: cidr('The address it gets, with the prefix of its network.', '192.168.1.10/24'),
  gateway: address('Where the container\'s default route leads. Left out: it gets none.', '192.168.1.254'),
  mac: { type: 'string', pattern: '^(?!00:00:00:00:00:00)[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}$', form: 'the MAC of one interface: six pairs of hexadecimal digits, the second digit even', description: 'Its MAC. Left out: made of the address, so that it stays the same.', examples: ['02:00:00:00:00:0a'] },
  vlan: { type: 'integer', minimum: 1, maximum: 4094, description: 'VLAN tag of its port; Open vSwitch bridges only.', examples: [10] },
});

const required = ['bridge', 'address'];

export const pipeworkSchema = (): JsonSchema => ({
  ...object(one(), { required }),
  type: ['object', 'array'],
  items: object(one(), { required, title: 'One of several interfaces', description: 'An interface plugged into a bridge.' }),
  minItems: 1,
  title: 'Interface from outside Docker',
  description: 'An interface plugged into a bridge of the lab from outside Docker, and again whenever the container starts; or a list of them.',
  examples: [{ bridge: 'br0', address: '192.168.1.10/24', gateway: '192.168.1.254' }],
});
