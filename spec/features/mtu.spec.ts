import assert from 'node:assert/strict';
import { narrowestHop } from '../../generator/features/reachability/path-mtu.js';
import type { Lab } from '../../generator/model/lab.js';
import { contentOf, errorsOf, labOf, planFor } from '../support/labs.js';

const lan = (mtu: number): string => `networks: { lan: { subnet: 192.168.56.0/24, mtu: ${mtu} } }\n`;
const TWO = 'nodes: { one: {}, two: {} }\n';
const CARRIED = 'tunnels: { t: { kind: gre, ends: [one, two], carries: docker } }\n';
const mtuFlags = (lab: Lab): readonly string[] => lab.daemonFlags.filter((flag) => flag.name === 'mtu').map((flag) => `${flag.node} ${flag.value}`);

describe('an MTU that the lab does not give', () => {
  it('follows the network below a tunnel: its ends, dockerd, and the sum in the handout', () => {
    for (const [network, left] of [[1400, 1376], [9000, 8976]] as const) {
      const text = `lab: t\n${lan(network)}${TWO}${CARRIED}`;
      const lab = labOf(text);
      assert.deepEqual(lab.links.map((link) => link.mtu), [left, left]);
      assert.deepEqual(mtuFlags(lab), [`one ${left}`, `two ${left}`]);
      assert.ok(contentOf(planFor(text, 't'), 'README.md').includes(`${network} - 24 = ${left}`));
    }
  });

  it('is the narrowest of all that is in the way', () => {
    const nodes = 'nodes:\n  one: { networks: { lan: auto, slow: auto } }\n  two: { networks: { lan: auto } }\n';
    assert.deepEqual(mtuFlags(labOf(`lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 }, slow: { subnet: 192.168.57.0/24, mtu: 1300 } }\n${nodes}${CARRIED}`)), ['one 1300', 'two 1476']);
    const tunnels = 'tunnels: { wide: { kind: gre, ends: [one, two], carries: docker }, thin: { kind: gre, ends: [two, three], carries: docker, mtu: 1200 } }\n';
    assert.deepEqual(mtuFlags(labOf(`lab: t\nnodes: { one: {}, two: {}, three: {} }\n${tunnels}`)), ['one 1476', 'two 1200', 'three 1200']);
  });

  it('reaches a bridge of the lab that dockerd uses, and what is plugged into it', () => {
    const bridges = 'bridges: { br0: { node: one, address: 10.9.0.1/24 }, br1: { node: one, address: 10.8.0.1/24 } }\n';
    const lab = labOf(`lab: t\nnodes: { one: { docker: { bridge: br0 } }, two: {} }\n${bridges}${CARRIED}containers: { c1: { node: one, pipework: { bridge: br0, address: 10.9.0.7/24 } } }\n`);
    assert.deepEqual(lab.links.filter((link) => link.type === 'bridge').map((link) => `${link.name} ${link.mtu ?? 'as it is'}`), ['br0 1476', 'br1 as it is']);
    assert.deepEqual(lab.checks.filter((check) => check.kind === 'interface' && check.subject['container'] === 'c1').map((check) => check.subject['mtu']), [1476]);
  });

  it('reaches dockerd from its bridge: dockerd takes the network from there, but not the MTU', () => {
    const text = (docker: string): string => `lab: t\nnodes: { one: { docker: { bridge: br0${docker} } } }\nbridges: { br0: { address: 10.9.0.1/24, mtu: 1400 } }\n`;
    assert.deepEqual(mtuFlags(labOf(text(''))), ['one 1400']);
    assert.deepEqual(mtuFlags(labOf(text(', mtu: 1300'))), ['one 1300']);
  });

  it('keeps containers within narrow networks, and leaves those of 1500 and more alone', () => {
    const networks = 'dockerNetworks: { app: {}, own: { mtu: 1300 }, shut: { internal: true } }\ncontainers: { c1: { node: one, network: app }, c2: { node: one, network: own }, c3: { node: one, network: shut } }\n';
    const options = (lab: Lab): readonly string[] => lab.dockerNetworks.map((each) => `${each.name} ${each.options.map((option) => option.value).join(' ')}`.trim());
    const narrow = labOf(`lab: t\n${lan(1400)}${TWO}${networks}`);
    assert.deepEqual(mtuFlags(narrow), ['one 1400', 'two 1400']);
    assert.deepEqual(options(narrow), ['app 1400', 'own 1300', 'shut']);
    for (const wide of [1500, 9000]) {
      const lab = labOf(`lab: t\n${lan(wide)}${TWO}${networks}`);
      assert.deepEqual(mtuFlags(lab), []);
      assert.deepEqual(options(lab), ['app', 'own 1300', 'shut']);
    }
  });

  it('is what flannel, weave and a swarm leave', () => {
    const artifacts = 'artifacts: { flanneld: { url: "https://e.org/f", version: v1, sha256: unknown, file: f }, weave: { url: "https://e.org/w", version: v1, sha256: unknown, file: w } }\n';
    const flannel = (backend: string): Lab => labOf(`lab: t\n${lan(1400)}${TWO}${artifacts}flannel: { etcd: one, backend: ${backend} }\n`);
    assert.deepEqual(['vxlan', 'udp', 'host-gw'].map((backend) => flannel(backend).flannelNodes[0]?.mtu), [1350, 1372, 1400]);
    assert.deepEqual(mtuFlags(flannel('vxlan')), [], 'dockerd gets it with its lease, and refuses a second one');
    const weave = (mtu: number, more = ''): number | undefined => labOf(`lab: t\n${lan(mtu)}${TWO}${artifacts}weave: { nodes: [one, two]${more} }\n`).weaveRouters[0]?.mtu;
    assert.deepEqual([weave(1500), weave(1400), weave(9000), weave(9000, ', fastDatapath: false')], [undefined, 1316, 8916, undefined]);
    const swarm = (mtu: string): number | undefined => labOf(`lab: t\n${lan(1400)}${TWO}swarm: { managers: [one], workers: [two], networks: { net: ${mtu} } }\n`).swarms[0]?.networks[0]?.mtu;
    assert.deepEqual([swarm('{}'), swarm('{ mtu: 1300 }')], [1400, 1300]);
  });
});

