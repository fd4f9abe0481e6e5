import assert from 'node:assert/strict';
import { contentOf, labOf, planFor, problemsOf } from '../support/labs.js';

const DUAL = 'networks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 } }\n';
const ENDS = 'nodes: { w: { count: 2, docker: { ipv6: true } } }\n';

describe('tunnels and IPv6', () => {
  const lab = labOf(`lab: t\n${DUAL}${ENDS}tunnels: { t: { kind: gre, ends: [w], carries: docker } }\n`);

  it('carry both families where the network below speaks both', () => {
    assert.deepEqual(lab.links[0]?.addresses, ['10.255.0.101/32', 'fd10:255::101/128']);
    assert.deepEqual(lab.routes.filter((route) => route.node === 'w-1').map((route) => route.to), ['10.64.102.0/24', '10.255.0.102/32', 'fd10:64:102::/64', 'fd10:255::102/128']);
    const rules = lab.rules.filter((rule) => rule.node === 'w-1' && rule.family === 6).map((rule) => [rule.hook, rule.match.source, rule.match.destination]);
    assert.deepEqual(rules, [['forward', 'fd10:64:102::/64', 'fd10:64:101::/64'], ['prerouting', 'fd10:64:102::/64', 'fd10:64:101::/64'], ['postrouting', 'fd10:64:101::/64', 'fd10:64:102::/64']]);
    const script = contentOf(planFor(`lab: t\n${DUAL}${ENDS}tunnels: { t: { kind: gre, ends: [w], carries: docker } }\n`, 't'), 'nodes/w-1/labgen-network.sh');
    assert.match(script, /ip address replace fd10:255::101\/128 dev gre-w-2 nodad\n/);
  });

  it('carry IPv6 for the containers alone, and for an end that says an address', () => {
    const carried = labOf(`lab: t\n${ENDS}tunnels: { t: { kind: gre, ends: [w], carries: docker } }\n`);
    assert.deepEqual(carried.links[1]?.addresses, ['10.255.0.102/32', 'fd10:255::102/128']);
    const said = labOf('lab: t\nnodes: { a: {}, b: {} }\ntunnels: { t: { kind: gre, ends: { a: { address6: FD00:9::1 }, b: { address6: fd00:9::2/64 } } } }\n');
    assert.deepEqual(said.links.map((link) => link.addresses[1]), ['fd00:9::1/128', 'fd00:9::2/64']);
    assert.deepEqual(labOf('lab: t\nnodes: { a: {}, b: {} }\ntunnels: { t: { kind: gre, ends: [a, b] } }\n').links[0]?.addresses, ['10.255.0.11/32']);
  });

  it('run over IPv6, with its module and without the eight bytes nobody needs', () => {
    const over = labOf(`lab: t\n${DUAL}${ENDS}tunnels: { t: { kind: gre, family: 6, ends: [w] } }\n`);
    assert.deepEqual(over.links[0] && [over.links[0].type, ...over.links[0].options], ['ip6gre', 'local', 'fd00:56::101', 'remote', 'fd00:56::102', 'hoplimit', '255', 'encaplimit', 'none']);
    assert.deepEqual([...new Set(over.modules.map((module) => module.name))], ['ip6_gre']);
  });

  it('over IPv6 have 20 bytes less, as the handout counts', () => {
    const text = (mtu: string): string => `lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64${mtu} } }\n${ENDS}tunnels: { t: { kind: gre, family: 6, ends: [w], carries: docker } }\n`;
    for (const [given, left] of [['', 1456], [', mtu: 9000', 8956], [', mtu: 1324', 1280]] as const) {
      const over = labOf(text(given));
      assert.deepEqual(over.links.map((link) => link.mtu), [left, left]);
      assert.deepEqual(over.daemonFlags.filter((flag) => flag.name === 'mtu').map((flag) => flag.value), [String(left), String(left)]);
      const readme = contentOf(planFor(text(given), 't'), 'README.md');
      assert.match(readme, new RegExp(`an IPv6 header \\(40 bytes\\) and a GRE header \\(4 bytes\\): ${left + 44} - 44 = ${left}\\. The interfaces here have an MTU of ${left}\\.`));
    }
    assert.match(problemsOf(text(', mtu: 1300'))[0]?.message ?? '', /needs an MTU of 1280, and has 1256: 1300 \(network lan\) - 44 \(GRE over IPv6\) = 1256$/);
  });

  it('are asked for in both families', () => {
    const ids = lab.checks.map((check) => check.id);
    for (const id of ['carried w-1 → 10.255.0.102 in GRE', 'carried w-1 → fd10:255::102 in GRE', 'route w-1 → fd10:64:102::1 dev gre-w-2']) assert.ok(ids.includes(id), id);
  });
});
