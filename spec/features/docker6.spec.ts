import assert from 'node:assert/strict';
import { contentOf, labOf, planFor } from '../support/labs.js';

const flags = (text: string, node = 'a'): readonly string[] => labOf(text).daemonFlags.filter((flag) => flag.node === node).map((flag) => `--${flag.name}=${flag.value}`);
const one = (docker: string): readonly string[] => flags(`lab: t\nnodes: { a: { docker: ${docker} } }\n`);

describe('Docker and IPv6', () => {
  it('ipv6 brings a network, and packet filter rules in every version of Docker', () => {
    assert.deepEqual(one('{ ipv6: true }'), ['--ip6tables=true', '--experimental=true', '--ipv6=true', '--fixed-cidr-v6=fd10:64:11::/64']);
    assert.deepEqual(one('{ ip6tables: true }'), ['--ip6tables=true', '--experimental=true']);
  });

  it('what is said otherwise counts', () => {
    assert.deepEqual(one('{ ipv6: true, ip6tables: false, fixedCidrV6: fd00:1:0:0::/64 }'), ['--ip6tables=false', '--ipv6=true', '--fixed-cidr-v6=fd00:1:0:0::/64']);
    assert.deepEqual(one('{ ipv6: true, iptables: false }'), ['--iptables=false', '--ip6tables=false', '--ipv6=true', '--fixed-cidr-v6=fd10:64:11::/64']);
    assert.deepEqual(one('{ ipv6: true, package: ce, experimental: false, bip6: fd00:1::9/64 }'), ['--ip6tables=true', '--experimental=false', '--ipv6=true', '--bip6=fd00:1::9/64', '--fixed-cidr-v6=fd00:1::/64']);
    assert.deepEqual(one('{ ipv6: false }'), ['--ipv6=false']);
  });

  it('each node of a group has its own, which a count does not change', () => {
    const networks = (count: number): readonly string[] => labOf(`lab: t\nnodes: { a: {}, w: { count: ${count}, docker: { ipv6: true } } }\n`).containerNetworks6.map((each) => `${each.node} ${each.address} ${each.subnet}`);
    assert.deepEqual(networks(2), ['w-1 fd10:64:101::1 fd10:64:101::/64', 'w-2 fd10:64:102::1 fd10:64:102::/64']);
    assert.deepEqual(networks(3).slice(0, 2), networks(2));
  });

  it('has the digits of the computed IPv4 network', () => {
    const lab = labOf('lab: t\nnetworks: { lan: { subnet: 192.168.56.0/24 }, wide: { subnet: 10.9.0.0/16 } }\nnodes: { a: { networks: { wide: 10.9.3.7 }, docker: { ipv6: true } }, b: { networks: { lan: auto, wide: auto }, docker: { ipv6: true } } }\ntunnels: { t: { kind: gre, ends: [a, b], carries: docker } }\n');
    assert.deepEqual(lab.containerNetworks.map((each) => each.subnet), ['10.99.7.0/24', '10.64.11.0/24']);
    assert.deepEqual(lab.containerNetworks6.map((each) => each.subnet), ['fd10:99:7::/64', 'fd10:64:11::/64']);
  });

  it('comes with questions: forwarding, an address for each container', () => {
    const ids = labOf('lab: t\nnodes: { a: { docker: { ipv6: true } } }\ncontainers: { c1: {}, c2: { network: host } }\n').checks.map((check) => check.id);
    assert.ok(ids.includes('sysctl a net.ipv6.conf.all.forwarding = 1'));
    assert.deepEqual(ids.filter((id) => id.includes('GlobalIPv6Address')), ['docker c1 NetworkSettings.Networks.bridge.GlobalIPv6Address']);
  });
});

describe('Docker networks with IPv6', () => {
  const text = 'lab: t\nnodes: { a: {} }\ndockerNetworks:\n  app: { subnet: 10.9.0.0/24, subnet6: FD00:9:0::/64, gateway6: fd00:9::fe }\ncontainers:\n  c1: { network: app, address: 10.9.0.9, address6: FD00:9::9, ports: ["[FD00:9::FE]:80:80", "[::]::53/udp"] }\n';

  it('are made with both subnets, and containers with their addresses', () => {
    const script = contentOf(planFor(text, 't'), 'nodes/a/labgen-containers.sh').replaceAll(/\s*\\\n\s*/g, ' ');
    assert.match(script, /network app --driver bridge --subnet 10\.9\.0\.0\/24 --ipv6 --subnet fd00:9::\/64 --gateway fd00:9::fe\n/);
    assert.match(script, / --ip 10\.9\.0\.9 --ip6 fd00:9::9 /);
    assert.match(script, / --publish '\[fd00:9::fe\]:80:80\/tcp' --publish '\[::\]::53\/udp' /);
  });

  it('bring dockerd\'s rules for IPv6 where the default bridge has none', () => {
    assert.deepEqual(flags(text), ['--ip6tables=true', '--experimental=true']);
    assert.deepEqual(flags(text.replace('a: {}', 'a: { docker: { ip6tables: false } }')), ['--ip6tables=false']);
    assert.deepEqual(flags(text.replace('a: {}', 'a: { docker: { ip6tables: true } }')), ['--ip6tables=true', '--experimental=true']);
    assert.equal(flags(text.replace('a: {}', 'a: { docker: { ipv6: true } }')).filter((flag) => flag.startsWith('--ip6tables')).length, 1);
  });

  it('come with questions about the addresses asked for', () => {
    const ids = labOf(text).checks.map((check) => check.id);
    for (const id of ['docker c1 NetworkSettings.Networks.app.IPAddress = 10.9.0.9', 'docker c1 NetworkSettings.Networks.app.GlobalIPv6Address = fd00:9::9']) assert.ok(ids.includes(id), id);
  });
});
