/** What would let a stopped packet on: for each thing that can be missing, the command that puts it there, and no other. */
import assert from 'node:assert/strict';
import type { Space, World, WorldInterface, WorldMatch, WorldRule } from '../../generator/model/world.js';
import { worldRule } from '../../generator/model/world-rule.js';
import { cureFor, remedyFor } from '../../generator/predict/remedies.js';
import type { Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';

const port = (name: string, wire: string, ...addresses: string[]): WorldInterface => ({ name, kind: 'ethernet', mtu: 1500, addresses, wire });

function space(name: string, interfaces: readonly WorldInterface[], more: Partial<Space> = {}): Space {
  return { name, node: name, interfaces, routes: [], chains: [], listeners: [], forwards: { 4: true, 6: true }, reversePathFilter: 0, filtersBridges: { 4: false, 6: false }, ...more };
}

/**
 * a asks b by way of first and second; second has a line of its own to a besides:
 *
 *     a 10.0.1.2 ── first ── second ── b 10.0.3.2
 *       10.0.9.2 ─────────────┘
 */
function worldWith(changes: Readonly<Record<string, Partial<Space>>> = {}): World {
  const spaces = [
    space('a', [port('eth0', 'w1', '10.0.1.2/24'), port('eth1', 'w9', '10.0.9.2/24')], { routes: [{ to: '10.0.3.0/24', via: '10.0.1.1', source: '10.0.1.2' }] }),
    space('first', [port('eth0', 'w1', '10.0.1.1/24'), port('eth1', 'w2', '10.0.2.1/24')], { routes: [{ to: '10.0.3.0/24', via: '10.0.2.2' }] }),
    space('second', [port('eth0', 'w2', '10.0.2.2/24'), port('eth1', 'w3', '10.0.3.1/24'), port('eth2', 'w9', '10.0.9.1/24')], { routes: [{ to: '10.0.1.0/24', via: '10.0.2.1' }] }),
    space('b', [port('eth0', 'w3', '10.0.3.2/24')], { routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] }),
  ];
  return { spaces: spaces.map((each) => ({ ...each, ...changes[each.name] })), endpoints: ['a', 'b'].map((name) => ({ name, kind: 'node', space: name, addresses: [] })), gaps: [] };
}

/** As a lab's rules are: in a chain of their own, which that of the hook jumps to. */
const own = (hook: string, rule: WorldRule, family: 4 | 6 = 4): Pick<Space, 'chains'> => ({ chains: [
  { family, table: 'filter', name: hook, rules: [worldRule({}, { kind: 'jump', chain: `LABGEN-${hook}` }, 'labgen')] },
  { family, table: 'filter', name: `LABGEN-${hook}`, rules: [rule] },
] });
const drop = (match: WorldMatch): WorldRule => worldRule(match, { kind: 'drop' }, 'the lab');

const QUESTION = { from: 'a', to: 'b', address: '10.0.3.2', protocol: 'icmp', family: 4 } as const;

