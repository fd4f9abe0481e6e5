/** Whether the kernels of running nodes filter what crosses their bridges: a node that is a container has its host's br_netfilter, built in or not. */
import type { Connections } from '../model/connections.js';
import type { Seen } from '../model/world-draft.js';

const LOOK = 'cd /proc/sys/net/bridge 2>/dev/null && cat bridge-nf-call-iptables bridge-nf-call-ip6tables || echo 0 0';

/** By node; whoever does not answer is left out. Throws NodeUnreachable. */
export async function bridgeFilters(nodes: readonly string[], connections: Connections): Promise<Seen['filters']> {
  const found = await Promise.all(nodes.map(async (node) => {
    const { stdout } = await connections.run(node, ['sh', '-c', LOOK]);
    const [, four, six] = /^([01])\s+([01])\s*$/.exec(stdout) ?? [];
    return four === undefined ? [] : [[node, { 4: four === '1', 6: six === '1' }] as const];
  }));
  return new Map(found.flat());
}
