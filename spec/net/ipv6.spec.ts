/** IPv6 as rendered from labs: the scripts of two nodes whose kernels were told not to speak it, and real packets. */
import assert from 'node:assert/strict';
import { labOf } from '../support/labs.js';
import { scriptOf } from '../support/node-scripts.js';
import { NodeWorld } from '../support/node-world.js';

const DUAL = 'lab: dual\nnetworks:\n  lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }\nnodes:\n  n1: { docker: false }\n  n2: { docker: false, address6: fd00:56::2 }\n';

describe('IPv6 on real nodes', function () {
  this.timeout(60_000);
  let world: NodeWorld;
  const start = (text: string): void => {
    for (const node of ['n1', 'n2']) world.must(node, world.put(`${node}.sh`, scriptOf(labOf(text), 'labgen-network.sh', node)), 'start');
  };
  const state = (node: string): string => world.must(node, 'sh', '-c', 'ip -6 -oneline address; ip -6 route show table all; sysctl -a 2>/dev/null | grep -E "^net.ipv6.conf.*(disable_ipv6|accept_ra|autoconf|accept_dad|keep_addr_on_down) "').replaceAll(/^ff00::.*$|valid_lft \d+sec/gm, '');

  beforeEach(async () => {
    world = new NodeWorld();
    for (const node of ['n1', 'n2']) await world.add(node);
    world.cable('n1', 'eth1', '192.168.56.11/24', 'n2', 'enp0s8', '192.168.56.12/24');
  });
  afterEach(() => world.end());

  it('an address is there on whatever the interface is called, at once, and itself answers it', () => {
    start(DUAL);
    assert.equal(world.run('n1', 'ping', '-c', '1', '-W', '1', 'fd00:56::2').code, 0);
    assert.ok(world.pings('n2', 'fd00:56::11'));
    assert.ok(world.pings('n1', 'fd00:56::11'));
    assert.match(world.must('n2', 'ip', '-6', '-brief', 'address', 'show', 'dev', 'enp0s8'), /fd00:56::2\/64/);
    assert.ok(world.pings('n1', '192.168.56.12'));
  });

  it('starting again changes nothing, and stop leaves nothing', () => {
    const before = state('n1');
    start(DUAL);
    const first = state('n1');
    assert.equal(world.must('n1', `${world.folder}/n1.sh`, 'start'), '');
    assert.equal(state('n1'), first);
    world.must('n1', `${world.folder}/n1.sh`, 'stop');
    assert.equal(state('n1'), before);
    assert.equal(world.must('n1', `${world.folder}/n1.sh`, 'stop'), '');
  });

  it('stands beside an MTU of the network, and stop puts both back, also after a stage too narrow for IPv6', () => {
    const mtu = (): string => world.must('n1', 'cat', '/sys/class/net/eth1/mtu').trim();
    const staged = `${DUAL}stages:\n  - { name: dual, networks: { lan: { mtu: 1280 } } }\n  - { name: thin, networks: { lan: { mtu: 1000, subnet6: null } }, nodes: { n2: { address6: null } } }\n`;
    const before = [state('n1'), mtu()];
    const put = (stage: string): void => {
      for (const node of ['n1', 'n2']) world.must(node, world.put(`${stage}-${node}.sh`, scriptOf(labOf(staged, stage), 'labgen-network.sh', node)), 'start');
    };
    const stop = (stage: string): void => {
      for (const node of ['n1', 'n2']) world.must(node, `${world.folder}/${stage}-${node}.sh`, 'stop');
    };
    put('dual');
    assert.equal(mtu(), '1280');
    assert.ok(world.pings('n1', 'fd00:56::2'));
    stop('dual');
    assert.deepEqual([state('n1'), mtu()], before);
    put('thin');
    assert.equal(mtu(), '1000');
    assert.ok(!world.pings('n1', 'fd00:56::2'));
    stop('thin');
    assert.deepEqual([state('n1'), mtu()], before);
    put('dual');
    assert.ok(world.pings('n1', 'fd00:56::2'));
  });

  it('it outlives the interface being down for a moment', () => {
    start(DUAL);
    world.must('n1', 'ip', 'link', 'set', 'eth1', 'down');
    world.must('n1', 'ip', 'link', 'set', 'eth1', 'up');
    assert.ok(world.pings('n1', 'fd00:56::2'));
  });

  it('what a stage without them finds, it takes away', () => {
    const staged = `${DUAL}stages:\n  - { name: dual }\n  - { name: plain, networks: { lan: { subnet6: null } }, nodes: { n2: { address6: null } } }\n`;
    const before = state('n1');
    world.must('n1', world.put('dual.sh', scriptOf(labOf(staged, 'dual'), 'labgen-network.sh')), 'start');
    world.must('n1', world.put('plain.sh', scriptOf(labOf(staged, 'plain'), 'labgen-network.sh')), 'stop');
    assert.equal(state('n1'), before);
  });
});

