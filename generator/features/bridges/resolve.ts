/** Bridges as values: links, what lets frames through, what Open vSwitch needs, docker0 where it is of no use any more. */
import { ownBridge } from '../../model/container-networks.js';
import type { Ground } from '../../model/ground.js';
import type { HandoutPart, KernelModule, Link, Package, Removal } from '../../model/lab.js';
import type { Rule } from '../../model/rule.js';
import type { Contributions } from '../feature.js';
import { carriedMtus, pluggedIn } from '../tunnels/mtu.js';
import { macOf, spotsOf, type Spot } from './spots.js';

export function resolveBridges(ground: Ground): Contributions {
  const spots = spotsOf(ground);
  const switches = spots.filter((spot) => spot.kind === 'ovs');
  const nodes = [...new Set(switches.map((spot) => spot.node.name))];
  const carried = spots.length === 0 ? undefined : carriedMtus(ground);
  const plugged = spots.length === 0 ? [] : pluggedIn(ground);
  const room = (spot: Spot): number | undefined => {
    const mtus = [
      ...plugged.filter(({ node, bridge }) => node === spot.node.name && bridge === spot.bridge).map(({ mtu }) => mtu),
      // What a tunnel carries of dockerd's bridge is on the bridge, too: a wider one would take in packets nobody there can have.
      ...(ownBridge(ground, spot.node.name) === spot.bridge ? [carried?.get(spot.node.name)] : []),
    ].filter((mtu) => mtu !== undefined);
    return mtus.length === 0 ? undefined : Math.min(...mtus);
  };
  return {
    links: spots.map((spot) => linkOf(spot, room(spot))),
    rules: spots.flatMap((spot) => crossing(ground, spot)),
    modules: nodes.map((node): KernelModule => ({ node, name: 'openvswitch', why: 'Open vSwitch passes packets on in the kernel' })),
    packages: nodes.map((node): Package => ({ node, name: 'openvswitch-switch' })),
    removals: ground.nodes.flatMap((node): Removal[] => {
      const own = node.docker ? ownBridge(ground, node.name) : undefined;
      return own === undefined ? [] : [{ node: node.name, name: 'docker0', why: `dockerd uses ${own}, and leaves its old bridge behind` }];
    }),
    handout: spots.length === 0 ? [] : handout(ground, spots),
  };
}

function linkOf(spot: Spot, room: number | undefined): Link {
  const { mtu = room, stp } = spot.value;
  const common = { node: spot.node.name, name: spot.bridge, addresses: spot.address === undefined ? [] : [spot.address], ports: spot.ports, peer: undefined };
  // Left alone, a bridge takes the MAC of some port, and another one when that port goes: neighbours would lose it.
  const mac = spot.address === undefined ? undefined : macOf(spot.address);
  if (spot.kind === 'linux') {
    return { ...common, type: 'bridge', options: stp === true ? ['stp_state', '1'] : [], mtu: typeof mtu === 'number' ? mtu : undefined, ...(mac !== undefined && { mac }), why: `the bridge ${spot.bridge}` };
  }
  const settings = [...(stp === true ? ['stp_enable=true'] : []), ...(mac === undefined ? [] : [`other-config:hwaddr="${mac}"`])];
  // Open vSwitch sets the MTU itself, to that of the narrowest port, unless it is asked for one.
  const request = typeof mtu === 'number' ? ['--', 'set', 'interface', spot.bridge, `mtu_request=${mtu}`] : [];
  return { ...common, type: 'openvswitch', options: [...(settings.length === 0 ? [] : ['--', 'set', 'bridge', spot.bridge, ...settings]), ...request], mtu: typeof mtu === 'number' ? mtu : undefined, why: `the Open vSwitch bridge ${spot.bridge}` };
}

/** With br_netfilter loaded, frames inside a Linux bridge pass FORWARD, where Docker's policy is to drop. Docker sees to its own bridge. */
function crossing(ground: Ground, spot: Spot): Rule[] {
  const node = spot.node.name;
  if (spot.kind !== 'linux' || !spot.node.docker || spot.value['forward'] === false || ownBridge(ground, node) === spot.bridge) return [];
  return [{ node, table: 'filter', hook: 'forward', match: { in: spot.bridge, out: spot.bridge }, action: { kind: 'accept' }, condition: undefined, why: `let through what stays inside ${spot.bridge}; with br_netfilter it passes FORWARD` }];
}

function handout(ground: Ground, spots: readonly Spot[]): HandoutPart[] {
  const names = (kind: string): string => [...new Set(spots.filter((spot) => spot.kind === kind).map((spot) => `\`${spot.bridge}\``))].join(', ');
  const [linux, ovs] = [names('linux'), names('ovs')];
  const own = [...new Set(spots.filter((spot) => ownBridge(ground, spot.node.name) === spot.bridge).map((spot) => spot.bridge))];
  return [{
    title: 'Bridges',
    lines: [
      ...(linux === '' ? [] : [
        `Linux bridges: ${linux}. Look at one: \`ip -d link show type bridge\`, \`bridge link\`, \`bridge fdb show br NAME\`. Old recipes use \`brctl\`, which \`ip\` and \`bridge\` have replaced.`,
        'Where Docker runs, the module br_netfilter sends what merely crosses a bridge through the FORWARD chain, and Docker\'s policy there is to drop. That is why two machines on one bridge may not reach each other; one accepting rule, `-i NAME -o NAME`, opens it. Docker 27.5 and later loads the module only where it needs it.',
      ]),
      ...(ovs === '' ? [] : [`Open vSwitch bridges: ${ovs}. Look at one: \`sudo ovs-vsctl show\`, \`sudo ovs-vsctl list-ports NAME\`, \`sudo ovs-appctl fdb/show NAME\`. Frames inside it never pass iptables.`]),
      ...own.map((name) => `dockerd runs with \`--bridge=${name}\`. The bridge and its address have to be there before dockerd starts, or it refuses; labgen-network.service sees to that at boot. dockerd never deletes a docker0 it made earlier: labgen-network.sh takes it away once nothing is attached to it.`),
    ],
  }];
}
