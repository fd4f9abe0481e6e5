/** Names that stand for nodes: their own, and those of their groups. */
import type { Ground } from './feature.js';

export function nodeNames(ground: Ground): readonly string[] {
  return [...new Set(ground.nodes.flatMap((node) => [node.name, node.group]))];
}