const ROUTED = `lab: routed
networks:
  left: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }
  right: { subnet: 192.168.57.0/24, subnet6: fd00:57::/64 }
nodes:
  n0: { networks: { left: auto }, docker: false }
  n1: { networks: { left: auto, right: auto }, docker: false, sysctls: { net.ipv4.ip_forward: 1, net.ipv6.conf.all.forwarding: 1 } }
  n2: { networks: { right: auto }, docker: false }
routes:
  - { node: n0, to: "::/0", via: n1 }
  - { node: n0, to: default, via: n1 }
  - { node: n2, to: fd00:56::/64, via: n1 }
  - { node: n2, to: 192.168.56.0/24, via: n1 }
`;
const SERVER = { 4: '192.168.57.12', 6: 'fd00:57::12' };

describe('a router of both families', function () {
  this.timeout(120_000);
  const world = new NodeWorld();
  const clean = (): string => ['filter', 'nat', 'raw', 'mangle'].flatMap((table) => ['iptables', 'ip6tables'].map((tool) => world.must('n1', tool, '-t', table, '-S'))).join('');
  let untouched = '';

  before(async () => {
    for (const node of ['n0', 'n1', 'n2']) await world.add(node);
    world.cable('n0', 'eth1', '192.168.56.11/24', 'n1', 'left', '192.168.56.12/24');
    world.cable('n1', 'right', '192.168.57.11/24', 'n2', 'eth1', '192.168.57.12/24');
    for (const node of ['n0', 'n1', 'n2']) world.must(node, world.put(`${node}.sh`, scriptOf(labOf(ROUTED), 'labgen-network.sh', node)), 'start');
    await world.serve('n2', 8080, 6);
    world.must('n1', 'ip6tables', '-A', 'INPUT', '-s', 'fd99::/64', '-j', 'DROP');
    untouched = clean();
  });
  afterEach(() => {
    world.must('n1', firewall('sweep', '[]'), 'stop');
    assert.equal(clean(), untouched, 'something was left, or something of others is gone');
  });
  after(() => world.end());

  function firewall(name: string, rules: string): string {
    return world.put(`${name}.sh`, scriptOf(labOf(`${ROUTED}firewall: ${rules}\n`), 'labgen-firewall.sh', 'n1'));
  }
  const seen = (family: 4 | 6): string => world.tcp('n0', family === 6 ? `[${SERVER[6]}]` : SERVER[4], 8080, 5);
  const silent = (family: 4 | 6): boolean => world.silent('n0', family === 6 ? `[${SERVER[6]}]` : SERVER[4], 8080);

  it('passes on what it should', () => {
    assert.ok(world.pings('n0', SERVER[6]) && world.pings('n0', SERVER[4]));
    assert.deepEqual([seen(4), seen(6)], ['[0000:0000:0000:0000:0000:ffff:c0a8:380b]', `[${expanded('fd00:56::11')}]`]);
    assert.match(world.must('n0', 'ip', '-6', 'route', 'show', 'default'), /^default via fd00:56::12 dev eth1/);
  });

  it('a rule without addresses is for both families, one with is for its own', () => {
    world.must('n1', firewall('both', '[{ node: n1, hook: forward, in: left, protocol: tcp, port: 8080, action: drop }]'), 'start');
    assert.ok(silent(4) && silent(6));
    world.must('n1', firewall('none', '[]'), 'stop');
    world.must('n1', firewall('six', '[{ node: n1, hook: forward, source: FD00:56::/64, protocol: tcp, port: 8080, action: drop }]'), 'start');
    assert.ok(silent(6));
    assert.notEqual(seen(4), 'timeout');
    world.must('n1', firewall('none', '[]'), 'stop');
    world.must('n1', firewall('four', '[{ node: n1, hook: forward, family: 4, protocol: icmp, action: drop }]'), 'start');
    assert.ok(world.unanswered('n0', SERVER[4]) && world.pings('n0', SERVER[6]));
    world.must('n1', firewall('none', '[]'), 'stop');
    world.must('n1', firewall('icmp', '[{ node: n1, hook: forward, source: n0, protocol: icmp, action: drop }]'), 'start');
    assert.ok(world.unanswered('n0', SERVER[4]) && world.unanswered('n0', SERVER[6]));
  });

  it('translates addresses of IPv6', () => {
    world.must('n1', firewall('nat', '[{ node: n1, table: nat, hook: prerouting, in: left, family: 6, protocol: tcp, port: 80, action: dnat, to: "[FD00:57::12]:8080" }, { node: n1, table: nat, hook: postrouting, out: right, family: 6, action: masquerade }]'), 'start');
    assert.equal(world.tcp('n0', '[fd00:56::12]', 80, 5), `[${expanded('fd00:57::11')}]`);
    assert.notEqual(seen(4), '');
  });

  it('starting again changes nothing', () => {
    const script = firewall('twice', '[{ node: n1, hook: forward, in: left, action: accept }, { node: n1, hook: input, action: accept }]');
    world.must('n1', script, 'start');
    const first = clean();
    assert.match(first, /-A FORWARD -j LABGEN-FORWARD[\s\S]*-A FORWARD -j LABGEN-FORWARD/);
    assert.equal(world.must('n1', script, 'start'), '');
    assert.equal(clean(), first);
  });

  it('before Docker\'s rules for IPv6: in DOCKER-USER where it is, in FORWARD where Docker made none', () => {
    const docker = ROUTED.replace('right: auto }, docker: false,', 'right: auto }, docker: { ipv6: true },');
    const script = world.put('docker.sh', scriptOf(labOf(`${docker}firewall: [{ node: n1, hook: forward, family: 6, in: left, action: drop }]\n`), 'labgen-firewall.sh', 'n1'));
    world.must('n1', script, 'start');
    assert.match(world.must('n1', 'ip6tables', '-S', 'FORWARD'), /^-P FORWARD ACCEPT\n-A FORWARD -j LABGEN-FORWARD\n$/);
    world.must('n1', script, 'stop');
    world.must('n1', 'ip6tables', '-N', 'DOCKER-USER');
    world.must('n1', script, 'start');
    assert.match(world.must('n1', 'ip6tables', '-S', 'DOCKER-USER'), /^-N DOCKER-USER\n-A DOCKER-USER -j LABGEN-FORWARD\n$/);
    world.must('n1', script, 'stop');
    world.must('n1', 'ip6tables', '-X', 'DOCKER-USER');
  });
});

/** As socat prints it. */
function expanded(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const groups = [...head.split(':'), ...Array.from({ length: 8 - head.split(':').length - tail.split(':').length }, () => '0'), ...tail.split(':')];
  return groups.map((group) => group.padStart(4, '0')).join(':');
}
