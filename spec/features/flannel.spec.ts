import assert from 'node:assert/strict';
import { lease } from '../../generator/features/flannel/lease.js';
import type { Facts } from '../../generator/model/check.js';
import { contentOf, labOf, planFor } from '../support/labs.js';

const LAB = (flannel = 'etcd: keeper', version = 'v0.20.2'): string => `lab: t\nnodes: { keeper: { docker: false }, a: {}, b: { count: 2, docker: { debug: true } } }\nartifacts:\n  flanneld: { url: "https://files.lab/flanneld", version: ${version}, sha256: unknown }\nflannel: { ${flannel} }\n`;
const said = (value: unknown, code = 0, stderr = '') => ({ code, stdout: JSON.stringify(value), stderr });

describe('flannel', () => {
  it('is on every node with Docker, over the network they share with etcd', () => {
    const { flannelNodes, artifactUses } = labOf(LAB());
    assert.deepEqual(flannelNodes.map((each) => [each.node, each.address, each.etcd.address, each.mtu]), [['a', '192.168.56.12', '192.168.56.11', 1450], ['b-1', '192.168.56.101', '192.168.56.11', 1450], ['b-2', '192.168.56.102', '192.168.56.11', 1450]]);
    assert.deepEqual(artifactUses.map((each) => each.node), ['a', 'b-1', 'b-2']);
  });

  for (const [backend, mtu, modules] of [['vxlan', 1450, ['vxlan']], ['udp', 1472, ['tun']], ['host-gw', 1500, []]] as const) {
    it(`leaves ${mtu} bytes with ${backend}, and needs what it needs of the kernel`, () => {
      const lab = labOf(LAB(`etcd: keeper, backend: ${backend}`));
      assert.equal(lab.flannelNodes[0]?.mtu, mtu);
      assert.deepEqual(lab.modules.filter((each) => each.node === 'a').map((each) => each.name), modules);
    });
  }

  it('needs br_netfilter since 0.26', () => {
    const names = (version: string): readonly string[] => labOf(LAB(undefined, version)).modules.filter((each) => each.node === 'a').map((each) => each.name);
    assert.deepEqual([names('v0.25.9'), names('v0.26.0'), names('1.0.1')], [['vxlan'], ['vxlan', 'br_netfilter'], ['vxlan', 'br_netfilter']]);
  });

  it('lets in what members send, by the device where there is one, else by their addresses', () => {
    const from = (flannel: string): readonly unknown[] => labOf(LAB(flannel)).rules.filter((rule) => rule.node === 'a' && rule.table === 'filter').map((rule) => [rule.match.in, rule.match.source, rule.match.destination, rule.match.out]);
    assert.deepEqual(from('etcd: keeper'), [['flannel.1', '10.100.0.0/16', '10.100.0.0/16', 'docker0']]);
    assert.deepEqual(from('etcd: keeper, backend: host-gw, nodes: [b, a], network: 10.9.0.0/16'), [[undefined, '10.9.0.0/16', '10.9.0.0/16', 'docker0'], [undefined, '192.168.56.101', '10.9.0.0/16', 'docker0'], [undefined, '192.168.56.102', '10.9.0.0/16', 'docker0']]);
    assert.deepEqual(from('etcd: keeper, forward: false'), []);
    assert.deepEqual(labOf(LAB()).rules.filter((rule) => rule.table === 'raw').map((rule) => rule.condition), Array.from({ length: 3 }, () => 'direct-routing-filter'));
  });

  it("starts dockerd with all of the lab's flags and what was leased", () => {
    const plan = planFor(LAB(), 't');
    assert.match(contentOf(plan, 'nodes/b-1/docker.service.d/60-flannel.conf'), /ExecStart=\nExecStart=dockerd -H fd:\/\/ \\\n {4}--debug=true \\\n {4}--ip-masq=false \\\n {4}\$LABGEN_FLANNEL\n/);
    assert.match(contentOf(plan, 'nodes/keeper/labgen-etcd.sh'), /CONFIG='\{"Network":"10\.100\.0\.0\/16","SubnetLen":24,"Backend":\{"Type":"vxlan"\}\}'/);
    assert.equal(plan.some((file) => file.path.startsWith('nodes/keeper/docker') || file.path === 'nodes/a/labgen-etcd.sh'), false);
  });

  it('takes itself away from nodes that do not take part, and altogether', () => {
    const one = contentOf(planFor(LAB('etcd: keeper, nodes: [a]'), 't'), 'site.yml');
    assert.match(one, /labgen_without_flannel:\n {10}- b-1\n {10}- b-2\n/);
    const staged = `${LAB()}\nstages: [{ name: without, flannel: null }, { name: with }]\n`;
    for (const none of [planFor(LAB('etcd: keeper, nodes: []'), 't'), planFor(staged, 't', 'without')]) {
      assert.match(contentOf(none, 'site.yml'), /labgen_without_flannel:\n {10}- a\n/);
      assert.equal(none.some((file) => file.path.includes('flannel') || file.path.startsWith('artifacts/')), false);
    }
  });

  it('lease: etcd, docker0 and its MTU have to say the same', () => {
    const facts = { lab: labOf(LAB()) } as unknown as Facts;
    const probe = lease.probe({ node: 'a' }, facts, { is: 'works' });
    if ('notRun' in probe) return assert.fail(probe.notRun);
    assert.deepEqual(probe.command.argv.slice(-3), ['http://192.168.56.11:2379', '192.168.56.12', 'docker0']);
    const state = (value: unknown, code?: number, stderr?: string) => probe.read(said(value, code, stderr), undefined).state;
    assert.equal(state({ lease: '10.100.7.0/24', has: ['10.100.7.1/24'], mtu: 1450 }), 'works');
    assert.equal(state({ lease: '10.100.7.0/24', has: ['172.17.0.1/16'], mtu: 1450 }), 'differs');
    assert.equal(state({ lease: '10.100.7.0/24', has: ['10.100.7.1/24'], mtu: 1500 }), 'differs');
    assert.equal(state({ lease: '', has: ['10.100.7.1/24'], mtu: 1450 }), 'unreachable');
    assert.equal(state('', 1, 'etcd does not answer: refused'), 'unreachable');
    assert.deepEqual(lease.mutation({ node: 'a' }, facts, { is: 'works' })?.break.argv, ['ip', 'link', 'set', 'dev', 'docker0', 'mtu', '1350']);
    assert.ok('notRun' in lease.probe({ node: 'keeper' }, facts, { is: 'works' }));
  });
});
