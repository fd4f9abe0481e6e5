import assert from 'node:assert/strict';
import { overlap, parseCidr } from '../../generator/model/ipv4.js';
import { contentOf, labOf, planFor } from '../support/labs.js';

const flags = (text: string, node = 'a'): readonly string[] => labOf(text).daemonFlags.filter((flag) => flag.node === node && flag.name === 'default-address-pool').map((flag) => flag.value);

describe('Docker networks', () => {
  it('are on the nodes of their containers, unless they say', () => {
    const lab = labOf('lab: t\nnodes: { a: {}, b: {}, c: {} }\ndockerNetworks:\n  used: {}\n  idle: {}\n  said: { nodes: [c] }\ncontainers:\n  c1: { node: a, network: used }\n  c2: { node: b, network: used }\n');
    assert.deepEqual(lab.dockerNetworks.map((each) => `${each.name} ${each.node}`), ['used a', 'used b', 'said c']);
  });

  it('without a subnet get one away from the lab, and docker0 keeps its own', () => {
    const text = 'lab: t\nnetworks: { lan: { subnet: 10.201.5.0/24 } }\nnodes: { a: {}, b: {} }\ndockerNetworks: { app: {} }\ncontainers: { c1: { node: a, network: app } }\n';
    assert.deepEqual(flags(text), ['base=172.17.0.0/16,size=16', 'base=10.202.0.0/16,size=24']);
    assert.deepEqual(flags(text, 'b'), []);
  });

  it('leave the pools alone where the lab gave some, or every subnet is said', () => {
    const text = (docker: string, network: string): string => `lab: t\nnodes: { a: { docker: ${docker} } }\ndockerNetworks: { app: ${network} }\ncontainers: { c1: { network: app } }\n`;
    assert.deepEqual(flags(text('{ defaultAddressPools: [{ base: 10.9.0.0/16, size: 24 }] }', '{}')), ['base=10.9.0.0/16,size=24']);
    assert.deepEqual(flags(text('{}', '{ subnet: 10.9.0.0/24 }')), []);
    assert.equal(overlap(parseCidr('10.9.0.0/24')!.subnet, parseCidr('10.201.0.0/16')!.subnet), false);
  });

  it('place their words as words of the shell', () => {
    const hostile = `it's "$(id)" \\ %s`;
    const script = contentOf(planFor(`lab: t\nnodes: { a: {} }\ndockerNetworks:\n  app: { subnet: 10.9.0.0/24, options: { x.y: ${JSON.stringify(hostile)} } }\ncontainers: { c1: { network: app } }\n`, 't'), 'nodes/a/labgen-containers.sh');
    assert.ok(script.includes(`--opt 'x.y=it'\\''s "$(id)" \\ %s'`), script);
  });
});

describe('dockerd that keeps its hands off iptables', () => {
  const lab = labOf('lab: t\nnodes: { a: { docker: { iptables: false } }, b: {} }\n');

  it('has its old rules swept, once nothing writes them any more', () => {
    assert.deepEqual(lab.sweeps.map((each) => `${each.node} ${each.chains} ${each.bridge}`), ['a DOCKER docker0']);
    const plan = planFor('lab: t\nnodes: { a: { docker: { iptables: false } }, b: {} }\n', 't');
    assert.match(contentOf(plan, 'nodes/a/labgen-firewall.sh'), /\n {2}sweep DOCKER docker0\n/);
    assert.doesNotMatch(contentOf(plan, 'nodes/b/labgen-firewall.sh'), /sweep/);
  });

  it('is asked whether a chain is left', () => {
    assert.deepEqual(lab.checks.filter((check) => check.kind === 'iptables').map((check) => check.id), ['iptables a filter DOCKER = absent', 'iptables a nat DOCKER = absent']);
  });
});
