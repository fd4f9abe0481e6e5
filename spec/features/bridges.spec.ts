import assert from 'node:assert/strict';
import { ruleWords } from '../../generator/model/rule.js';
import { macOf } from '../../generator/features/bridges/spots.js';
import { contentOf, errorsOf, labOf, planFor } from '../support/labs.js';

const lab = (bridges: string, nodes = 'a: {}'): string => `lab: t\nnodes: { ${nodes} }\nbridges: { ${bridges} }\n`;

describe('bridges', () => {
  it('are links, made before dockerd, with a MAC that does not change with their ports', () => {
    const [link] = labOf(lab('br0: { address: 10.0.0.1/24, mtu: 1400, stp: true, ports: [eth1] }')).links;
    assert.deepEqual(link, { node: 'a', name: 'br0', type: 'bridge', options: ['stp_state', '1'], mtu: 1400, mac: '02:42:0a:00:00:01', addresses: ['10.0.0.1/24'], ports: ['eth1'], peer: undefined, why: 'the bridge br0' });
    assert.equal(macOf('192.168.255.1/24'), '02:42:c0:a8:ff:01');
  });

  it('let through what stays inside, unless told not to, and leave dockerd\'s own bridge to dockerd', () => {
    const rules = (bridges: string, nodes?: string): readonly string[] => labOf(lab(bridges, nodes)).rules.map((rule) => `${rule.node} ${rule.hook} ${ruleWords(rule).join(' ')}`);
    assert.deepEqual(rules('br0: {}'), ['a forward -i br0 -o br0 -j ACCEPT']);
    assert.deepEqual(rules('br0: { forward: false }'), []);
    assert.deepEqual(rules('br0: { kind: ovs }'), []);
    assert.deepEqual(rules('br0: { node: a }', 'a: { docker: false }'), [], 'without Docker nothing drops');
    assert.deepEqual(rules('br0: { address: 10.0.0.1/24 }', 'a: { docker: { bridge: br0, icc: false } }'), [], 'icc: false must stay closed');
  });

  it('of Open vSwitch need its module, package and service, on their nodes only', () => {
    const found = labOf(lab('sw: { kind: ovs, node: a, address: 10.0.0.1/24, mtu: 1400 }', 'a: {}, b: {}'));
    assert.deepEqual(found.modules.map(({ node, name }) => `${node} ${name}`), ['a openvswitch']);
    assert.deepEqual(found.packages.filter(({ name }) => name.startsWith('open')), [{ node: 'a', name: 'openvswitch-switch' }]);
    assert.deepEqual(found.links[0]?.options, ['--', 'set', 'bridge', 'sw', 'other-config:hwaddr="02:42:0a:00:00:01"', '--', 'set', 'interface', 'sw', 'mtu_request=1400']);
    const plan = planFor(lab('sw: { kind: ovs, node: a }', 'a: {}, b: {}'), 't');
    assert.match(contentOf(plan, 'nodes/a/labgen-network.service'), /^After=.*openvswitch-switch/m);
    assert.doesNotMatch(contentOf(plan, 'nodes/b/labgen-network.service'), /openvswitch/);
    assert.match(contentOf(plan, 'site.yml'), /openvswitch-switch.service[\s\S]*labgen-network.sh/, 'the service first');
  });

  it('may be on several nodes, each with an address of its own', () => {
    const found = labOf(lab('br0: { nodes: { a: { address: 10.0.0.1/24 }, w: null }, mtu: 1400 }', 'a: {}, w: { count: 2 }'));
    assert.deepEqual(found.links.map((link) => `${link.node} ${link.addresses.join()} ${link.mtu}`), ['a 10.0.0.1/24 1400', 'w-1  1400', 'w-2  1400']);
  });

  it('carry Docker: no --bip, docker0 away, its network known to tunnels', () => {
    const text = 'lab: t\nnodes:\n  a: { docker: { bridge: br0 } }\n  b: { docker: { bip: 172.17.0.1/24 } }\nbridges: { br0: { node: a, address: 10.7.0.1/24 } }\ntunnels: { t: { kind: gre, ends: [a, b], carries: docker } }\n';
    const found = labOf(text);
    assert.deepEqual(found.daemonFlags.filter((flag) => flag.node === 'a').map((flag) => `${flag.name}=${flag.value}`).sort(), ['bridge=br0', 'mtu=1476']);
    assert.deepEqual(found.removals.map(({ node, name }) => `${node} ${name}`), ['a docker0']);
    assert.deepEqual(found.routes.filter((route) => route.node === 'b').map((route) => route.to).includes('10.7.0.0/24'), true);
    assert.ok(found.rules.some((rule) => rule.node === 'a' && rule.match.out === 'br0'));
    const plan = planFor(text, 't');
    assert.match(contentOf(plan, 'nodes/a/docker.service.d/50-labgen.conf'), /^PartOf=labgen-network.service$/m);
    assert.match(contentOf(plan, 'nodes/a/docker.service.d/50-labgen.conf'), /^ExecStartPost=-.*labgen-network.sh start$/m);
    assert.doesNotMatch(contentOf(plan, 'nodes/b/docker.service.d/50-labgen.conf'), /PartOf|Post/);
  });

  it('are not reported a second time where they are wrong already', () => {
    assert.deepEqual(errorsOf('lab: t\nnodes: { a: { docker: { bridge: br0 } } }\nbridges: { br0: { adress: 10.0.0.1/24 } }\n'), ['LG010 bridges.br0.adress']);
  });
});
