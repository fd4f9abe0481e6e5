/** The features in the order they resolve, found out when labgen is built. A missing, doubled or incomplete one stops the build. */
import type { Feature } from './feature.js';

/** Sorted so that each comes after those it reads; by name among equals, so that output never depends on the file system. */
export function orderFeatures(found: readonly Feature[]): readonly Feature[] {
  if (found.length === 0) throw new Error('no feature was found: labgen was built wrong');
  const byName = new Map<string, Feature>();
  const owners = new Map<string, string>();
  for (const feature of [...found].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!/^[a-z][a-z-]*$/.test(feature.name ?? '')) throw new Error(`a feature without a proper name: ${String(feature.name)}`);
    if (byName.has(feature.name)) throw new Error(`two features are called ${feature.name}`);
    byName.set(feature.name, feature);
    const owned = [...Object.keys(feature.blocks ?? {}), ...Object.keys(feature.nodeKeys ?? {}).map((key) => `nodes.*.${key}`), ...(feature.checkKinds ?? []).map((kind) => `checks.${kind.name}`)];
    if (owned.length === 0 && !feature.resolve && !feature.rules) throw new Error(`the feature ${feature.name} has neither a block nor a check kind nor a rule nor anything to resolve`);
    for (const key of owned) {
      const other = owners.get(key);
      if (other !== undefined) throw new Error(`${key} belongs to both ${other} and ${feature.name}`);
      owners.set(key, feature.name);
    }
  }
  const ordered: Feature[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (feature: Feature): void => {
    if (state.get(feature.name) === 'done') return;
    if (state.get(feature.name) === 'open') throw new Error(`features wait for each other in a circle at ${feature.name}`);
    state.set(feature.name, 'open');
    for (const name of feature.after ?? []) {
      const other = byName.get(name);
      if (!other) throw new Error(`the feature ${feature.name} comes after ${name}, which does not exist`);
      visit(other);
    }
    state.set(feature.name, 'done');
    ordered.push(feature);
  };
  for (const feature of byName.values()) visit(feature);
  return ordered;
}
