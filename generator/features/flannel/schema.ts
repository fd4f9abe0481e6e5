/** The `flannel:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, cidr, containerName, name, object } from '../../schema/patterns.js';
import { DEFAULTS } from './settings.js';

export const flannelSchema = (): JsonSchema => object(
  {
    etcd: name('The node etcd runs on, from the distribution; it keeps the network and who leases which part of it.', 'master'),
    network: { ...cidr('The network of all containers on all nodes.', '10.200.0.0/16'), default: DEFAULTS.network },
    subnetLength: { type: 'integer', minimum: 9, maximum: 30, default: DEFAULTS.subnetLength, description: 'Prefix length of the part each node leases.', examples: [25] },
    backend: choice('How packets get from node to node.', { vxlan: 'In VXLAN, by the kernel; MTU 1450.', udp: 'In UDP, through flanneld itself; MTU 1472.', 'host-gw': 'By routes only, so all nodes are on one network; MTU 1500.' }, { default: DEFAULTS.backend, examples: ['host-gw'] }),
    nodes: { type: 'array', items: name('A node, or a group.', 'worker'), description: 'Nodes that take part. Left out: every node with Docker. An empty list takes flannel away again, for a stage before it.', examples: [['master', 'worker']] },
    forward: { type: 'boolean', default: true, description: "Whether what arrives from other nodes' containers is let through.", examples: [false] },
    artifact: { ...containerName('The artifact that is the flanneld program.', 'flanneld-arm64'), default: DEFAULTS.artifact },
  },
  { required: ['etcd'], title: 'flannel', description: 'An overlay network: each node leases a subnet of one network and gives it to dockerd as it starts.', examples: [{ etcd: 'master', network: '10.100.0.0/16', backend: 'vxlan' }] },
);
