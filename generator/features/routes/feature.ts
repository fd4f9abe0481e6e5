/** routes: static routes of nodes. */
import type { CheckRequest } from '../../model/check.js';
import { formatAddress, formatSubnet, parseAddress, parseCidr } from '../../model/ipv4.js';
import type { Ground } from '../../model/ground.js';
import type { Route } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import { address, interfaceName, name, object, reference, text } from '../../schema/patterns.js';
import type { Feature, RuleContext } from '../feature.js';
import { route } from './checks.js';

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
          to: { type: 'string', pattern: '^(default|[0-9.]+(/[0-9]{1,2})?)$', form: 'a network in CIDR form, an address, or default', description: 'Where it leads: a network, an address, or default.', examples: ['172.17.0.0/16'] },
          via: reference('The next hop: a node or an address.', 'net-1', '192.168.56.1'),
          dev: interfaceName('The interface packets leave by. Left out: the one the next hop is behind.'),
          source: address('The address the node itself uses on this route.'),
          why: text('What it is for.', 'The way back to the containers.'),
        },
        { required: ['node', 'to'], title: 'Static route', description: 'Where packets of a node go that are for some network.' },
      ),
    }),
  },
  rules: [routesLead],
  checkKinds: [route],
  resolve: (ground) => ({ routes: routeSources(ground.source).flatMap((source) => makeRoutes(ground, source)) }),
  checks: (lab) =>
    lab.routes
      .filter((each) => each.to !== 'default')
      .map((each): CheckRequest => ({
        kind: 'route',
        subject: { node: each.node, to: probeAddress(each.to), dev: each.dev, via: each.via },
        why: `${each.node} sends ${each.to} ${each.dev === undefined ? '' : `into ${each.dev}`}${each.via === undefined ? '' : `to ${each.via}`}.`.replace(' .', '.'),
      })),
};

/** An address inside a network whose route can be asked for. */
function probeAddress(cidr: string): string {
  const parsed = parseCidr(cidr);
  return parsed ? formatAddress(parsed.subnet.base + (parsed.subnet.prefix < 31 ? 1 : 0)) : cidr;
}

function routeSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['routes']) ? (source['routes'] as unknown[]) : []).filter(isTree);
}

/** The next hop's address in a network it shares with the node. */
function nextHop(ground: Ground, node: string, via: unknown): string | undefined {
  if (typeof via !== 'string') return undefined;
  const hop = ground.node(via);
  if (!hop) return parseAddress(via) === undefined ? undefined : via;
  const shared = ground.node(node)?.attachments.find((each) => hop.attachments.some((other) => other.network === each.network));
  return hop.attachments.find((each) => each.network === shared?.network)?.address;
}

function makeRoutes(ground: Ground, source: Tree): Route[] {
  const to = String(source['to']);
  const parsed = to === 'default' ? undefined : parseCidr(to.includes('/') ? to : `${to}/32`);
  if (to !== 'default' && !parsed) return [];
  return (ground.members(String(source['node'])) ?? []).map((node) => ({
    node: node.name,
    to: parsed ? formatSubnet(parsed.subnet) : to,
    via: nextHop(ground, node.name, source['via']),
    dev: typeof source['dev'] === 'string' ? source['dev'] : undefined,
    source: typeof source['source'] === 'string' ? source['source'] : undefined,
    why: 'a route of the lab',
  }));
}

function routesLead(context: RuleContext): void {
  const names = context.ground.nodes.map((node) => node.name);
  routeSources(context.source).forEach((source, index) => {
    const path = ['routes', index];
    if (!context.isSound(path)) return;
    const node = String(source['node']);
    const members = context.ground.members(node);
    if (!members) context.error('LG040', [...path, 'node'], `there is no node "${node}"`, context.nearest(node, context.ground.names, 'node'));
    const to = String(source['to']);
    const parsed = to === 'default' ? undefined : parseCidr(to.includes('/') ? to : `${to}/32`);
    if (to !== 'default' && !parsed) context.error('LG030', [...path, 'to'], `"${to}" is not a network`, 'Give a network such as 172.17.0.0/16, an address, or default.');
    else if (parsed && parsed.address !== parsed.subnet.base) context.error('LG030', [...path, 'to'], `${to} has host bits set`, `The network is ${formatSubnet(parsed.subnet)}.`);
    const via = source['via'];
    if (via === undefined && source['dev'] === undefined) context.error('LG081', path, 'a route needs a next hop or an interface', 'Add "via: NODE" or "dev: INTERFACE".');
    if (via === undefined || !members || !context.isSound(['nodes']) || !context.isSound(['networks'])) return;
    if (parseAddress(String(via)) === undefined && !context.ground.node(String(via))) context.error('LG040', [...path, 'via'], `there is no node "${String(via)}"`, context.nearest(String(via), names, 'node'));
    else if (members.some((each) => nextHop(context.ground, each.name, via) === undefined)) context.error('LG081', [...path, 'via'], `"${String(via)}" shares no network with "${node}"`, 'A next hop has to be a neighbour.');
  });
}
