import assert from 'node:assert/strict';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { root } from '../support/context.js';
import { errorsOf, labText, problemsOf } from '../support/labs.js';

const found = (text: string): readonly string[] => problemsOf(text).map((each) => `${each.severity} ${each.code} ${each.path}`);
/** Two Docker hosts and a plain one, with all that brings interfaces. */
const lab = (more: string): string => `lab: t
networks: { lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }, dmz: { subnet: 192.168.57.0/24 } }
nodes: { a: { networks: { lan: auto, dmz: auto } }, b: { networks: { lan: auto }, docker: { bip: 172.20.0.1/16 } }, p: { networks: { lan: auto }, docker: false } }
bridges: { br0: { node: a, address: 10.4.0.1/24 } }
tunnels:
  t: { kind: gre, ends: { a: { name: to-b, address: 10.5.0.1/32 }, b: { name: to-a, address: 10.6.0.1/32 } }, carries: docker }
dockerNetworks: { app: { nodes: [a], subnet: 10.210.0.0/24, options: { com.docker.network.bridge.name: br-app } } }
${more}
`;
const routes = (...each: readonly string[]): readonly string[] => errorsOf(lab(`routes: [${each.map((one) => `{ ${one} }`).join(', ')}]`));

describe('next hops and interfaces of routes', () => {
  it('are fine in every network that the node is in', () => {
    const hops = ['192.168.56.77', '192.168.57.5', '10.4.0.9', '10.6.0.1', '172.20.0.5', '10.210.0.2', '172.17.0.2', '10.0.2.2', '192.168.121.1', '"fd00:56::77"'];
    for (const hop of hops) assert.deepEqual(routes(`node: a, to: ${hop.includes(':') ? '"fd00:99::/64"' : '10.99.0.0/16'}, via: ${hop}`), [], hop);
    assert.deepEqual(routes('node: a, to: "fd00:99::/64", via: "fe80::1", dev: eth1'), [], 'every interface has link-local neighbours');
  });

  it('are refused elsewhere, of each member of a group', () => {
    assert.deepEqual(routes('node: a, to: 10.9.0.0/16, via: 10.99.99.99'), ['LG081 routes[0].via']);
    assert.deepEqual(routes('node: p, to: 10.9.0.0/16, via: 192.168.57.5'), ['LG081 routes[0].via'], 'a network of others');
    assert.deepEqual(routes('node: p, to: 10.9.0.0/16, via: 172.17.0.2'), ['LG081 routes[0].via'], 'without Docker');
    assert.deepEqual(routes('node: a, to: "fd00:99::/64", via: "fd00:1::1"'), ['LG081 routes[0].via']);
    assert.deepEqual(routes('node: a, to: "fd00:99::/64", via: "fe80::1"'), ['LG081 routes[0].via'], 'of which interface?');
    assert.deepEqual(errorsOf('lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 }, dmz: { subnet: 192.168.57.0/24 } }\nnodes: { a: { networks: { lan: auto } }, b: { networks: { dmz: auto } } }\ngroups: { all: [a, b] }\nroutes: [{ node: all, to: 10.9.0.0/16, via: 192.168.56.77 }]\n'), ['LG081 routes[0].via']);
  });

  it('are neighbours behind an interface that a route leads into, in whatever order the two stand', () => {
    const [into, over] = ['node: a, to: 10.8.0.0/16, dev: to-b', 'node: a, to: 10.9.0.0/16, via: 10.8.0.1'];
    assert.deepEqual(routes(into, over), []);
    assert.deepEqual(routes(over, into), []);
    assert.deepEqual(routes(into.replace('node: a', 'node: b').replace('to-b', 'to-a'), over), ['LG081 routes[1].via'], 'of another node');
    assert.deepEqual(routes('node: a, to: default, dev: to-b', over), []);
  });

  it('names an interface of the node', () => {
    for (const dev of ['eth0', 'eth1', 'eth2', 'docker0', 'br0', 'to-b', 'br-app', 'br-0123456789ab', 'lo']) assert.deepEqual(routes(`node: a, to: 10.9.0.0/16, dev: ${dev}`), [], dev);
    for (const dev of ['eth3', 'to-a', 'br1', 'docker1']) assert.deepEqual(routes(`node: a, to: 10.9.0.0/16, dev: ${dev}`), ['LG081 routes[0].dev'], dev);
    assert.deepEqual(routes('node: p, to: 10.9.0.0/16, dev: docker0'), ['LG081 routes[0].dev']);
    assert.deepEqual(found(lab('routes: [{ node: a, to: 10.9.0.0/16, dev: enp0s8 }]')), ['warning LG081 routes[0].dev'], 'the provider knows');
  });

  it('comes from an address of the node', () => {
    for (const source of ['192.168.56.11', '10.4.0.1', '10.5.0.1', '172.17.0.1']) assert.deepEqual(routes(`node: a, to: 10.9.0.0/16, dev: eth1, source: ${source}`), [], source);
    assert.deepEqual(routes('node: a, to: 10.9.0.0/16, dev: eth1, source: 192.168.56.12'), ['LG081 routes[0].source']);
  });
});

