/** Whether the kernels of running nodes filter what crosses their bridges: a node that is a container has its host's br_netfilter, built in or not. */
import type { Connections } from '../model/connections.js';
import type { World } from '../model/world.js';

const LOOK = 'cd /proc/sys/net/bridge 2>/dev/null && cat bridge-nf-call-iptables bridge-nf-call-ip6tables || echo 0 0';

/** The world with what each node's own namespace says; whoever does not answer is left as predicted. Throws NodeUnreachable. */
export async function withBridgeFilters(world: World, nodes: readonly string[], connections: Connections): Promise<World> {
  const found = new Map(await Promise.all(nodes.map(async (node) => {
    const { stdout } = await connections.run(node, ['sh', '-c', LOOK]);
    return [node, /^([01])\s+([01])\s*$/.exec(stdout)] as const;
  })));
  return { ...world, spaces: world.spaces.map((space) => {
    const said = found.get(space.name);
    return said ? { ...space, filtersBridges: { 4: said[1] === '1', 6: said[2] === '1' } } : space;
  }) };
}
