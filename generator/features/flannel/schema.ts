/** The `flannel:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { cidr, containerName, name, object } from '../../schema/patterns.js';
import { DEFAULTS } from './settings.js';

export const flannelSchema = (): JsonSchema => object(
  {
    etcd: name('The node etcd runs on, from the distribution; it keeps the network and who leases which part of it.'),
    network: { ...cidr('The network of all containers on all nodes.'), default: DEFAULTS.network, examples: ['10.100.0.0/16'] },
    subnetLength: { type: 'integer', minimum: 9, maximum: 30, default: DEFAULTS.subnetLength, description: 'Prefix length of the part each node leases.', examples: [24] },
    backend: { type: 'string', enum: ['vxlan', 'udp', 'host-gw'], default: DEFAULTS.backend, description: 'How packets get from node to node: vxlan (MTU 1450), udp (through flanneld itself, 1472), host-gw (routes only, 1500).', examples: ['host-gw'] },
    nodes: { type: 'array', items: name('A node, or a group.'), description: 'Nodes that take part. Left out: every node with Docker. An empty list takes flannel away again, for a stage before it.', examples: [['master', 'worker']] },
    forward: { type: 'boolean', default: true, description: "Whether what arrives from other nodes' containers is let through.", examples: [false] },
    artifact: { ...containerName, default: DEFAULTS.artifact, description: 'The artifact that is the flanneld program.' },
  },
  { required: ['etcd'], title: 'flannel', description: 'An overlay network: each node leases a subnet of one network and gives it to dockerd as it starts.', examples: [{ etcd: 'master', network: '10.100.0.0/16', backend: 'vxlan' }] },
);