describe('an MTU of a network', () => {
  const stages = `lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 } }\n${TWO}stages:\n  - { name: usual }\n  - { name: narrow, networks: { lan: { mtu: 1400 } } }\n`;
  const script = (text: string, stage?: string): string => contentOf(planFor(text, 't', stage), 'nodes/one/labgen-network.sh');

  it('is set on the nodes, stands in the handout, and is proven', () => {
    const text = `lab: t\n${lan(9000)}${TWO}`;
    assert.match(script(text), /^ {2}wait_for 192\.168\.56\.11\n {2}room 192\.168\.56\.11 9000$/m);
    assert.match(contentOf(planFor(text, 't'), 'README.md'), /\| one \| 192\.168\.56\.11 \(lan, MTU 9000\) \|/);
    assert.ok(labOf(text).checks.some((check) => check.id === 'mtu one → 192.168.56.12 9000'));
  });

  it('is told to Vagrant where the network has to be made for it', () => {
    const file = (mtu: number): string => contentOf(planFor(`lab: t\n${lan(mtu)}${TWO}`, 't'), 'Vagrantfile');
    assert.match(file(9000), /subnet: "192\.168\.56\.0\/24", libvirt__mtu: 9000, docker_network__opt: "com\.docker\.network\.driver\.mtu=9000" \}/);
    assert.doesNotMatch(file(1400), /mtu: 1400|mtu=1400/);
  });

  it('is the usual one again in a stage that gives none', () => {
    assert.match(script(stages, 'narrow'), /^ {2}room 192\.168\.56\.11 1400$/m);
    assert.match(script(stages, 'usual'), /^ {2}room 192\.168\.56\.11 1500$/m);
    assert.doesNotMatch(script(`lab: t\n${TWO}`), /room|mtu/);
  });
});

