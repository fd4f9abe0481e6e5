/** links: `docker run --link`, what it needs and what it cannot do. */
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { containerSources, hostsOf } from './resolve.js';

interface Link {
  readonly from: string;
  readonly value: Tree;
  readonly alias: string;
  readonly to: string;
  readonly path: Path;
}

function linksOf(context: RuleContext): readonly Link[] {
  return containerSources(context.source).flatMap(({ name, value }) =>
    Object.entries(isTree(value['links']) ? value['links'] : {}).map(([alias, to]): Link => ({ from: name, value, alias, to: String(to), path: ['containers', name, 'links', alias] })),
  );
}

/** The one linked to is there, on the same nodes and the same network. */
export function linksHold(context: RuleContext): void {
  const all = containerSources(context.source);
  for (const { from, value, to, path } of linksOf(context)) {
    if (!context.isSound(path)) continue;
    const other = all.find((each) => each.name === to);
    const network = String(value['network'] ?? 'bridge');
    if (!other) {
      context.error('LG040', path, `there is no container "${to}"`, context.nearest(to, all.map((each) => each.name).filter((name) => name !== from), 'container'));
    } else if (/^(none|host|container:.*)$/.test(network)) {
      context.error('LG070', path, `links need a bridge, and "${from}" has "network: ${network}"`, 'Use the default bridge, or one of dockerNetworks.');
    } else if (context.isSound(['containers', to]) && context.isSound(['containers', from, 'node'])) {
      const hosts = new Set(hostsOf(context.ground, other.value).map((node) => node.name));
      const alone = hostsOf(context.ground, value).find((node) => !hosts.has(node.name));
      if (alone) context.error('LG070', path, `"${to}" does not run on ${alone.name}`, 'Links do not leave a node: put both on the same one.');
      else if (String(other.value['network'] ?? 'bridge') !== network) context.error('LG070', path, `"${to}" is on another network`, 'Put both on the same one.');
    }
  }
}

/** The one linked to has to run first, so a ring can never start. */
export function linksMakeNoRing(context: RuleContext): void {
  const links = linksOf(context);
  const told = new Set<string>();
  for (const link of links) {
    const ring = ringFrom(link, links);
    const key = ring && [...ring].sort().join(' ');
    if (!ring || key === undefined || told.has(key) || !context.isSound(link.path)) continue;
    told.add(key);
    context.error('LG070', link.path, ring.length === 1 ? `"${link.from}" is linked to itself` : `links go round in a ring: ${[...ring, link.from].join(' → ')}`, 'The one linked to has to run first. Take one link away, or use a network of dockerNetworks, where names need no links.');
  }
}

/** Names from the link's own container round to it again; undefined where the way ends. */
function ringFrom(link: Link, links: readonly Link[]): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (name === link.from) return path;
    if (seen.has(name)) return undefined;
    seen.add(name);
    for (const next of links) {
      const found = next.from === name ? walk(next.to, [...path, name]) : undefined;
      if (found) return found;
    }
    return undefined;
  };
  return walk(link.to, [link.from]);
}
