/** weave as one wire between its bridges. Its routers wrap frames in user space or in Open vSwitch; how they get through is not simulated. */
import { formatAddress, parseCidr } from '../../model/ipv4.js';
import type { Lab, WeaveRouter } from '../../model/lab.js';
import type { WorldDraft } from '../../model/world-draft.js';
import { worldRule } from '../../model/world-rule.js';

const BRIDGE = 'weave';
/** weave's own choice, which fits into 1500 bytes with its encryption. */
const USUAL_MTU = 1376;

export function weaveWorld(lab: Lab, draft: WorldDraft): void {
  let number = 0;
  for (const router of lab.weaveRouters) {
    const node = draft.space(router.node);
    const mtu = router.mtu ?? USUAL_MTU;
    // Routers without peers are each alone.
    const wire = router.peers.length === 0 ? `weave ${router.node}` : 'weave';
    node.interfaces.push({ name: BRIDGE, kind: 'bridge', mtu, addresses: [] }, { name: 'vethwe-bridge', kind: 'ethernet', mtu, addresses: [], master: BRIDGE, wire });
    node.chain(4, 'filter', 'FORWARD').rules.unshift(worldRule({ in: { is: BRIDGE }, out: { is: BRIDGE } }, { kind: 'accept' }, 'weave'));
    for (const { container } of router.attached) attach(draft, router, container, mtu, ++number);
  }
  if (lab.weaveRouters.length > 0) draft.gaps.push('what weave wraps frames in, and whether those packets get through, is not simulated; its addresses are chosen when the lab runs');
}

function attach(draft: WorldDraft, router: WeaveRouter, container: string, mtu: number, number: number): void {
  const endpoint = draft.endpoint(container);
  const range = parseCidr(router.range)?.subnet;
  if (!endpoint || !range) return;
  const address = draft.seen(endpoint.space, 'ethwe', 4)?.split('/')[0] ?? formatAddress(range.base + number);
  const wire = `weave cable ${container}`;
  draft.space(endpoint.space).interfaces.push({ name: 'ethwe', kind: 'ethernet', mtu, addresses: [`${address}/${range.prefix}`], wire });
  draft.space(router.node).interfaces.push({ name: `vethwe-${container}`, kind: 'ethernet', mtu, addresses: [], master: BRIDGE, wire });
  draft.endpoints[draft.endpoints.indexOf(endpoint)] = { ...endpoint, addresses: [...endpoint.addresses, { address, on: router.peers.length === 0 ? `weave ${router.node}` : 'weave', presumed: true }] };
}
