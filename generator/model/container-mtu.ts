/** The MTU of a node's containers, as far as the node itself decides it: its bridge, and the networks it is on. */
import { ownBridge } from './container-networks.js';
import type { Ground } from './ground.js';
import { isTree } from './merge.js';
import { ETHERNET_MTU } from './mtu.js';

/** The least MTU below Ethernet's among the networks of a node; undefined where all of them take 1500 bytes. */
export function narrowNetwork(ground: Ground, node: string): number | undefined {
  const narrow = ground.networks.filter(({ mtu = ETHERNET_MTU }) => mtu < ETHERNET_MTU);
  if (narrow.length === 0) return undefined;
  const { attachments = [] } = ground.node(node) ?? {};
  return least(narrow.filter(({ name }) => attachments.some((each) => each.network === name)).map(({ mtu }) => mtu));
}

/** The MTU the lab gives to a bridge of its own; undefined where it leaves that to labgen. */
export function bridgeMtu(ground: Ground, bridge: string | undefined): number | undefined {
  const block = isTree(ground.source['bridges']) && bridge !== undefined ? ground.source['bridges'][bridge] : undefined;
  const mtu = isTree(block) ? block['mtu'] : undefined;
  return typeof mtu === 'number' ? mtu : undefined;
}

/** What gets out of a node's default bridge; undefined: 1500 bytes. */
export function containerLimit(ground: Ground, node: string): number | undefined {
  return least([bridgeMtu(ground, ownBridge(ground, node)), narrowNetwork(ground, node)]);
}

/** What the lab says by `docker.mtu`; undefined where it leaves that to labgen. */
export function givenContainerMtu(ground: Ground, node: string): number | undefined {
  const docker = ground.nodeSource(node)['docker'];
  const mtu = isTree(docker) ? docker['mtu'] : undefined;
  return typeof mtu === 'number' ? mtu : undefined;
}

function least(mtus: readonly (number | undefined)[]): number | undefined {
  const given = mtus.filter((mtu) => mtu !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