describe('a remedy', () => {
  /** Where it ends and what is said to be missing; and the commands. */
  const told = (world: World): readonly unknown[] => {
    const { stoppedAt } = simulator(world).explain(QUESTION).answer;
    const remedy = remedyFor(world, QUESTION);
    return [stoppedAt?.node, stoppedAt?.missing, ...(remedy?.steps.map(({ node, command }) => `${node}: ${command}`) ?? ['none']), remedy?.answer.verdict];
  };

  const commands = (world: World, question: Question = QUESTION): readonly string[] => {
    const remedy = remedyFor(world, question);
    assert.equal(remedy?.answer.verdict ?? 'none', 'reached');
    return (remedy?.steps ?? []).map(({ node, command }) => `${node}: ${command}`);
  };

  it('is none where nothing is wrong', () => assert.deepEqual(told(worldWith()), [undefined, undefined, 'none', undefined]));

  it('of a node that does not forward', () => {
    assert.deepEqual(told(worldWith({ first: { forwards: { 4: false, 6: true } } })), ['first', 'forwarding', 'first: sysctl -w net.ipv4.ip_forward=1', 'reached']);
  });

  it('of a missing route: by way of who has a line to both', () => {
    assert.deepEqual(told(worldWith({ second: { routes: [] } })), ['second', 'route', 'second: ip route add 10.0.1.2/32 via 10.0.9.2', 'reached']);
  });

  it('of a loose reverse path filter without a route back: that route, and the filter stays', () => {
    assert.deepEqual(told(worldWith({ second: { routes: [], reversePathFilter: 2 } })), ['second', 'route back', 'second: ip route add 10.0.1.2/32 via 10.0.9.2', 'reached']);
  });

  it('of a strict one and another way back: a loose filter', () => {
    assert.deepEqual(told(worldWith({ second: { routes: [{ to: '10.0.1.0/24', via: '10.0.9.2' }], reversePathFilter: 1 } })), ['second', 'loose filter', 'second: sysctl -w net.ipv4.conf.all.rp_filter=2', 'reached']);
  });

  it('of several obstacles behind each other: all of them', () => {
    const drop = worldRule({ source: { is: '10.0.3.2' } }, { kind: 'drop' }, 'labgen');
    const world = worldWith({ first: { forwards: { 4: false, 6: true }, chains: [{ family: 4, table: 'filter', name: 'FORWARD', rules: [drop] }], routes: [{ to: '10.0.3.0/24', via: '10.0.2.2' }] } });
    assert.deepEqual(told(world).slice(2), ['first: sysctl -w net.ipv4.ip_forward=1', 'first: iptables -I FORWARD -s 10.0.3.2 -d 10.0.1.2 -i eth1 -o eth0 -p icmp -j ACCEPT', 'reached']);
  });

  it('of a rule before what is taken in: one of that hook, for this port alone', () => {
    const world = worldWith({ b: { ...own('INPUT', drop({ protocol: { is: 'tcp' } })), listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }], routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] } });
    assert.deepEqual(commands(world, { ...QUESTION, protocol: 'tcp', port: 80 }), ['b: iptables -I INPUT -s 10.0.1.2 -d 10.0.3.2 -i eth0 -p tcp --dport 80 -j ACCEPT']);
  });

  it('of a rule before what is sent, there and back', () => {
    const world = worldWith({ a: { ...own('OUTPUT', drop({ protocol: { is: 'icmp' } })), routes: [{ to: '10.0.3.0/24', via: '10.0.1.1' }] }, b: own('OUTPUT', drop({})) });
    assert.deepEqual(commands(world), ['a: iptables -I OUTPUT -s 10.0.1.2 -d 10.0.3.2 -p icmp -j ACCEPT', 'b: iptables -I OUTPUT -s 10.0.3.2 -d 10.0.1.2 -p icmp -j ACCEPT']);
  });

  it('of an answer that is not taken in: the port it comes from', () => {
    const world = worldWith({ a: { ...own('INPUT', drop({})), routes: [{ to: '10.0.3.0/24', via: '10.0.1.1' }] }, b: { listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }], routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] } });
    assert.deepEqual(commands(world, { ...QUESTION, protocol: 'tcp', port: 80 }), ['a: iptables -I INPUT -s 10.0.3.2 -d 10.0.1.2 -i eth0 -p tcp --sport 80 -j ACCEPT']);
  });

  it('of a policy, and of a table before: those of the same hook and table', () => {
    assert.deepEqual(commands(worldWith({ b: { chains: [{ family: 4, table: 'filter', name: 'INPUT', policy: 'DROP', rules: [] }], routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] } })), ['b: iptables -I INPUT -s 10.0.1.2 -d 10.0.3.2 -i eth0 -p icmp -j ACCEPT']);
    assert.deepEqual(commands(worldWith({ first: { chains: [{ family: 4, table: 'mangle', name: 'FORWARD', rules: [drop({ out: { is: 'eth1' } })] }, { family: 4, table: 'filter', name: 'DOCKER-USER', rules: [] }], routes: [{ to: '10.0.3.0/24', via: '10.0.2.2' }] } })), ['first: iptables -t mangle -I FORWARD -s 10.0.1.2 -d 10.0.3.2 -i eth0 -o eth1 -p icmp -j ACCEPT']);
  });

  it('of IPv6 is one of ip6tables, in its words', () => {
    const wire = (name: string, six: string, more: Partial<Space> = {}): Space => space(name, [port('eth0', 'w', six)], more);
    const world: World = { spaces: [wire('a', 'fd00::1/64'), wire('b', 'fd00::2/64', own('INPUT', drop({ protocol: { is: 'icmp' } }), 6))], endpoints: [], gaps: [] };
    assert.deepEqual(commands(world, { from: 'a', to: 'b', address: 'fd00::2', protocol: 'icmp', family: 6 }), ['b: ip6tables -I INPUT -s fd00::1 -d fd00::2 -i eth0 -p ipv6-icmp -j ACCEPT']);
  });

  it("of a tunnel's packets is for those, whatever is inside", () => {
    const end = (name: string, own: string, far: string, inner: string, more: Partial<Space> = {}): Space => space(name, [port('eth0', 'w', `${own}/24`), { name: 't0', kind: 'tunnel', mtu: 1480, addresses: [inner], tunnel: { kind: 'ipip', family: 4, local: own, remotes: [far], overhead: 20 } }], more);
    const world: World = { spaces: [end('a', '10.1.0.1', '10.1.0.2', '10.5.0.1/24'), end('b', '10.1.0.2', '10.1.0.1', '10.5.0.2/24', own('INPUT', drop({ in: { is: 'eth0' } })))], endpoints: [], gaps: [] };
    assert.deepEqual(commands(world, { from: 'a', to: 'b', address: '10.5.0.2', protocol: 'icmp', family: 4 }), ['b: iptables -I INPUT -s 10.1.0.1 -d 10.1.0.2 -i eth0 -p 4 -j ACCEPT']);
  });

  it("of a container is given on its node, in the container's namespace", () => {
    const world = worldWith({ b: { node: 'second', routes: [] } });
    const inside: World = { ...world, endpoints: world.endpoints.map((each) => (each.name === 'b' ? { ...each, kind: 'container' as const } : each)), spaces: world.spaces.map((each) => (each.name === 'a' ? { ...each, interfaces: [port('eth0', 'w1', '10.0.1.2/24')] } : each)) };
    const [only, ...others] = commands({ ...inside, spaces: inside.spaces.map((each) => (each.name === 'b' ? { ...each, ...own('INPUT', drop({})), routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] } : each)) });
    assert.deepEqual([only, others], [`second: nsenter --net --target "$(docker inspect --format '{{.State.Pid}}' b)" iptables -I INPUT -s 10.0.1.2 -d 10.0.3.2 -i eth0 -p icmp -j ACCEPT`, []]);
  });

  it('has no step that a later one made vain', () => {
    // Without a route everything leaves by eth1, with another source.
    const world = worldWith({ a: { ...own('OUTPUT', drop({ out: { is: 'eth1' } })), interfaces: [port('eth0', 'w1', '10.0.1.2/24'), { ...port('eth1', 'w9', '10.0.9.2/24'), kind: 'uplink' }], routes: [{ to: '0.0.0.0/0', dev: 'eth1' }] }, b: { interfaces: [port('eth0', 'w3', '10.0.3.2/24'), port('eth1', 'w1', '10.0.1.3/24')], routes: [{ to: '0.0.0.0/0', via: '10.0.3.1' }] } });
    assert.deepEqual(commands(world), ['a: ip route add 10.0.3.2/32 via 10.0.1.3']);
  });

  it('is none where nobody listens, and what stands in the way is told', () => {
    const asked = { ...QUESTION, protocol: 'tcp', port: 80 } as const;
    assert.deepEqual(cureFor(worldWith(), asked), { obstacle: { stop: { node: 'b', reason: 'nobody listens on TCP port 80' }, behind: false } });
    assert.deepEqual(cureFor(worldWith({ first: { forwards: { 4: false, 6: true } } }), asked).obstacle, { stop: { node: 'b', reason: 'nobody listens on TCP port 80' }, behind: true });
  });

  it('is none where a far end is not there at all', () => {
    assert.deepEqual(told(worldWith({ b: { interfaces: [port('eth0', 'elsewhere', '10.0.3.2/24')] } })).slice(2), ['none', undefined]);
  });
});
