/** dockerd's packet filter rules for IPv6: on by themselves since Docker 27, before that only on request, and experimental. */
import type { Tree } from '../../model/merge.js';

/** What is to be asked for so that every version does the same; `has`: whether this dockerd has networks with IPv6. */
export function filter6(settings: Tree, has: boolean): { readonly ip6tables?: boolean; readonly experimental?: boolean } {
  const rules = settings['ip6tables'] ?? (has ? settings['iptables'] !== false : undefined);
  return { ...(has && { ip6tables: rules === true }), ...(rules === true && { experimental: true }) };
}
