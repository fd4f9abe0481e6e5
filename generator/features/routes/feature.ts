/** routes: static routes of nodes. */
import type { CheckRequest } from '../../model/check.js';
import { canonical, familyOf, firstHost, hostPrefix, networkOf, type Family } from '../../model/family.js';
import type { Ground } from '../../model/ground.js';
import type { Attachment, Route } from '../../model/lab.js';
import { isTree, type Tree } from '../../model/merge.js';
import { anyAddress, interfaceName, name, object, reference, text } from '../../schema/patterns.js';
import type { Feature, RuleContext } from '../feature.js';
import { route } from './checks.js';

const DEFAULT6 = '::/0';

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
  rules: [routesLead],
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

/** The network a route leads to; `default` is IPv4's, unless its next hop is an address of IPv6. */
function targetOf(source: Tree): { readonly text: string; readonly family: Family } {
  const [to, via] = [String(source['to']), canonical(String(source['via'] ?? ''))];
  if (to === 'default') return via !== undefined && familyOf(via) === 6 ? { text: DEFAULT6, family: 6 } : { text: to, family: 4 };
  return { text: to.includes('/') ? to : `${to}/${hostPrefix(to)}`, family: familyOf(to) };
}

/** The kernel takes a next hop only where it has a route to it: whatever order a lab says them in, those without one come first. */
function inOrder(routes: readonly Route[]): readonly Route[] {
  return [...routes.filter(({ via }) => via === undefined), ...routes.filter(({ via }) => via !== undefined)];
}

function routeSources(source: Tree): readonly Tree[] {
  return (Array.isArray(source['routes']) ? (source['routes'] as unknown[]) : []).filter(isTree);
}

/** The next hop's address in a network it shares with the node. */
function nextHop(ground: Ground, node: string, via: unknown, family: Family): string | undefined {
  if (typeof via !== 'string') return undefined;
  const hop = ground.node(via);
  if (!hop) return canonical(via);
  const has = (attachment: Attachment): string | undefined => (family === 4 ? attachment.address : attachment.address6);
  const shared = ground.node(node)?.attachments.find((each) => hop.attachments.some((other) => other.network === each.network && has(other) !== undefined));
  const at = hop.attachments.find((each) => each.network === shared?.network);
  return at && has(at);
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

function routesLead(context: RuleContext): void {
  const names = context.ground.nodes.map((node) => node.name);
  routeSources(context.source).forEach((source, index) => {
    const path = ['routes', index];
    if (!context.isSound(path)) return;
    const node = String(source['node']);
    const members = context.ground.members(node);
    if (!members) context.error('LG040', [...path, 'node'], `there is no node "${node}"`, context.nearest(node, context.ground.names, 'node'));
    const { text, family } = targetOf(source);
    const parsed = networkOf(text);
    if (text !== 'default' && !parsed) context.error('LG030', [...path, 'to'], `"${String(source['to'])}" is not a network`, 'Give a network such as 172.17.0.0/16, an address, or default.');
    else if (parsed && !parsed.isItself) context.error('LG030', [...path, 'to'], `${text} has host bits set`, `The network is ${parsed.network}.`);
    const via = source['via'];
    const stray = ['via', 'source'].find((key) => canonical(String(source[key] ?? '')) !== undefined && familyOf(String(source[key])) !== family);
    if (stray !== undefined && context.isSound([...path, 'to'])) context.error('LG172', [...path, stray], `${String(source[stray])} is an address of IPv${familyOf(String(source[stray]))}, and the route is one of IPv${family}`, 'All addresses of a route are of one family; "::/0" is the default of IPv6.');
    if (stray !== undefined) return;
    if (via === undefined && source['dev'] === undefined) context.error('LG081', path, 'a route needs a next hop or an interface', 'Add "via: NODE" or "dev: INTERFACE".');
    if (via === undefined || !members || !context.isSound(['nodes']) || !context.isSound(['networks'])) return;
    if (canonical(String(via)) === undefined && !context.ground.node(String(via))) context.error('LG040', [...path, 'via'], `there is no node "${String(via)}"`, context.nearest(String(via), names, 'node'));
    else if (family === 6 && context.ground.node(String(via))?.attachments.every((each) => each.address6 === undefined) === true) context.error('LG172', [...path, 'via'], `"${String(via)}" has no IPv6 address, and the route is one of IPv6`, 'Give its network a "subnet6".');
    else if (members.some((each) => nextHop(context.ground, each.name, via, family) === undefined)) context.error('LG081', [...path, 'via'], `"${String(via)}" shares no network with "${node}"`, 'A next hop has to be a neighbour.');
  });
}
