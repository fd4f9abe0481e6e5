/** The `swarm:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, cidr, containerName, mapOf, name, object, text } from '../../schema/patterns.js';
import { environment, IMAGE_PATTERN } from '../containers/schema.js';

const members = (description: string, example: string, more: JsonSchema = {}): JsonSchema => ({ type: 'array', items: name('A node, or a group of nodes.', 'worker'), maxItems: 200, description, examples: [[example]], ...more });

/** A swarm publishes on all nodes: a host address has no place here, and a random port would be nobody's to know. */
export const PUBLISH_PATTERN = '^[0-9]{1,5}:[0-9]{1,5}(/(tcp|udp))?$';
export const CONSTRAINT_PATTERN = '^(node|engine)\\.[A-Za-z0-9_.-]+ *(==|!=) *[A-Za-z0-9_.-]+$';

const network = (): JsonSchema => object(
  {
    subnet: cidr('Its subnet. Left out: a /24 of the address pool.', '10.20.0.0/24'),
    attachable: { type: 'boolean', default: false, description: 'Whether containers of the lab may be on it, too, and not only tasks of services.', examples: [true] },
    encrypted: { type: 'boolean', default: false, description: 'Whether packets between nodes are encrypted, by IPsec.', examples: [true] },
    mtu: { type: 'integer', minimum: 576, maximum: 9216, description: 'The MTU between the nodes, in bytes; its interfaces have 50 bytes less, for VXLAN. Left out: that of the network between them.', examples: [1400] },
  },
  { type: ['object', 'null'], title: 'Overlay network', description: 'A network over all nodes of the swarm.' },
);

const service = (): JsonSchema => object(
  {
    image: { type: 'string', pattern: IMAGE_PATTERN, form: 'an image name', maxLength: 255, default: 'toolbox', description: 'What its tasks are made from: toolbox, one of images, or a name that every node pulls.', examples: ['nginx:alpine'] },
    command: { type: ['array', 'string'], description: 'What each task runs: a list of words, or one line for sh -c. Left out: the image\'s own.', examples: [['httpd', '-f', '-p', '80']], items: text('A word.', 'httpd', { maxLength: 4000 }), maxLength: 4000, pattern: '^[^\\u0000]*$', form: 'a text without a NUL' },
    replicas: { type: 'integer', minimum: 0, maximum: 1000, default: 1, description: 'How many tasks there are of it.', examples: [5] },
    publish: { type: 'array', description: 'Ports every node of the swarm answers on: PUBLISHED:TARGET/PROTOCOL.', examples: [['80:80']], items: { type: 'string', pattern: PUBLISH_PATTERN, form: 'PUBLISHED:TARGET[/tcp|/udp]', description: 'A published port.', examples: ['80:80'] }, maxItems: 50 },
    networks: { type: 'array', description: 'Overlay networks of this swarm its tasks are on.', examples: [['nginxnet']], items: name('A network of the swarm.', 'nginxnet'), maxItems: 20 },
    env: environment(),
    constraints: { type: 'array', description: 'Where its tasks may run.', examples: [['node.role==worker']], items: { type: 'string', pattern: CONSTRAINT_PATTERN, form: 'a comparison such as node.role==worker', maxLength: 200, description: 'A comparison.', examples: ['node.role==worker'] }, maxItems: 20 },
    endpoint: choice('Where its name leads to.', { vip: 'One address, behind which the kernel spreads connections over the tasks.', dnsrr: 'The address of each task.' }, { default: 'vip', examples: ['dnsrr'] }),
  },
  { type: ['object', 'null'], title: 'Swarm service', description: 'So many tasks of one kind, kept running.' },
);

export const swarmSchema = (): JsonSchema => object(
  {
    managers: members('Nodes that rule the swarm, an odd number of them; the first one makes it.', 'manager', { minItems: 1 }),
    workers: members('Nodes that only run tasks.', 'worker'),
    drained: members('Of these, the ones that get no tasks; those they have move to others.', 'worker-2'),
    addressPool: cidr('What overlay networks without a subnet get a /24 of; Docker\'s own "ingress" is one. Left out: one that meets no network of the lab.', '10.20.0.0/16'),
    networks: mapOf(containerName('An overlay network.', 'nginxnet'), network(), { title: 'Overlay networks', description: 'Networks over all nodes of the swarm, by name.', examples: [{ nginxnet: { attachable: true } }] }),
    services: mapOf(containerName('A service.', 'web'), service(), { title: 'Services of the swarm', description: 'What the swarm keeps running, by name.', examples: [{ web: { image: 'toolbox', replicas: 2, publish: ['80:80'] } }] }),
  },
  { type: ['object', 'null'], title: 'Swarm', required: ['managers'], description: 'Docker nodes that are one swarm, its overlay networks and its services. A stage without it takes the nodes out again.', examples: [{ managers: ['manager'], workers: ['worker'] }] },
);
