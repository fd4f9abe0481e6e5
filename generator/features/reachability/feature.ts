/** Who reaches whom: ping, tcp, udp, http, mtu and source. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
import type { Feature } from '../feature.js';
import { http } from './http.js';
import { mtu } from './mtu.js';
import { ping } from './ping.js';
import { source } from './source.js';
import { tcp } from './tcp.js';
import { udp } from './udp.js';

export const feature: Feature = {
  name: 'reachability',
  checkKinds: [ping, tcp, udp, http, mtu, source],
  checks: networkChecks,
};

/** A network whose MTU the lab gives passes packets of that size, from each node on it to the next. */
function networkChecks({ networks, nodes }: Lab): readonly CheckRequest[] {
  return networks.flatMap(({ name, mtu }) => {
    if (mtu === undefined) return [];
    const members = nodes.filter((node) => node.attachments.some((each) => each.network === name));
    return members.slice(1).map((node, index): CheckRequest => {
      const to = node.attachments.find((each) => each.network === name)?.address ?? node.name;
      return { kind: 'mtu', subject: { from: members[index]?.name ?? '', to, bytes: mtu }, why: `The lab gives the network ${name} an MTU of ${mtu}, and all that is built on it counts from there.` };
    });
  });
}
