import assert from 'node:assert/strict';
import { pairNumber, type End } from '../../generator/features/tunnels/ends.js';
import { contentOf, errorsOf, labOf, planFor, problemsOf } from '../support/labs.js';

const DUAL = 'networks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 } }\n';
const two = (more: string, head = ''): string => `lab: t\n${head}nodes: { a: {}, b: {} }\ntunnels: { t: { ${more}, ends: [a, b] } }\n`;
const words = (text: string): readonly string[] => labOf(text).links.filter((link) => link.wraps).map((link) => [link.name, link.type, ...link.options].join(' '));

describe('kinds of tunnels', () => {
  it('are made by what the kernel calls them, over IPv4 and over IPv6', () => {
    const made = (kind: string, family: number): string | undefined => words(two(`kind: ${kind}, family: ${family}`, DUAL))[0];
    assert.deepEqual(['gre', 'gretap', 'vxlan', 'ipip', 'wireguard'].map((kind) => made(kind, 4)), [
      'gre-b gre local 192.168.56.11 remote 192.168.56.12 ttl 255',
      'gretap-b gretap local 192.168.56.11 remote 192.168.56.12 ttl 255',
      'vxlan-b vxlan id 1 local 192.168.56.11 remote 192.168.56.12 dstport 4789 ttl 255',
      'ipip-b ipip local 192.168.56.11 remote 192.168.56.12 ttl 255',
      'wg-b wireguard',
    ]);
    assert.deepEqual(['gre', 'gretap', 'vxlan', 'ipip', 'wireguard'].map((kind) => made(kind, 6)), [
      'gre-b ip6gre local fd00:56::11 remote fd00:56::12 hoplimit 255 encaplimit none',
      'gretap-b ip6gretap local fd00:56::11 remote fd00:56::12 hoplimit 255 encaplimit none',
      'vxlan-b vxlan id 1 local fd00:56::11 remote fd00:56::12 dstport 4789 ttl 255',
      'ipip-b ip6tnl mode any local fd00:56::11 remote fd00:56::12 hoplimit 255 encaplimit none',
      'wg-b wireguard',
    ]);
  });

  it('leave what their headers leave, and need their module', () => {
    const facts = (kind: string, family: number): string => {
      const lab = labOf(two(`kind: ${kind}, family: ${family}, carries: docker`, DUAL));
      return `${lab.links[0]?.mtu ?? ''} ${lab.daemonFlags.find((flag) => flag.name === 'mtu')?.value ?? ''} ${lab.modules[0]?.name ?? ''} ${lab.packages.map((each) => each.name).join()}`.trim();
    };
    assert.deepEqual(['gre', 'gretap', 'vxlan', 'ipip', 'wireguard'].map((kind) => facts(kind, 4)), ['1476 1476 ip_gre', '1462 1462 ip_gre', '1450 1450 vxlan', '1480 1480 ipip', '1440 1440 wireguard wireguard-tools,wireguard-tools']);
    assert.deepEqual(['gre', 'gretap', 'vxlan', 'ipip', 'wireguard'].map((kind) => facts(kind, 6)), ['1456 1456 ip6_gre', '1442 1442 ip6_gre', '1430 1430 vxlan', '1460 1460 ip6_tunnel', '1420 1420 wireguard wireguard-tools,wireguard-tools']);
    assert.match(problemsOf(two('kind: wireguard, mtu: 1441'))[0]?.message ?? '', /does not fit: 1500 \(network lan\) - 60 \(WireGuard over IPv4\) = 1440$/);
  });

  it('of frames have the far end as the gateway to its containers, reachable before it is one', () => {
    const routes = (kind: string): readonly string[] => labOf(two(`kind: ${kind}, carries: docker`, DUAL.replace('lan', 'lan'))).routes.filter((route) => route.node === 'a').map((route) => `${route.to}${route.via === undefined ? '' : ` via ${route.via}`}`);
    assert.deepEqual(routes('vxlan'), ['10.255.0.12/32', '10.64.12.0/24 via 10.255.0.12', 'fd10:255::12/128']);
    assert.deepEqual(routes('ipip'), ['10.64.12.0/24', '10.255.0.12/32']);
    // An end's address inside its container network has a route of its own all the same.
    const inside = 'lab: t\nnodes: { a: { docker: { bip: 172.17.0.1/17 } }, b: { docker: { bip: 172.17.128.1/17 } } }\ntunnels: { t: { kind: gretap, ends: { a: { name: foo, address: 172.17.127.254/32 }, b: { name: bar, address: 172.17.255.254/32 } }, carries: docker } }\n';
    assert.deepEqual(labOf(inside).routes.filter((route) => route.node === 'a').map((route) => `${route.to} ${route.via ?? ''}`), ['172.17.255.254/32 ', '172.17.128.0/17 172.17.255.254']);
    const script = contentOf(planFor(inside, 't'), 'nodes/a/labgen-network.sh');
    assert.match(script, /route 172\.17\.255\.254\/32 dev foo .*\n {2}route 172\.17\.128\.0\/17 via 172\.17\.255\.254 dev foo /);
  });

  it('number their pairs, so that a node added at the end changes none', () => {
    const mesh = (ends: string, kind: string): readonly string[] => labOf(`lab: t\nnodes: { a: {}, b: {}, c: {}, d: {} }\ntunnels: { other: { kind: ${kind}, ends: [a, b] }, t: { kind: ${kind}, ends: [${ends}] } }\n`).links.map((link) => `${link.node} ${link.name} ${kind === 'vxlan' ? link.options[1] ?? '' : link.wraps?.port ?? ''}`);
    assert.deepEqual(mesh('a, b, c', 'vxlan').slice(2), ['a vxlan1-b 65537', 'a vxlan1-c 65538', 'b vxlan1-a 65537', 'b vxlan1-c 65539', 'c vxlan1-a 65538', 'c vxlan1-b 65539']);
    assert.deepEqual(mesh('a, b, c', 'wireguard'), ['a wg-b 51820', 'b wg-a 51820', 'a wg1-b 52076', 'a wg1-c 52077', 'b wg1-a 52076', 'b wg1-c 52078', 'c wg1-a 52077', 'c wg1-b 52078']);
    const more = mesh('a, b, c, d', 'vxlan');
    for (const line of mesh('a, b, c', 'vxlan')) assert.ok(more.includes(line), line);
    const ends = Array.from({ length: 30 }, () => ({}) as End);
    assert.equal(new Set(ends.flatMap((end, index) => ends.slice(index + 1).map((peer) => pairNumber(ends, end, peer)))).size, (30 * 29) / 2);
  });

  it('take an identifier and a port', () => {
    assert.match(words(two('kind: vxlan, id: 42, port: 8472'))[0] ?? '', / id 42 .* dstport 8472 /);
    assert.deepEqual(labOf(two('kind: wireguard, port: 5000')).links.map((link) => link.wraps?.port), [5000, 5000]);
  });

  it('have only the keys that mean something to them', () => {
    assert.deepEqual(errorsOf(two('kind: wireguard, ttl: 3')), ['LG060 tunnels.t.ttl']);
    assert.deepEqual(errorsOf(two('kind: gre, id: 3')), ['LG060 tunnels.t.id']);
    assert.deepEqual(errorsOf(two('kind: ipip, port: 3')), ['LG060 tunnels.t.port']);
    assert.deepEqual(errorsOf('lab: t\nnodes: { a: {}, b: {}, c: {} }\ntunnels: { t: { kind: vxlan, id: 7, ends: [a, b, c] } }\n'), ['LG060 tunnels.t.id']);
    assert.deepEqual(errorsOf(two('kind: token-ring')), ['LG013 tunnels.t.kind']);
  });

  it('do not carry IPv6 in IPIP over IPv4, unless nobody asked for it', () => {
    assert.deepEqual(labOf(two('kind: ipip', DUAL)).links[0]?.addresses, ['10.255.0.11/32']);
    assert.deepEqual(labOf(two('kind: ipip, family: 6', DUAL)).links[0]?.addresses, ['10.255.0.11/32', 'fd10:255::11/128']);
    assert.deepEqual(errorsOf('lab: t\nnodes: { a: {}, b: {} }\ntunnels: { t: { kind: ipip, ends: { a: { address6: fd00:9::1 }, b: {} } } }\n'), ['LG060 tunnels.t.kind']);
    assert.deepEqual(errorsOf(`lab: t\n${DUAL}nodes: { w: { count: 2, docker: { ipv6: true } } }\ntunnels: { t: { kind: ipip, ends: [w], carries: docker } }\n`), ['LG060 tunnels.t.kind']);
  });

  it('share no UDP port, and no identifier', () => {
    const both = (one: string, other: string): readonly string[] => errorsOf(`lab: t\nnodes: { a: {}, b: {}, c: {} }\ntunnels:\n  one: { ${one}, ends: [a, b] }\n  two: { ${other}, ends: [b, c] }\n`);
    assert.deepEqual(both('kind: wireguard, port: 5000', 'kind: wireguard, port: 5000'), ['LG060 tunnels.two.port']);
    assert.deepEqual(both('kind: wireguard', 'kind: wireguard'), []);
    assert.deepEqual(both('kind: vxlan', 'kind: vxlan'), []);
    assert.deepEqual(both('kind: vxlan, id: 7', 'kind: vxlan, id: 7'), ['LG060 tunnels.two.id']);
    assert.deepEqual(both('kind: vxlan, id: 7', 'kind: vxlan, id: 7, port: 8472'), []);
    assert.deepEqual(both('kind: vxlan', 'kind: wireguard, port: 4789'), ['LG060 tunnels.two.port']);
    assert.deepEqual(errorsOf('lab: t\nnodes: { w: { count: 3 } }\ntunnels: { t: { kind: wireguard, port: 65534, ends: [w] } }\n'), ['LG060 tunnels.t.port']);
  });
});