describe('interfaces that other blocks name', () => {
  it('ports of a bridge are there', () => {
    const bridge = (port: string): readonly string[] => found(`lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 }, dmz: { subnet: 192.168.57.0/24 } }\nnodes: { a: { networks: { lan: auto, dmz: auto } } }\nbridges: { br0: { node: a, ports: [${port}] } }\n`);
    assert.deepEqual(bridge('eth2'), []);
    assert.deepEqual(bridge('eth3'), ['error LG120 bridges.br0.ports[0]']);
    assert.deepEqual(bridge('docker0'), ['error LG120 bridges.br0.ports[0]']);
    assert.deepEqual(bridge('enp0s9'), ['warning LG120 bridges.br0.ports[0]']);
  });

  it('a rule that never matches is a warning, unless another stage brings the interface', () => {
    const rule = (name: string, node = 'a'): readonly string[] => found(lab(`firewall: [{ node: ${node}, hook: forward, in: ${name}, action: drop }]`));
    for (const name of ['eth1', 'docker0', 'to-b', 'br0', 'br-app', 'veth1234567']) assert.deepEqual(rule(name), [], name);
    assert.deepEqual(rule('eth7'), ['warning LG080 firewall[0].in']);
    assert.deepEqual(rule('eth2', 'b'), ['warning LG080 firewall[0].in']);
    const staged = (first: string): readonly string[] => found(`lab: t\nnodes: { a: {}, b: {} }\nfirewall: [{ node: a, hook: forward, out: foo, action: drop }]\nstages:\n  - { name: one${first} }\n  - { name: two, tunnels: { t: { kind: gre, ends: { a: { name: foo }, b: {} } } } }\n`);
    assert.deepEqual(staged(''), []);
  });

  it('a port is published on an address of the node', () => {
    const port = (text: string, node = 'b', sysctls = ''): readonly string[] => found(lab(`containers: { cc: { node: ${node}, ports: ["${text}"] } }`).replace('bip: 172.20.0.1/16 }', `bip: 172.20.0.1/16 }${sysctls}`));
    for (const text of ['192.168.56.12:8080:80', '0.0.0.0:8080:80', '127.0.0.1:8080:80', '172.20.0.1:8080:80', '10.6.0.1::80', '[::]:8080:80', '[::1]:8080:80', '[fd00:56::12]:8080:80', '8080:80']) assert.deepEqual(port(text), [], text);
    for (const text of ['192.168.56.99:8080:80', '192.168.56.11::80', '[fd00:56::99]:8080:80', '10.5.0.1:8080:80']) assert.deepEqual(port(text), ['error LG070 containers.cc.ports[0]'], text);
    assert.deepEqual(port('300.1.1.1:80:80'), ['error LG015 containers.cc.ports[0]']);
    assert.deepEqual(port('192.168.56.99:8080:80', 'b', ', sysctls: { net.ipv4.ip_nonlocal_bind: 1 }'), [], 'the kernel binds anything');
  });

  it('labs that are proven on machines stay as they are', () => {
    for (const name of shippedLabs(root)) assert.deepEqual(problemsOf(labText(name)).filter((each) => ['LG080', 'LG081', 'LG120', 'LG070'].includes(each.code)), [], name);
  });
});
