/** The `containers:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { address, address6, containerName, mapOf, name, object, text } from '../../schema/patterns.js';
import { pipeworkSchema } from '../pipework/schema.js';
import { PORT_PATTERN } from './ports.js';

export const IMAGE_PATTERN = '^[a-z0-9]([a-z0-9._/:@-]*[a-zA-Z0-9._-])?$';

/** Variables for what runs in a container. */
export const environment = (): JsonSchema => mapOf({ type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', form: 'letters, digits and underscores', description: 'A variable.', examples: ['MODE'] }, { type: ['string', 'number', 'boolean'], maxLength: 4000, pattern: '^[^\\u0000]*$', form: 'a text without a NUL', description: 'Its value.', examples: ['test'] }, { title: 'Variables of the environment', description: 'Environment variables.', examples: [{ MODE: 'test' }] });

export const containersSchema = (): JsonSchema => mapOf(
  containerName('A container.'),
  object(
    {
      node: name('The node it runs on; on a group, one container on each of its nodes. Left out where the lab has one Docker node.'),
      image: { type: 'string', pattern: IMAGE_PATTERN, form: 'an image name', maxLength: 255, default: 'toolbox', description: 'What it is made from: toolbox (busybox and socat) is made on the node without a registry, "images" says how others are; any other name is pulled.', examples: ['nginx:alpine'] },
      command: { type: ['array', 'string'], description: 'What it runs: a list of words, or one line for sh -c. Left out: the image\'s own.', examples: [['httpd', '-f', '-p', '80']], items: text('A word.', 'httpd', { maxLength: 4000 }), maxLength: 4000, pattern: '^[^\\u0000]*$', form: 'a text without a NUL' },
      env: environment(),
      hostname: name('Its host name. Left out: Docker gives it one.', 'web'),
      links: mapOf(name('An alias.', 'db'), name('A container.', 'database'), { title: 'Links', description: 'Names this container alone knows others on its node by: in /etc/hosts, on the default bridge also as variables (not since Docker 29). The others are started first.', examples: [{ db: 'database' }] }),
      aliases: { type: 'array', description: 'More names it has on a user-defined network.', examples: [['db']], items: name('A name.', 'db'), maxItems: 20 },
      expose: { type: 'array', description: 'Ports its image is said to serve, published or not; links tell them.', examples: [['5432/tcp']], items: { type: ['string', 'integer'], pattern: '^[0-9]{1,5}(/(tcp|udp))?$', form: 'PORT or PORT/udp', minimum: 1, maximum: 65535, description: 'A port, or PORT/udp.', examples: ['5432/tcp'] }, maxItems: 50 },
      network: { type: 'string', pattern: '^(bridge|none|host|container:[a-z][a-z0-9-]*|[a-z][a-z0-9-]*)$', form: 'bridge, none, host, container:NAME or a network of dockerNetworks', default: 'bridge', description: 'Its network: bridge, none, host, container:NAME to share another\'s, or one of dockerNetworks.', examples: ['none', 'host', 'container:c1'] },
      address: address('Its address on a network of dockerNetworks with a subnet. Left out: Docker takes one.', '10.210.0.9'),
      address6: address6('Its IPv6 address on a network of dockerNetworks with a subnet6. Left out: Docker takes one.', 'fd00:9::9'),
      ports: { type: 'array', description: 'Published ports: HOST:CONTAINER/PROTOCOL, or CONTAINER for a random host port.', examples: [['8080:80/tcp', '5353:53/udp']], items: { type: ['string', 'integer'], pattern: PORT_PATTERN, form: '[ADDRESS:][HOST:]CONTAINER[/tcp|/udp], an IPv6 address in brackets', description: 'A published port.', examples: ['8080:80/tcp'], minimum: 1, maximum: 65535 } },
      pipework: pipeworkSchema(),
    },
    { type: ['object', 'null'], title: 'Container', description: 'A container of the lab, on one node or on each of a group.' },
  ),
  { title: 'Containers', description: 'Containers of the lab, by name.', examples: [{ c1: { node: 'net-1', image: 'toolbox' } }] },
);
