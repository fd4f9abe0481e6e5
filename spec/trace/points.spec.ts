/** Where packets of the shipped labs are to be seen. */
import assert from 'node:assert/strict';
import { validateAsked } from '../../generator/cli/open-lab.js';
import { askLab } from '../../generator/cli/ask-lab.js';
import type { SeenAddresses } from '../../generator/model/world-draft.js';
import { features } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { questionsOf } from '../../generator/predict/questions.js';
import { simulator } from '../../generator/predict/simulate.js';
import { pointsOf } from '../../generator/trace/points.js';
import { contextOf, root } from '../support/context.js';

function points(name: string, from: string, to: string, by: string = 'icmp', stage?: string, seen?: SeenAddresses): readonly string[] {
  const { labs } = validateAsked(contextOf({}, root), askLab(contextOf({}, root), { lab: name }));
  const lab = stage === undefined ? [...labs.values()].at(-1) : [...labs.values()].find((each) => each.stage === stage);
  assert.ok(lab);
  const world = worldOf(lab, features, seen && { addresses: seen, filters: new Map() });
  const question = [...questionsOf(world, [4], { from, to })].find(({ protocol, port }) => (protocol === 'icmp' ? 'icmp' : `${protocol} ${port ?? ''}`) === by);
  assert.ok(question, `nobody asks ${by} of ${to}`);
  return pointsOf(world, simulator(world).explain(question)).map((point) => `${point.way} ${point.space} ${point.interface} ${point.direction} ${point.stack.map(({ source, destination }, layer) => `${source.text}>${destination.text}${point.tunnels[layer] === undefined ? '' : ` ${point.tunnels[layer]}`}`).join(' ')}`);
}

describe('points of a packet\'s way', () => {
  it('are on both sides of each bridge, inside and outside of a tunnel', () => {
    const [inner, back] = ['172.17.0.2>172.17.128.2', '172.17.128.2>172.17.0.2'];
    const there = points('gre', 'c1', 'c2');
    assert.deepEqual(there, [
      `there c1 eth0 out ${inner}`, `there net-1 veth-c1 in ${inner}`, `there net-1 docker0 in ${inner}`, `there net-1 foo out ${inner}`, `there net-1 eth1 out 192.168.56.11>192.168.56.12 gre ${inner}`,
      `there net-2 eth1 in 192.168.56.11>192.168.56.12 gre ${inner}`, `there net-2 bar in ${inner}`, `there net-2 docker0 out ${inner}`, `there net-2 veth-c2 out ${inner}`, `there c2 eth0 in ${inner}`,
      `back c2 eth0 out ${back}`, `back net-2 veth-c2 in ${back}`, `back net-2 docker0 in ${back}`, `back net-2 bar out ${back}`, `back net-2 eth1 out 192.168.56.12>192.168.56.11 gre ${back}`,
      `back net-1 eth1 in 192.168.56.12>192.168.56.11 gre ${back}`, `back net-1 foo in ${back}`, `back net-1 docker0 out ${back}`, `back net-1 veth-c1 out ${back}`, `back c1 eth0 in ${back}`,
    ]);
  });

  it('end where a rule ends the way', () => {
    assert.equal(points('gre', 'c1', 'c2', 'icmp', 'closed').at(-1), 'there net-2 bar in 172.17.0.2>172.17.128.2');
  });

  it('have the address that Vagrant\'s way in has on the running lab', () => {
    assert.deepEqual(points('gre', 'outside', 'c1'), ['there outside eth0 out 10.0.2.15>172.17.0.2']);
    assert.deepEqual(points('gre', 'outside', 'c1', 'icmp', undefined, new Map([['outside', new Map([['eth0', ['192.168.121.17/24']]])]])), ['there outside eth0 out 192.168.121.17>172.17.0.2']);
  });

  it('have the addresses that are seen there: before and after translation', () => {
    const there = points('docker0', 'outside', 'host', 'tcp 8080').filter((each) => each.startsWith('there'));
    assert.match(there[0] ?? '', /outside eth1 out \S+>192\.168\.56\./);
    assert.match(there.at(-1) ?? '', /there web eth0 in \S+>172\.17\.0\./);
    assert.ok(points('docker0', 'host', 'outside').length > 0);
  });

  it('follow frames through Open vSwitch and over a wire that programs make', () => {
    assert.deepEqual(points('weave', 'lb-1', 'lb-2').filter((each) => each.startsWith('there')).map((each) => each.split(' ').slice(1, 4).join(' ')), ['lb-1 ethwe out', 'host-1 vethwe-lb-1 in', 'host-1 vethwe-bridge out', 'host-2 vethwe-bridge in', 'host-2 vethwe-lb-2 out', 'lb-2 ethwe in']);
    assert.deepEqual(points('ovs', 'foobar', 'friend').map((each) => each.split(' ').slice(0, 4).join(' ')), [
      'there foobar eth1 out', 'there host pw-foobar in', 'there host pw-friend out', 'there friend eth1 in', 'back friend eth1 out', 'back host pw-friend in', 'back host pw-foobar out', 'back foobar eth1 in',
    ]);
  });
});
