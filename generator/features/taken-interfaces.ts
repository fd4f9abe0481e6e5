/** Interfaces of nodes that are there without the lab naming them. */
import type { Node } from '../model/lab.js';
import type { Ground } from './feature.js';
import { settingsOf as flannelOf, membersOf as flannelMembers } from './flannel/settings.js';
import { membersOf as swarmMembers, swarmSource } from './swarm/sources.js';
import { membersOf as weaveMembers, settingsOf as weaveOf } from './weave/settings.js';

/** `all` and `default` are none, but sysctl takes them for what holds for every interface. */
const SYSTEM = ['lo', 'all', 'default', 'gre0', 'gretap0', 'erspan0', 'ip6gre0', 'ip6gretap0', 'tunl0', 'sit0', 'ip6tnl0', 'ovs-system'];

/** Names taken on a node, each with whose it is. Made once for a lab: each part looks up who is in it. */
export function takenInterfaces(ground: Ground): (node: Node) => ReadonlyMap<string, string> {
  const parts = [
    { nodes: membersOf(ground, swarmSource(ground.source), swarmMembers), names: ['docker_gwbridge'], whose: "Docker's swarm" },
    { nodes: membersOf(ground, weaveOf(ground.source), weaveMembers), names: ['weave', 'datapath', 'vethwe-bridge', 'vethwe-datapath'], whose: 'weave' },
    { nodes: membersOf(ground, flannelOf(ground.source), flannelMembers), names: ['flannel0'], whose: 'flannel' },
  ];
  return (node) => {
    const taken = new Map(SYSTEM.map((name) => [name, 'the system']));
    // eth0 is Vagrant's way in; the networks of the lab come after it.
    for (let index = 0; index <= Math.max(1, node.attachments.length); index++) taken.set(`eth${index}`, 'the system');
    if (node.docker) taken.set('docker0', 'Docker');
    for (const { nodes, names, whose } of parts) if (nodes.has(node)) for (const name of names) taken.set(name, whose);
    return taken;
  };
}

function membersOf<Block>(ground: Ground, block: Block | undefined, members: (ground: Ground, block: Block) => readonly Node[]): ReadonlySet<Node> {
  return new Set(block === undefined ? [] : members(ground, block));
}