describe('a tunnel that is plugged into a bridge', () => {
  const lab = (tunnel: string, bridge = '', end = ''): string => `lab: t\nnodes: { a: {}, b: {} }\nbridges:\n  br0: { nodes: { a: { address: 10.9.0.1/24, ports: [vx] }, b: { address: 10.9.0.2/24, ports: [vx] } }${bridge} }\ntunnels:\n  t: { ${tunnel}, ends: { a: { name: vx${end} }, b: { name: vx } } }\n`;

  it('has neither address nor routes; the bridge is as wide as the tunnel', () => {
    const { links, routes, checks } = labOf(lab('kind: vxlan'));
    assert.deepEqual(links.map((link) => `${link.node} ${link.name} ${link.mtu ?? ''} ${link.addresses.join(' ')}`.trim()), ['a br0 1450 10.9.0.1/24', 'b br0 1450 10.9.0.2/24', 'a vx 1450', 'b vx 1450']);
    assert.deepEqual(routes, []);
    assert.deepEqual(checks.filter((check) => check.kind === 'carried'), []);
    assert.match(contentOf(planFor(lab('kind: gretap'), 't'), 'nodes/a/labgen-network.sh'), /\n {2}port br0 vx\n/);
  });

  it('is refused where it carries packets, has an address, or is to lead to containers; and a bridge that is too wide', () => {
    assert.deepEqual(errorsOf(lab('kind: gre')), ['LG120 bridges.br0.nodes.a.ports[0]', 'LG120 bridges.br0.nodes.b.ports[0]']);
    assert.deepEqual(errorsOf(lab('kind: vxlan', '', ', address: 10.8.0.1')), ['LG060 tunnels.t.ends.a.address']);
    assert.deepEqual(errorsOf(lab('kind: vxlan, carries: docker')), ['LG060 tunnels.t.carries']);
    assert.deepEqual(errorsOf(lab('kind: vxlan', ', mtu: 1451')), ['LG062 bridges.br0.mtu']);
    assert.deepEqual(errorsOf(lab('kind: vxlan', ', mtu: 1450')), []);
  });

  it('leaves its room to dockerd whose bridge it is', () => {
    const own = labOf(lab('kind: vxlan').replace('a: {}', 'a: { docker: { bridge: br0 } }'));
    assert.deepEqual(own.daemonFlags.filter((flag) => flag.name === 'mtu').map((flag) => `${flag.node} ${flag.value}`), ['a 1450']);
  });
});

