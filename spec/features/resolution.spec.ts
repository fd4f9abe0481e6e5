import assert from 'node:assert/strict';
import { overlap, parseCidr, type Subnet } from '../../generator/model/ipv4.js';
import { ruleWords } from '../../generator/model/rule.js';
import { errorsOf, labOf, labText } from '../support/labs.js';

const subnet = (cidr: string): Subnet => parseCidr(cidr)?.subnet ?? assert.fail(cidr);

describe('a full mesh by count: 3', () => {
  const lab = labOf(labText('mesh'));
  const of = (node: string): readonly string[] => lab.links.filter((link) => link.node === node).map((link) => `${link.name} ${link.options.join(' ')} ${link.addresses.join()} ${link.mtu}`);

  it('joins each node with each other', () => {
    assert.deepEqual(of('worker-1'), ['gre-worker-2 local 192.168.57.101 remote 192.168.57.102 ttl 255 10.255.0.101/32 1476', 'gre-worker-3 local 192.168.57.101 remote 192.168.57.103 ttl 255 10.255.0.101/32 1476']);
    assert.equal(lab.links.length, 6);
    assert.equal(new Set(lab.links.map((link) => `${link.node} ${link.name}`)).size, 6);
  });

  it('computes container networks that never meet, and leads a route to each', () => {
    assert.deepEqual(lab.containerNetworks.map((each) => `${each.node} ${each.bip}`), ['worker-1 10.64.101.1/24', 'worker-2 10.64.102.1/24', 'worker-3 10.64.103.1/24']);
    for (const a of lab.containerNetworks) for (const b of lab.containerNetworks) assert.equal(overlap(subnet(a.subnet), subnet(b.subnet)), a === b);
    const routes = lab.routes.filter((route) => route.node === 'worker-1').map((route) => `${route.to} ${route.dev}`);
    assert.deepEqual(routes.filter((route) => route.startsWith('10.64')), ['10.64.102.0/24 gre-worker-2', '10.64.103.0/24 gre-worker-3']);
  });

  it('tells dockerd the network and the MTU the tunnel leaves', () => {
    const flags = lab.daemonFlags.filter((flag) => flag.node === 'worker-2').map((flag) => `--${flag.name}=${flag.value}`);
    assert.deepEqual([...flags].sort(), ['--bip=10.64.102.1/24', '--fixed-cidr=10.64.102.0/24', '--mtu=1476']);
  });

  it('changes nothing for those who were there when the count grows', () => {
    const more = labOf(labText('mesh').replace('count: 3', 'count: 5'));
    for (const node of lab.nodes) assert.deepEqual(more.nodes.find((each) => each.name === node.name), node);
    for (const network of lab.containerNetworks) assert.deepEqual(more.containerNetworks.find((each) => each.node === network.node), network);
    for (const link of lab.links) assert.deepEqual(more.links.find((each) => each.node === link.node && each.name === link.name), link);
  });

  it('puts one container on each, and expands the checks to ordered pairs', () => {
    assert.deepEqual(lab.containers.map((each) => `${each.name} ${each.node}`), ['web-1 worker-1', 'web-2 worker-2', 'web-3 worker-3']);
    assert.equal(lab.checks.filter((check) => check.kind === 'ping').length, 6);
    const sources = lab.checks.filter((check) => check.kind === 'source').map((check) => check.subject);
    assert.equal(sources.length, 6);
    assert.ok(sources.every((subject) => subject['from'] === subject['seenAs']));
  });
});

