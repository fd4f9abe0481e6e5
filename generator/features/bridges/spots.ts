/** A spot: a bridge on one node, with what it has there. */
import { bridgeAddress } from '../../model/container-networks.js';
import { addressPart } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import { parseAddress } from '../../model/ipv4.js';
import type { Node } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';

export type BridgeKind = 'linux' | 'ovs';

export interface Spot {
  readonly bridge: string;
  readonly kind: BridgeKind;
  readonly node: Node;
  /** CIDR; undefined where the node has no address on it. */
  readonly address: string | undefined;
  readonly ports: readonly string[];
  /** Keys below the bridge that say what it has on this node: none, or `nodes` and a name. */
  readonly said: readonly string[];
  readonly value: Tree;
}

export function bridgeSources(source: Tree): readonly { readonly name: string; readonly value: Tree }[] {
  const block = isTree(source['bridges']) ? source['bridges'] : {};
  return Object.entries(block).map(([name, value]) => ({ name, value: isTree(value) ? value : {} }));
}

/** The nodes a bridge is on as written, each with the keys below the bridge that name it; undefined where nothing does. */
export function writtenNodes(ground: Ground, value: Tree): readonly { readonly name: string; readonly said: readonly string[] }[] | undefined {
  if (isTree(value['nodes'])) return Object.keys(value['nodes']).map((name) => ({ name, said: ['nodes', name] }));
  if (typeof value['node'] === 'string') return [{ name: value['node'], said: [] }];
  const hosts = ground.nodes.filter((node) => node.docker);
  return hosts.length === 1 ? hosts.map(({ name }) => ({ name, said: [] })) : undefined;
}

/** Every bridge on every node. Names that lead nowhere are the rules' business. */
export function spotsOf(ground: Ground): readonly Spot[] {
  return bridgeSources(ground.source).flatMap(({ name, value }) =>
    (writtenNodes(ground, value) ?? []).flatMap((written) =>
      (ground.members(written.name) ?? []).map((node): Spot => {
        const own = isTree(value['nodes']) ? value['nodes'][written.name] : undefined;
        const ports = (isTree(own) ? own['ports'] : undefined) ?? value['ports'];
        return { bridge: name, kind: value['kind'] === 'ovs' ? 'ovs' : 'linux', node, address: bridgeAddress(ground, node.name, name), ports: Array.isArray(ports) ? ports.map(String) : [], said: written.said, value };
      }),
    ),
  );
}

/** A MAC made of an address, so that it is the same after every restart and no neighbour remembers a wrong one. */
export function macOf(address: string): string {
  const value = parseAddress(addressPart(address)) ?? 0;
  const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  return ['02', '42', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