describe('WireGuard', () => {
  const text = 'lab: t\nnodes: { a: {}, b: {}, c: { docker: false } }\ntunnels: { t: { kind: wireguard, ends: [a, b], carries: docker } }\n';

  it('has keys that the play exchanges before the network comes up, and none in any file', () => {
    const plan = planFor(text, 't');
    const play = contentOf(plan, 'site.yml');
    assert.ok(play.indexOf('wg genkey') > 0 && play.indexOf('wg genkey') < play.indexOf('Take down the network of an earlier stage'));
    assert.match(play, /labgen_wireguard:\n {10}a:\n {12}- b\n {10}b:\n {12}- a\n/);
    assert.doesNotMatch(play, /\n {10}c:\n/);
    assert.doesNotMatch(contentOf(planFor(two('kind: gre'), 't'), 'site.yml'), /wg genkey|labgen_wireguard/);
  });

  it('is told its peer\'s key, and where the peer is', () => {
    const script = (source: string): string => contentOf(planFor(source, 't'), 'nodes/a/labgen-network.sh');
    assert.match(script(text), /\n {2}link wg-b wireguard\n {2}wireguard wg-b 51820 b 192\.168\.56\.12:51820\n {2}ip link set dev wg-b mtu 1440 up\n/);
    assert.match(script(two('kind: wireguard, family: 6', DUAL)), /\n {2}wireguard wg-b 51820 b '?\[fd00:56::12\]:51820'?\n/);
    assert.doesNotMatch(script(two('kind: gre')), /wireguard/);
  });
});