describe('tunnels', () => {
  const text = (more = ''): string => `lab: t\nnodes:\n  a: { docker: { bip: 172.17.0.1/17 } }\n  b: { docker: { bip: 172.17.128.1/17 } }\ntunnels:\n  t: { kind: gre, ends: [a, b], carries: docker${more} }\n`;
  const rules = (source: string): readonly string[] => labOf(source).rules.filter((rule) => rule.node === 'a').map((rule) => `${rule.table} ${rule.hook} ${ruleWords(rule).join(' ')}`);

  it('let through what arrives, open the second gate, and keep the sender', () => {
    assert.deepEqual(rules(text()), [
      'filter forward -s 172.17.128.0/17 -d 172.17.0.0/17 -i gre-b -o docker0 -j ACCEPT',
      'raw prerouting -s 172.17.128.0/17 -d 172.17.0.0/17 -i gre-b -j ACCEPT',
      'nat postrouting -s 172.17.0.0/17 -d 172.17.128.0/17 -o gre-b -j ACCEPT',
    ]);
  });

  it('do not with forward: false, and masquerade where told to', () => {
    assert.deepEqual(rules(text(', forward: false, masquerade: true')), []);
  });

  it('name interfaces within the kernel\'s 15 characters, each its own', () => {
    const lab = labOf('lab: t\nnodes:\n  a-node-with-a-long-name: { count: 3 }\n  another-node-with-a-long-name: {}\ntunnels:\n  t: { kind: gre, ends: [a-node-with-a-long-name, another-node-with-a-long-name] }\n');
    assert.ok(lab.links.every((link) => link.name.length <= 15));
    assert.equal(new Set(lab.links.map((link) => `${link.node} ${link.name}`)).size, 12);
  });

  it('ask for the module they need', () => {
    assert.deepEqual([...new Set(labOf(text()).modules.map((each) => each.name))], ['ip_gre']);
  });

  it('give dockerd no MTU where the lab gave one', () => {
    const flags = labOf(text().replace('172.17.0.1/17', '172.17.0.1/17, mtu: 1300')).daemonFlags.filter((flag) => flag.name === 'mtu');
    assert.deepEqual(flags.map((flag) => `${flag.node} ${flag.value}`).sort(), ['a 1300', 'b 1476']);
  });
});

describe('routes', () => {
  it('find the next hop in the network both share', () => {
    const lab = labOf(labText('everything'));
    assert.deepEqual(lab.routes.filter((route) => route.via !== undefined).map((route) => `${route.node} ${route.to} ${route.via} ${route.source ?? ''}`), [
      'left 192.168.60.0/25 192.168.56.20 ',
      'bare default 192.168.60.11 ',
      'right 192.168.60.9/32 192.168.56.20 192.168.56.12',
    ]);
  });
});

describe('containers', () => {
  const container = (text: string) => labOf(`lab: t\nnodes: { a: {} }\ncontainers:\n  web: ${text}\n`).containers[0] ?? assert.fail();

  it('take a list as words, and one line for the shell', () => {
    assert.deepEqual(container('{ command: [a, "b c", "7"] }').command, ['a', 'b c', '7']);
    assert.deepEqual(container('{ command: "a | b" }').command, ['sh', '-c', 'a | b']);
    assert.equal(container('{}').command, undefined);
  });

  it('read every form of a port', () => {
    assert.deepEqual(container('{ ports: ["8080:80/tcp", "127.0.0.1:5353:53/udp", "127.0.0.1::90", 9000] }').ports, [
      { hostAddress: undefined, hostPort: 8080, containerPort: 80, protocol: 'tcp' },
      { hostAddress: '127.0.0.1', hostPort: 5353, containerPort: 53, protocol: 'udp' },
      { hostAddress: '127.0.0.1', hostPort: undefined, containerPort: 90, protocol: 'tcp' },
      { hostAddress: undefined, hostPort: undefined, containerPort: 9000, protocol: 'tcp' },
    ]);
  });

  it('may publish one port on two addresses of a host', () => {
    const text = (one: string, two: string): string => `lab: t\nnodes: { a: {} }\ncontainers:\n  c1: { ports: ["${one}"] }\n  c2: { ports: ["${two}"] }\n`;
    assert.deepEqual(errorsOf(text('127.0.0.1:80:80', '127.0.0.2:80:80')), []);
    assert.deepEqual(errorsOf(text('127.0.0.1:80:80', '80:80')), ['LG071 containers.c2.ports[0]']);
    assert.deepEqual(errorsOf(text('0.0.0.0:80:80', '127.0.0.2:80:80')), ['LG071 containers.c2.ports[0]']);
  });

  it('run on the sole node with Docker where none is said', () => {
    assert.equal(labOf('lab: t\nnodes: { a: { docker: false }, b: {} }\ncontainers: { web: {} }\n').containers[0]?.node, 'b');
  });
});

describe('stages', () => {
  it('are judged each on its own: what the lab lacks may be what each stage adds', () => {
    assert.deepEqual(errorsOf('lab: t\nnodes: { a: {} }\ntunnels:\n  t: { kind: gre, ends: [a, b] }\nstages:\n  - { name: one, nodes: { b: {} } }\n'), []);
  });

  it('tell a mistake of the lab once, however many stages there are', () => {
    assert.deepEqual(errorsOf('lab: t\nnodes: { a: {} }\ncontainers: { web: { node: b } }\nstages: [{ name: one }, { name: two }, { name: three }]\n'), ['LG040 containers.web.node']);
  });
});
