/** The `routes:` block as written: whereto, and over which next hop. */
import { canonical, familyOf, hostPrefix, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Attachment } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';

export const DEFAULT6 = '::/0';

/** The network a route leads to; `default` is IPv4's, unless its next hop is an address of IPv6. */
export function targetOf(source: Tree): { readonly text: string; readonly family: Family } {
  const [to, via] = [String(source['to']), canonical(String(source['via'] ?? ''))];
  if (to === 'default') return via !== undefined && familyOf(via) === 6 ? { text: DEFAULT6, family: 6 } : { text: to, family: 4 };
  return { text: to.includes('/') ? to : `${to}/${hostPrefix(to)}`, family: familyOf(to) };
}

export function routeSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['routes']) ? (source['routes'] as unknown[]) : []).filter(isTree);
}

/** The next hop's address in a network it shares with the node. */
export function nextHop(ground: Ground, node: string, via: unknown, family: Family): string | undefined {
  if (typeof via !== 'string') return undefined;
  const hop = ground.node(via);
  if (!hop) return canonical(via);
  const has = (attachment: Attachment): string | undefined => (family === 4 ? attachment.address : attachment.address6);
  const shared = ground.node(node)?.attachments.find((each) => hop.attachments.some((other) => other.network === each.network && has(other) !== undefined));
  const at = hop.attachments.find((each) => each.network === shared?.network);
  return at && has(at);
}
