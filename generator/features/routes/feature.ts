/** routes: static routes of nodes. */
import type { CheckRequest } from '../../model/check.js';
import { canonical, firstHost, networkOf } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Route } from '../../model/lab.js';
import type { Tree } from '../../model/merge.js';
import { anyAddress, interfaceName, name, object, reference, text } from '../../schema/patterns.js';
import type { Feature } from '../feature.js';
import { route } from './checks.js';
import { routesLead, waysExist } from './rules.js';
import { DEFAULT6, nextHop, routeSources, targetOf } from './sources.js';

export const feature: Feature = {
  name: 'routes',
  after: ['tunnels'],
  blocks: {
    routes: () => ({
      type: 'array',
      title: 'Routes',
      description: 'Static routes of nodes, there again after a reboot.',
      examples: [[{ node: 'outside', to: '172.17.0.0/16', via: 'net-1' }]],
      items: object(
        {
          node: name('The node, or a group.'),
          to: { type: 'string', pattern: '^(default|[0-9.]+(/[0-9]{1,2})?|[0-9a-fA-F]*:[0-9a-fA-F:]+(/[0-9]{1,3})?)$', form: 'a network in CIDR form, an address, or default', description: 'Where it leads: a network, an address, or default; "::/0" is the default of IPv6.', examples: ['172.17.0.0/16'] },
          via: reference('The next hop: a node or an address.', 'net-1', '192.168.56.1'),
          dev: interfaceName('The interface packets leave by. Left out: the one the next hop is behind.'),
          source: anyAddress('The address the node itself uses on this route.'),
          why: text('What it is for.', 'The way back to the containers.'),
        },
        { required: ['node', 'to'], title: 'Static route', description: 'Where packets of a node go that are for some network.' },
      ),
    }),
  },
  rules: [routesLead, waysExist],
  checkKinds: [route],
  resolve: (ground) => ({ routes: inOrder(routeSources(ground.source).flatMap((source) => makeRoutes(ground, source))) }),
  checks: (lab) =>
    lab.routes
      .filter((each) => each.to !== 'default' && each.to !== DEFAULT6)
      .map((each): CheckRequest => ({
        kind: 'route',
        subject: { node: each.node, to: probeAddress(each.to), dev: each.dev, via: each.via },
        why: `${each.node} sends ${each.to} ${each.dev === undefined ? '' : `into ${each.dev}`}${each.via === undefined ? '' : `to ${each.via}`}.`.replace(' .', '.'),
      })),
};

/** An address inside a network whose route can be asked for. */
function probeAddress(cidr: string): string {
  return firstHost(cidr) ?? cidr;
}

/** The kernel takes a next hop only where it has a route to it: whatever order a lab says them in, those without one come first. */
function inOrder(routes: readonly Route[]): readonly Route[] {
  return [...routes.filter(({ via }) => via === undefined), ...routes.filter(({ via }) => via !== undefined)];
}

function makeRoutes(ground: Ground, source: Tree): Route[] {
  const { text, family } = targetOf(source);
  const to = text === 'default' ? text : networkOf(text)?.network;
  if (to === undefined) return [];
  return (ground.members(String(source['node'])) ?? []).map((node) => ({
    node: node.name,
    to,
    via: nextHop(ground, node.name, source['via'], family),
    dev: typeof source['dev'] === 'string' ? source['dev'] : undefined,
    source: typeof source['source'] === 'string' ? canonical(source['source']) : undefined,
    why: 'a route of the lab',
  }));
}
