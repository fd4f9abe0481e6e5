/** Which labs are drawn. */
import type { Lab } from '../model/lab.js';

/** Above so many nodes, or so many shapes in all, a picture is a blot. */
const NODE_LIMIT = 50;
const SHAPE_LIMIT = 200;

export function isDrawn({ nodes, containers, links, dockerNetworks }: Lab): boolean {
  const bridges = links.filter((link) => link.type === 'bridge' || link.type === 'openvswitch');
  return nodes.length <= NODE_LIMIT && nodes.length + bridges.length + containers.length + dockerNetworks.length <= SHAPE_LIMIT;
}
