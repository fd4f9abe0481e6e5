/** Which routes a kernel takes, which it refuses, and where it sends packets by them: predicted and real ones are the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { World, WorldInterface, WorldRoute } from '../../generator/model/world.js';
import { addressOf } from '../../generator/predict/address.js';
import { kernelsOf, lookUp, refusedRoutes } from '../../generator/predict/kernel.js';
import { simulator } from '../../generator/predict/simulate.js';
import { disagreement, isNotMeasured } from '../../generator/verify/matrix.js';
import { RealWorld } from '../support/realise.js';
import { space } from '../support/world-parts.js';

const plug = (name: string, ...addresses: string[]): WorldInterface => ({ name, kind: 'ethernet', mtu: 1500, addresses, wire: name });
const INTERFACES = [plug('e1', '10.1.0.1/24', 'fd01::1/64'), plug('e2', '10.2.0.1/32', 'fd02::1/128')];

/** Each with an address inside the last one's network; the routes are given in this order. */
const CASES: readonly { readonly title: string; readonly routes: readonly WorldRoute[]; readonly asked: string }[] = [
  { title: 'a next hop in a network of its own', routes: [{ to: '10.9.0.0/24', via: '10.1.0.2' }], asked: '10.9.0.1' },
  { title: 'one that nothing leads to', routes: [{ to: '10.9.0.0/24', via: '10.2.0.2' }], asked: '10.9.0.1' },
  { title: 'one behind a device', routes: [{ to: '10.2.0.2/32', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.2.0.2' }], asked: '10.9.0.1' },
  { title: 'one whose device is told too late', routes: [{ to: '10.9.0.0/24', via: '10.2.0.2' }, { to: '10.2.0.2/32', dev: 'e2' }], asked: '10.9.0.1' },
  { title: 'one in a wider network behind a device', routes: [{ to: '10.3.0.0/16', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.3.4.5' }], asked: '10.9.0.1' },
  { title: 'one that is behind another next hop', routes: [{ to: '10.9.0.0/24', via: '10.1.0.2' }, { to: '10.10.0.0/24', via: '10.9.0.1' }], asked: '10.10.0.1' },
  { title: 'one that another next hop leads to, and a device as well', routes: [{ to: '10.2.0.2/32', dev: 'e2' }, { to: '10.1.0.7/32', via: '10.2.0.2' }, { to: '10.9.0.0/24', via: '10.1.0.7' }], asked: '10.9.0.1' },
  { title: 'one that another device leads to more exactly', routes: [{ to: '10.1.0.8/32', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.1.0.8' }], asked: '10.9.0.1' },
  { title: 'the same, with the device named', routes: [{ to: '10.1.0.8/32', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.1.0.8', dev: 'e1' }], asked: '10.9.0.1' },
  { title: 'one that is not behind the device named', routes: [{ to: '10.3.0.0/16', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.3.0.8', dev: 'e1' }], asked: '10.9.0.1' },
  { title: 'the same, taken to be there', routes: [{ to: '10.3.0.0/16', dev: 'e2' }, { to: '10.9.0.0/24', via: '10.3.0.8', dev: 'e1', onlink: true }], asked: '10.9.0.1' },
  { title: 'one behind a default device', routes: [{ to: '0.0.0.0/0', dev: 'e2' }, { to: '10.9.0.0/24', via: '192.0.2.9' }], asked: '10.9.0.1' },
  { title: 'IPv6: one behind a device', routes: [{ to: 'fd02::2/128', dev: 'e2' }, { to: 'fd09::/64', via: 'fd02::2' }], asked: 'fd09::1' },
  { title: 'IPv6: one whose device is told too late', routes: [{ to: 'fd09::/64', via: 'fd02::2' }, { to: 'fd02::2/128', dev: 'e2' }], asked: 'fd09::1' },
  { title: 'IPv6: one that is behind another next hop', routes: [{ to: 'fd09::/64', via: 'fd01::2' }, { to: 'fd0a::/64', via: 'fd09::1' }], asked: 'fd0a::1' },
  { title: 'IPv6: one that another next hop leads to, and a device as well', routes: [{ to: 'fd02::2/128', dev: 'e2' }, { to: 'fd01::7/128', via: 'fd02::2' }, { to: 'fd09::/64', via: 'fd01::7' }], asked: 'fd09::1' },
  { title: 'IPv6: the same, with the device named', routes: [{ to: 'fd02::2/128', dev: 'e2' }, { to: 'fd01::7/128', via: 'fd02::2' }, { to: 'fd09::/64', via: 'fd01::7', dev: 'e1' }], asked: 'fd09::1' },
  { title: 'IPv6: one that is not behind the device named', routes: [{ to: 'fd03::/48', dev: 'e2' }, { to: 'fd09::/64', via: 'fd03::8', dev: 'e1' }], asked: 'fd09::1' },
  { title: 'IPv6: one of the link, with its device', routes: [{ to: 'fd09::/64', via: 'fe80::8', dev: 'e1' }], asked: 'fd09::1' },
];

/** In a namespace of its own: which routes are refused, and the way to the address. */
function real(routes: readonly WorldRoute[], asked: string): string {
  const give = ({ to, via, dev, onlink }: WorldRoute, at: number): string => `ip route replace ${to}${via === undefined ? '' : ` via ${via}`}${dev === undefined ? '' : ` dev ${dev}`}${onlink === true ? ' onlink' : ''} 2>/dev/null || echo refused ${at}`;
  const script = [
    ...INTERFACES.flatMap(({ name, addresses }) => [
      `ip link add ${name} type veth peer name ${name}p`, `ip link set ${name}p up`, `ip link set ${name} up`,
      ...addresses.map((cidr) => `ip address add ${cidr} dev ${name}${cidr.includes(':') ? ' nodad' : ''}`),
    ]),
    ...routes.map(give),
    `ip route get ${asked} 2>/dev/null | sed -n 's/ from ::\\| uid.*\\| metric.*//g; 1p' || true`,
  ];
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', 'sh', '-ec', script.join('\n')], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.replace(/ src .*/, '').trim();
}

function predicted(routes: readonly WorldRoute[], asked: string): string {
  const here = space('here', { interfaces: INTERFACES, routes });
  const refused = refusedRoutes(here).map((each) => `refused ${routes.indexOf(each)}`);
  const kernel = kernelsOf({ spaces: [here], endpoints: [], gaps: [] }).get('here');
  const way = kernel && lookUp(kernel, addressOf(asked));
  return [...refused, ...(way ? [`${asked}${way.via === undefined ? '' : ` via ${way.via.text}`} dev ${way.port.name}`] : [])].join('\n');
}

describe('a route and its next hop', function () {
  this.timeout(60_000);
  for (const { title, routes, asked } of CASES) it(title, () => assert.equal(predicted(routes, asked), real(routes, asked)));

  it('leads packets into a tunnel whose far end is an address of its own, and back', async () => {
    const end = (own: number, far: number): World['spaces'][number] => space(own === 1 ? 'a' : 'b', {
      interfaces: [
        { name: 'eth0', kind: 'ethernet', mtu: 1500, wire: 'underlay', addresses: [`10.1.0.${own}/24`] },
        { name: 't0', kind: 'tunnel', mtu: 1450, addresses: [`10.255.0.${own}/32`, `fd55::${own}/128`], tunnel: { kind: 'vxlan', family: 4, local: `10.1.0.${own}`, remotes: [`10.1.0.${far}`], id: 7, port: 4789, overhead: 50 } },
        { name: 'br0', kind: 'bridge', mtu: 1500, addresses: [`10.9.${own}.1/24`, `fd09:${own}::1/64`] },
      ],
      routes: [
        { to: `10.255.0.${far}/32`, dev: 't0' }, { to: `fd55::${far}/128`, dev: 't0' },
        { to: `10.9.${far}.0/24`, via: `10.255.0.${far}` }, { to: `fd09:${far}::/64`, via: `fd55::${far}` },
      ],
    });
    const world: World = { spaces: [end(1, 2), end(2, 1)], endpoints: ['a', 'b'].map((name) => ({ name, kind: 'node', space: name, addresses: [] })), gaps: [] };
    const questions = ['10.9.2.1', 'fd09:2::1'].map((address) => ({ from: 'a', to: 'b', address, protocol: 'icmp', family: address.includes(':') ? 6 : 4 }) as const);
    const answers = questions.map((question) => simulator(world).ask(question));
    assert.deepEqual(answers, [{ verdict: 'reached', seenAs: '10.255.0.1', maxBytes: 1450 }, { verdict: 'reached', seenAs: 'fd55::1', maxBytes: 1450 }]);
    const built = await RealWorld.make(world);
    try {
      const seen = await built.measure(questions, { waitMs: 1000, expects: () => 1450 });
      assert.deepEqual(seen.map((each, at) => (isNotMeasured(each) ? each.notMeasured : disagreement(answers[at] ?? each, each))), [undefined, undefined]);
    } finally {
      built.end();
    }
  });
});