describe('the narrowest hop', () => {
  const hop = (text: string, from: string, to: string): string => {
    const found = narrowestHop(labOf(text), from, to);
    return found ? `${found.mtu} ${found.what}` : 'unknown';
  };
  const carried = `lab: t\n${TWO}${CARRIED}containers: { c1: { node: one }, c2: { node: two }, c3: { node: two, network: host } }\n`;

  it('is found along networks, tunnels and container networks', () => {
    assert.equal(hop(carried, 'one', 'two'), '1500 the network lan');
    assert.equal(hop(carried, 'c1', 'c2'), '1476 gre-two on one');
    assert.equal(hop(carried, 'one', 'c2'), '1476 gre-two on one');
    assert.equal(hop(carried, 'one', '10.64.12.1'), '1476 gre-two on one');
    assert.equal(hop(carried, 'one', '10.255.0.12'), '1476 gre-two on one');
    assert.equal(hop(carried, 'c1', 'c3'), '1476 the interface of c1');
    assert.equal(hop(carried, 'two', '192.168.56.11'), '1500 the network lan');
    assert.equal(hop(carried.replace('two: {}', 'two: { docker: { mtu: 1300 } }'), 'c1', 'c2'), '1300 the interface of c2');
  });

  it('follows routes through other nodes', () => {
    const routed = 'lab: t\nnetworks: { a: { subnet: 192.168.56.0/24 }, b: { subnet: 192.168.57.0/24, mtu: 1300 } }\nnodes:\n  one: { networks: { a: auto }, docker: false }\n  mid: { networks: { a: auto, b: auto }, docker: false }\n  two: { networks: { b: auto }, docker: false }\nroutes: [{ node: one, to: 192.168.57.0/24, via: mid }]\n';
    assert.equal(hop(routed, 'one', 'two'), '1300 the network b');
    assert.equal(hop(routed, 'two', 'one'), 'unknown');
  });

  it('is not guessed where the lab does not tell the way', () => {
    assert.equal(hop(carried, 'one', '8.8.8.8'), 'unknown');
    assert.equal(hop(`lab: t\n${TWO}containers: { c1: { node: one }, c2: { node: two } }\n`, 'c1', 'c2'), 'unknown');
    assert.equal(hop(`lab: t\n${TWO}bridges: { br0: { node: one, address: 10.9.0.1/24 } }\ncontainers: { c1: { node: one, network: none, pipework: { bridge: br0, address: 10.9.0.7/24 } } }\n`, 'one', 'c1'), 'unknown');
    assert.equal(hop(`${carried}routes: [{ node: one, to: 192.168.56.12/32, dev: gre-two }]\n`, 'one', 'two'), '1476 gre-two on one');
  });

  it('knows what flannel and a swarm leave', () => {
    const flannel = `lab: t\n${TWO}artifacts: { flanneld: { url: "https://e.org/f", version: v1, sha256: unknown, file: f } }\nflannel: { etcd: one }\ncontainers: { c1: { node: one }, c2: { node: two } }\n`;
    assert.equal(hop(flannel, 'c1', 'c2'), '1450 flannel on one');
    assert.equal(hop(flannel, 'one', 'two'), '1500 the network lan');
    const swarm = `lab: t\n${TWO}swarm: { managers: [one], workers: [two], networks: { net: { attachable: true, encrypted: true } } }\ncontainers: { c1: { node: one, network: net }, c2: { node: two, network: net } }\n`;
    assert.equal(hop(swarm, 'c1', 'c2'), '1424 the overlay network net');
  });

  it('is not looked for where packets are of IPv6', () => {
    const dual = `lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 } }\n${TWO}`;
    assert.equal(hop(dual, 'one', 'fd00:56::12'), 'unknown');
    const check = (more: string): readonly string[] => errorsOf(`${dual}checks: [{ mtu: { from: one, to: two, bytes: 1400${more} } }]\n`);
    assert.deepEqual([check(''), check(', family: 6')], [['LG160 checks[0].mtu.bytes'], []]);
    const inside = `${dual}tunnels: { t: { kind: gre, family: 6, ends: [one, two], carries: docker } }\ncontainers: { c1: { node: one }, c2: { node: two } }\n`;
    assert.equal(hop(inside, 'c1', 'c2'), '1456 gre-two on one');
  });

  it('leaves a packet alone that a rule may drop by its length', () => {
    const check = 'checks: [{ mtu: { from: c1, to: c2, bytes: 1400 }, expect: unreachable }]\n';
    assert.deepEqual(errorsOf(`${carried}${check}`), ['LG160 checks[0].mtu.bytes']);
    assert.deepEqual(errorsOf(`${carried}${check}firewall: [{ node: two, hook: forward, action: drop }]\n`), []);
  });
});
