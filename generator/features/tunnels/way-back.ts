/** Routes of the lab that lead into a tunnel: who answers needs a way back. */
import { givenContainerNetwork } from '../../model/container-networks.js';
import { contains, parseCidr } from '../../model/ipv4.js';
import type { Node } from '../../model/lab.js';
import { isTree, listOf, type Tree } from '../../model/merge.js';
import type { RuleContext } from '../feature.js';
import { interfaceTo, pairsOf, resolveEnds, tunnelSources, type End } from './ends.js';

interface Way {
  readonly peer: End;
  /** The far end's interface towards this one. */
  readonly back: string;
}

/** Where no one hides containers behind their node, the far end has to know their network. Carried ones are routed at both ends. */
export function containersGetAnswers(context: RuleContext): void {
  const routes = listOf(context.source['routes']).filter(isTree);
  if (routes.length === 0) return;
  const ways = waysOf(context);
  routes.forEach((route, index) => {
    const path = ['routes', index];
    if (!context.isSound(path)) return;
    for (const node of context.ground.members(String(route['node'])) ?? []) {
      const way = ways.get(`${node.name} ${String(route['dev'] ?? route['via'])}`);
      const network = way && isSeen(context, node) ? givenContainerNetwork(context.ground, node.name)?.subnet : undefined;
      if (!way || network === undefined || knows(context, routes, way.peer.node, network)) continue;
      context.warning('LG181', path, `"${way.peer.node.name}" has no route back to ${network}, the containers of "${node.name}"`, `Add { node: ${way.peer.node.name}, to: ${network}, dev: ${way.back} }, or let the tunnel say "carries: docker".`);
    }
  });
}

/** By `NODE INTERFACE` and `NODE ADDRESS-OF-THE-FAR-END`. */
function waysOf(context: RuleContext): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  tunnelSources(context.source).forEach((tunnel, index) => {
    if (tunnel.value['carries'] === 'docker' || !context.isSound(['tunnels', tunnel.name])) return;
    const ends = resolveEnds(context.ground, tunnel, index);
    for (const [end, peer] of pairsOf(ends)) {
      const way = { peer, back: interfaceTo(peer, end, ends, index) };
      for (const name of [interfaceTo(end, peer, ends, index), peer.inner]) ways.set(`${end.node.name} ${name}`, way);
    }
  });
  return ways;
}

/** Whether containers of a node are seen by their own addresses: dockerd hides none, and no rule of the lab does. */
function isSeen(context: RuleContext, node: Node): boolean {
  const docker = context.ground.nodeSource(node.name)['docker'];
  if (!isTree(docker) || (docker['ipMasq'] !== false && docker['iptables'] !== false)) return false;
  return !listOf(context.source['firewall']).filter(isTree).some((rule) => ['masquerade', 'snat'].includes(String(rule['action'])) && (context.ground.members(String(rule['node'])) ?? []).includes(node));
}

function knows(context: RuleContext, routes: readonly Tree[], node: Node, network: string): boolean {
  const wanted = parseCidr(network)?.subnet;
  return routes.some((route) => {
    if (!(context.ground.members(String(route['node'])) ?? []).includes(node)) return false;
    const subnet = parseCidr(String(route['to']))?.subnet;
    return route['to'] === 'default' || (wanted !== undefined && subnet !== undefined && contains(subnet, wanted.base) && subnet.prefix <= wanted.prefix);
  });
}
