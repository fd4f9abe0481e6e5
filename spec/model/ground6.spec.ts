import assert from 'node:assert/strict';
import { contentOf, errorsOf, labOf, planFor } from '../support/labs.js';

const DUAL = 'lab: x\nnetworks:\n  lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }\n';
const addresses = (text: string): readonly string[] => labOf(text).nodes.map((node) => `${node.name} ${node.attachments.map((each) => `${each.address} ${each.address6}/${each.prefix6}`).join(' ')}`);

describe('addresses of both families', () => {
  it('have the same digits, computed and given, single and counted', () => {
    assert.deepEqual(addresses(`${DUAL}nodes:\n  a: {}\n  b: { address: 192.168.56.77 }\n  w: { count: 2 }\n`), ['a 192.168.56.11 fd00:56::11/64', 'b 192.168.56.77 fd00:56::77/64', 'w-1 192.168.56.101 fd00:56::101/64', 'w-2 192.168.56.102 fd00:56::102/64']);
  });

  it('never change for those who were there when a node or a count is added', () => {
    const before = addresses(`${DUAL}nodes:\n  a: {}\n  w: { count: 2 }\n`);
    const after = addresses(`${DUAL}nodes:\n  a: {}\n  w: { count: 9 }\n  b: {}\n  c: { address6: fd00:56::ff }\n`);
    assert.deepEqual(before.filter((each) => !after.includes(each)), []);
  });

  it('a given one may be any of its network, and is written as the kernel writes it', () => {
    assert.deepEqual(addresses(`${DUAL}nodes:\n  a: { address6: FD00:56:0:0::ABCD }\n  b: {}\n`), ['a 192.168.56.11 fd00:56::abcd/64', 'b 192.168.56.12 fd00:56::12/64']);
  });

  it('on several networks each finds its own; a network without a subnet6 has none', () => {
    const lab = labOf('lab: x\nnetworks:\n  lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }\n  dmz: { subnet: 192.168.57.0/24, subnet6: fd00:57::/64 }\n  old: { subnet: 192.168.58.0/24 }\nnodes:\n  r: { networks: { old: auto, dmz: auto, lan: 192.168.56.20 }, address6: [fd00:57::1, fd00:56::1] }\n  s: { networks: { dmz: auto }, address6: [fd00:57::2] }\n');
    assert.deepEqual(lab.nodes[0]?.attachments.map((each) => [each.network, each.address6]), [['old', undefined], ['dmz', 'fd00:57::1'], ['lan', 'fd00:56::1']]);
    assert.deepEqual(lab.nodes[1]?.attachments.map((each) => each.address6), ['fd00:57::2']);
  });

  it('a network may say its IPv6 subnet alone; Vagrant gets an IPv4 one that is free', () => {
    const lab = labOf('lab: x\nnetworks:\n  one: { subnet6: fd00:1::/64 }\n  two: { subnet: 192.168.56.0/24 }\n  three: { subnet6: fd00:3::/64 }\nnodes:\n  a: { networks: { one: auto, two: auto, three: auto } }\n');
    assert.deepEqual(lab.networks, [{ name: 'one', subnet: '192.168.57.0/24', subnet6: 'fd00:1::/64' }, { name: 'two', subnet: '192.168.56.0/24' }, { name: 'three', subnet: '192.168.58.0/24', subnet6: 'fd00:3::/64' }]);
  });

  it('one mistake is one error: a bad subnet6 silences what hangs on it', () => {
    assert.deepEqual(errorsOf('lab: x\nnetworks:\n  lan: { subnet: 192.168.56.0/24, subnet6: fe80::/64 }\nnodes:\n  a: { address6: fe80::11 }\n'), ['LG170 networks.lan.subnet6']);
  });

  it('a thousand nodes of a count have room in a /64, and their own digits', () => {
    const lab = labOf('lab: x\nnetworks:\n  lan: { subnet: 10.9.0.0/16, subnet6: fd00:56::/64 }\nnodes:\n  w: { count: 1000, docker: false }\n');
    assert.equal(new Set(lab.nodes.map((node) => node.attachments[0]?.address6)).size, 1000);
    assert.equal(lab.nodes[999]?.attachments[0]?.address6, 'fd00:56::1100');
  });
});

describe('a lab without IPv6', () => {
  it('has none in its files; one with it in any stage has what takes it away in each', () => {
    const plain = planFor('lab: x\nnodes: { a: {} }\n', 'x');
    for (const path of ['Vagrantfile', 'nodes/a/labgen-network.sh', 'nodes/a/labgen-firewall.sh']) assert.doesNotMatch(contentOf(plain, path), /ipv6|ip6|-6/i);
    const staged = 'lab: x\nnodes: { a: {} }\nstages:\n  - { name: plain }\n  - { name: dual, nodes: { a: { docker: { ipv6: true } } } }\n';
    const byDefault = staged.replace('nodes: { a: { docker: { ipv6: true } } } }', 'defaults: { nodes: { docker: { ipv6: true } } } }');
    assert.notEqual(byDefault, staged);
    for (const text of [staged, byDefault]) assert.match(contentOf(planFor(text, 'x', 'plain'), 'nodes/a/labgen-network.sh'), /ip -6 address delete/);
  });
});
