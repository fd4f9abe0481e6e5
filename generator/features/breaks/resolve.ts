/** The `breaks:` block as values. */
import type { Ground } from '../../model/ground.js';
import type { Break } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Contributions } from '../feature.js';

/** As written, by name. */
export function breakSources(source: Tree): readonly { readonly name: string; readonly written: Tree }[] {
  const block = source['breaks'];
  return Object.entries(isTree(block) ? block : {}).flatMap(([name, written]) => (isTree(written) ? [{ name, written }] : []));
}

export function resolveBreaks(ground: Ground): Contributions {
  return {
    breaks: breakSources(ground.source).map(({ name, written }): Break => {
      const text = (key: string): string => String(written[key] ?? '');
      const [where = '', what = '', how = ''] = (Array.isArray(written['hints']) ? (written['hints'] as unknown[]) : []).map(String);
      return { name, title: text('title'), about: text('about'), node: text('on'), run: text('run'), repair: text('repair'), hints: [where, what, how] };
    }),
  };
}
