/** Memory of a lab's nodes against that of the machine they are to run on. */
import type { Node } from './lab.js';
import type { Path } from './problem.js';

/** The machine itself needs some, too. */
const SHARE = 0.9;

export interface Shortage {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** `host` in MiB, 0 where it is not known. Undefined where the nodes fit, or nobody knows. */
export function memoryShortage(nodes: readonly Pick<Node, 'group' | 'memory'>[], host: number): Shortage | undefined {
  const groups = new Map<string, { count: number; readonly memory: number }>();
  for (const { group, memory } of nodes) {
    const known = groups.get(group);
    if (known) known.count++;
    else groups.set(group, { count: 1, memory });
  }
  const parts = [...groups].map(([group, { count, memory }]) => ({ group, count, memory, sum: count * memory })).sort((a, b) => b.sum - a.sum);
  const sum = parts.reduce((total, part) => total + part.sum, 0);
  const [most] = parts;
  if (host <= 0 || most === undefined || sum <= host * SHARE) return undefined;
  const shown = parts.slice(0, 6).map(({ group, count, memory }) => (count === 1 ? `${group} ${memory}` : `${group} ${count} × ${memory}`));
  return {
    path: ['nodes', most.group, 'memory'],
    message: `the nodes want ${sum} MiB together, and the machine has ${Math.round(host)} MiB`,
    hint: `They are: ${shown.join(', ')}${parts.length > shown.length ? ', …' : ''}. Give them less ("memory:", or --set nodes.${most.group}.memory=512), fewer of them, or a larger machine.`,
  };
}
