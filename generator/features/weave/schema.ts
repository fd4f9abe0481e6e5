/** The `weave:` block. */
import type { JsonSchema } from '../../model/schema.js';
import { choice, cidr, containerName, mapOf, name, object } from '../../schema/patterns.js';
import { DEFAULTS } from './settings.js';

export const weaveSchema = (): JsonSchema => object(
  {
    nodes: { type: 'array', items: name('A node, or a group.', 'host'), minItems: 1, description: 'Nodes with a router. Left out: every node with Docker.', examples: [['host']] },
    version: { type: 'string', pattern: '^2\\.[0-9]+\\.[0-9]+$', form: 'a version such as 2.8.1', default: DEFAULTS.version, description: 'Tag of the images. Up to 2.8.1 they are those of weaveworks, later ones those of its fork ReWeave.', examples: ['2.9.0'] },
    script: { ...containerName("The artifact that is weave's script.", 'weave-script'), default: DEFAULTS.script },
    images: containerName('An artifact that "docker save" made of the images weave, weaveexec and weavedb. Left out: they are pulled.', 'weave-images'),
    range: { ...cidr('Where containers get their addresses from.', '10.40.0.0/16'), default: DEFAULTS.range },
    iptables: choice("Which iptables node and routers use. Left out: what the version's images have.", { legacy: 'The old interface of the kernel; the node is switched to it.', nft: 'nftables, as distributions have it now.' }, { examples: ['legacy'] }),
    fastDatapath: { type: 'boolean', default: true, description: "Whether packets stay in the kernel (openvswitch, vxlan); else they pass weave's own process.", examples: [false] },
    password: { type: 'string', writeOnly: true, minLength: 8, maxLength: 200, pattern: '^[!-~]+$', form: '8 or more printable characters without blanks', description: 'Encrypts what routers say and carry. It stays out of logs and command lines; in the lab file it can be read.', examples: ['correct-horse-battery'] },
    peer: { type: 'boolean', default: true, description: 'Whether the routers know each other.', examples: [false] },
    attach: mapOf(containerName('A container, or a group.', 'web'), name('Its name in weave.local.', 'lb'), { title: 'Containers on the weave network', description: 'Containers (or groups) on the weave network, and the name of each in weave.local; one name may stand for several.', examples: [{ web: 'lb' }] }),
  },
  { title: 'Weave', description: 'A weave router on each node: one network and one name service for containers of all nodes.', examples: [{ nodes: ['host'], attach: { web: 'lb' } }] },
);
