/** Nodes that take part in something over several nodes, and the network of the lab it runs over. */
import type { Ground } from '../model/ground.js';
import type { Attachment, Node } from '../model/lab.js';

/** Nodes and groups by name, in the lab's order; every node with Docker where none are named. Names that are none are the rules' business. */
export function chosenNodes(ground: Ground, names: readonly string[] | undefined): readonly Node[] {
  const named = names?.flatMap((name) => ground.members(name) ?? []);
  return ground.nodes.filter((node) => (named ? named.includes(node) : node.docker));
}

/** The first network of the lab that all of these nodes are on; undefined where there is none. */
export function sharedNetwork(ground: Ground, nodes: readonly Node[]): string | undefined {
  return ground.networks.find((network) => nodes.every((node) => attachmentTo(node, network.name) !== undefined))?.name;
}

export function attachmentTo(node: Node, network: string | undefined): Attachment | undefined {
  return node.attachments.find((each) => each.network === network);
}
