/** What would let a stopped packet on: for each thing that can be missing, the command that puts it there, and no other. */
import assert from 'node:assert/strict';
import type { Space, World, WorldInterface } from '../../generator/model/world.js';
import { worldRule } from '../../generator/model/world-rule.js';
import { remedyFor } from '../../generator/predict/remedies.js';
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

const QUESTION = { from: 'a', to: 'b', address: '10.0.3.2', protocol: 'icmp', family: 4 } as const;

describe('a remedy', () => {
  /** Where it ends and what is said to be missing; and the commands. */
  const told = (world: World): readonly unknown[] => {
    const { stoppedAt } = simulator(world).explain(QUESTION).answer;
    const remedy = remedyFor(world, QUESTION);
    return [stoppedAt?.node, stoppedAt?.missing, ...(remedy?.steps.map(({ node, command }) => `${node}: ${command}`) ?? ['none']), remedy?.answer.verdict];
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

  it('is none where a far end is not there at all', () => {
    assert.deepEqual(told(worldWith({ b: { interfaces: [port('eth0', 'elsewhere', '10.0.3.2/24')] } })).slice(2), ['none', undefined]);
  });
});
