import assert from 'node:assert/strict';
import { labOf } from '../support/labs.js';

describe('groups of nodes', () => {
  const TEXT = `lab: x
nodes: { a: {}, b: {}, w: { count: 2 } }
groups: { ab: [a, b], all: [ab, w] }
bridges: { br0: { nodes: { ab: { ports: [eth1] }, w: {} } } }
tunnels: { mesh: { kind: gre, ends: [ab, w-1] } }
routes: [{ node: all, to: 10.9.0.0/16, dev: eth1 }]
firewall: [{ node: ab, hook: forward, protocol: tcp, port: 80, action: drop }]
containers: { cc: { node: ab }, dd: { node: w } }
checks:
  - ping: { from: ab, to: w }
  - sysctl: { node: all, key: net.ipv4.ip_forward }
    expect: "1"
`;

  it('stand wherever a node may', () => {
    const lab = labOf(TEXT);
    assert.deepEqual(lab.containers.map((each) => [each.name, each.node]), [['cc-a', 'a'], ['cc-b', 'b'], ['dd-1', 'w-1'], ['dd-2', 'w-2']]);
    assert.deepEqual(lab.routes.filter((each) => each.to === '10.9.0.0/16').map((each) => each.node), ['a', 'b', 'w-1', 'w-2']);
    assert.deepEqual(lab.checks.filter((each) => each.from === 'lab').map((each) => Object.values(each.subject).join(' ')), ['a w-1', 'a w-2', 'b w-1', 'b w-2', ...['a', 'b', 'w-1', 'w-2'].map((node) => `${node} net.ipv4.ip_forward`)]);
    assert.deepEqual(new Set(lab.links.filter((each) => each.name.startsWith('gre')).map((each) => each.node)), new Set(['a', 'b', 'w-1']));
  });
});
