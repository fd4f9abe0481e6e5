/** Checks that can never hold, as far as the lab alone tells it for certain. */
import { addTo } from '../../model/lists-by-key.js';
import { isTree, listOf, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import { nameOn, containerSources, hostsOf } from '../containers/resolve.js';
import type { RuleContext } from '../feature.js';
import { listensOn } from './listening.js';

const KINDS = ['ping', 'tcp', 'udp', 'http', 'mtu', 'source'] as const;

interface Asked {
  readonly kind: (typeof KINDS)[number];
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Whatever is expected, something answers. */
  readonly works: boolean;
  readonly path: Path;
}

function eachAsked(context: RuleContext, visit: (asked: Asked) => void): void {
  listOf(context.source['checks']).forEach((check, index) => {
    for (const kind of KINDS) {
      const subject = isTree(check) ? check[kind] : undefined;
      const path: Path = ['checks', index, kind];
      if (!isTree(check) || !isTree(subject) || !context.isSound(['checks', index])) continue;
      const [from, to] = [String(subject['from']), String(subject['to'])];
      visit({ kind, from, to, port: Number(subject['port'] ?? 80), works: !saysSilence(check['expect']), path });
    }
  });
}

/** One of what is expected is that nobody answers. */
function saysSilence(expect: unknown): boolean {
  const items: readonly unknown[] = Array.isArray(expect) ? expect : [expect];
  return items.some((item) => ['unreachable', 'refused', 'timeout'].includes(String(item)));
}

/** Who asks or is asked needs an address; a shared network is the other's. */
export function askersHaveANetwork(context: RuleContext): void {
  const containers = byName(context);
  eachAsked(context, ({ from, to, works, path }) => {
    const [near, far] = [ownerOf(from, containers), ownerOf(to, containers)];
    if (near !== undefined && near === far) return;
    if (far !== undefined && isIsolated(far, context, containers)) context.error('LG183', [...path, 'to'], `"${to}" has no network, so nobody can ask it anything`, 'Give it a network, or plug it in by "pipework"; that it has none is told by { route: { container: …, to: default }, expect: unreachable }.');
    else if (works && near !== undefined && !/^127\./.test(to) && isIsolated(near, context, containers)) context.error('LG183', [...path, 'from'], `"${from}" has no network, so it reaches nobody`, 'Give it a network, or plug it in by "pipework"; or say "expect: unreachable".');
  });
}

/** Only of the toolbox is known what its commands do. */
export function somebodyListens(context: RuleContext): void {
  const containers = byName(context);
  const within = new Map<string, Tree[]>();
  for (const [name, value] of containers) addTo(within, ownerOf(name, containers) ?? name, value);
  // A rule of the lab may send what is asked for elsewhere.
  if (listOf(context.source['firewall']).some((rule) => isTree(rule) && rule['action'] === 'dnat')) return;
  eachAsked(context, ({ kind, to, port, works, path }) => {
    const owner = ownerOf(to, containers);
    if (!works || owner === undefined || (kind !== 'http' && kind !== 'tcp') || containers.get(owner)?.['network'] === 'host') return;
    const ports = (within.get(owner) ?? []).map(listensOn);
    const known = ports.flatMap((each) => each ?? []);
    if (ports.includes(undefined) || known.includes(port)) return;
    context.error('LG183', [...path, 'to'], `nothing in "${to}" listens on port ${port}`, known.length > 0 ? `Its command listens on ${[...new Set(known)].join(', ')}.` : 'Give it a command that does, such as [httpd, -f, -p, "80"]; that a port is closed is told by a check "tcp" with "expect: refused".');
  });
}

/** Containers as written, by their names and those of their groups. */
function byName(context: RuleContext): ReadonlyMap<string, Tree> {
  return new Map(containerSources(context.source).flatMap(({ name, value }) => [name, ...hostsOf(context.ground, value).map((node) => nameOn(name, value, node))].map((each) => [each, value] as const)));
}

/** The container whose network a container has: itself, or the one it shares with. Undefined for nodes, addresses, and what is not there. */
function ownerOf(name: string, containers: ReadonlyMap<string, Tree>, depth = 4): string | undefined {
  const value = containers.get(name);
  const shared = /^container:(.*)$/.exec(String(value?.['network']))?.[1];
  return shared === undefined ? (value ? name : undefined) : depth > 0 ? ownerOf(shared, containers, depth - 1) : undefined;
}

/** Nothing was plugged in by pipework or weave either. */
function isIsolated(name: string, { source }: RuleContext, containers: ReadonlyMap<string, Tree>): boolean {
  const value = containers.get(name);
  if (value?.['network'] !== 'none' || value['pipework'] !== undefined) return false;
  const attached = isTree(source['weave']) && isTree(source['weave']['attach']) ? Object.keys(source['weave']['attach']) : [];
  return !attached.some((each) => containers.get(each) === value);
}
