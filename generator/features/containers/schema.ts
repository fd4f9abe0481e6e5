/** The `containers:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { address, address6, containerName, mapOf, name, object, text } from '../../schema/patterns.js';
import { pipeworkSchema } from '../pipework/schema.js';
import { PORT_PATTERN } from './ports.js';

export const IMAGE_PATTERN = '^[a-z0-9]([a-z0-9._/:@-]*[a-zA-Z0-9._-])?$';

export const containersSchema = (): JsonSchema => mapOf(
  containerName,
  object(
    {
      node: name('The node it runs on; on a group, one container on each of its nodes. Left out where the lab has one Docker node.'),
      image: { type: 'string', pattern: IMAGE_PATTERN, form: 'an image name', maxLength: 255, default: 'toolbox', description: 'toolbox (busybox and socat) is made on the node without a registry; any other name is pulled.', examples: ['toolbox'] },
      command: { type: ['array', 'string'], description: 'What it runs: a list of words, or one line for sh -c. Left out: the image\'s own.', examples: [['httpd', '-f', '-p', '80']], items: text('A word.', { maxLength: 4000 }), maxLength: 4000, pattern: '^[^\\u0000]*$' },
      env: mapOf({ type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', form: 'letters, digits and underscores' }, { type: ['string', 'number', 'boolean'], maxLength: 4000, pattern: '^[^\\u0000]*$' }, { description: 'Environment variables.', examples: [{ MODE: 'test' }] }),
      hostname: name('Its host name.'),
      links: mapOf(name('An alias.'), name('A container.'), { title: 'Links', description: 'Names this container alone knows others on its node by: in /etc/hosts, on the default bridge also as variables (not since Docker 29). The others are started first.', examples: [{ db: 'database' }] }),
      aliases: { type: 'array', description: 'More names it has on a user-defined network.', examples: [['db']], items: name('A name.'), maxItems: 20 },
      expose: { type: 'array', description: 'Ports its image is said to serve, published or not; links tell them.', examples: [['5432/tcp']], items: { type: ['string', 'integer'], pattern: '^[0-9]{1,5}(/(tcp|udp))?$', form: 'PORT or PORT/udp', minimum: 1, maximum: 65535 }, maxItems: 50 },
      network: { type: 'string', pattern: '^(bridge|none|host|container:[a-z][a-z0-9-]*|[a-z][a-z0-9-]*)$', form: 'bridge, none, host, container:NAME or a network of dockerNetworks', default: 'bridge', description: 'bridge, none, host, container:NAME to share another\'s, or one of dockerNetworks.', examples: ['none', 'container:c1'] },
      address: address('Its address on a network of dockerNetworks with a subnet. Left out: Docker takes one.'),
      address6: address6('The same for IPv6, on a network with a subnet6.'),
      ports: { type: 'array', description: 'Published ports: HOST:CONTAINER/PROTOCOL, or CONTAINER for a random host port.', examples: [['8080:80/tcp', '5353:53/udp']], items: { type: ['string', 'integer'], pattern: PORT_PATTERN, form: '[ADDRESS:][HOST:]CONTAINER[/tcp|/udp], an IPv6 address in brackets', examples: ['8080:80/tcp'], minimum: 1, maximum: 65535 } },
      pipework: pipeworkSchema(),
    },
    { type: ['object', 'null'], description: 'A container.' },
  ),
  { title: 'Containers', description: 'Containers of the lab, by name.', examples: [{ c1: { node: 'net-1', image: 'toolbox' } }] },
);
