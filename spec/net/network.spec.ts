/** labgen-network.sh as rendered, in network namespaces, with real packets. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KernelModule, Lab, Link, Route, Sysctl } from '../../generator/model/lab.js';
import { handMade, scriptOf } from '../support/node-scripts.js';
import { NodeWorld } from '../support/node-world.js';

const link = (node: string, name: string, type: string, options: readonly string[], more: Partial<Link> = {}): Link => ({ node, name, type, options, mtu: undefined, addresses: [], peer: undefined, why: 'a link made by hand', ...more });
const route = (node: string, to: string, more: Partial<Route> = {}): Route => ({ node, to, via: undefined, dev: undefined, source: undefined, why: 'a route made by hand', ...more });
const sysctl = (node: string, key: string, value: string): Sysctl => ({ node, key, value });

/** A tunnel between the two: vxlan, because every kernel these specs meet has it; GRE differs in two words. */
const tunnel = (node: string, own: string, far: string, inner: string): Link => link(node, 'tun0', 'vxlan', ['id', '42', 'local', own, 'remote', far, 'dstport', '4789'], { mtu: 1400, addresses: [inner], peer: 'other' });
const LAB = handMade({
  links: [
    tunnel('n1', '192.168.56.11', '192.168.56.12', '10.9.0.1/32'),
    tunnel('n2', '192.168.56.12', '192.168.56.11', '10.9.0.2/32'),
    link('n1', 'br-lab', 'bridge', [], { addresses: ['172.30.0.1/24'] }),
  ],
  // The one over eth1 does not go with an interface of ours: stop has to remember it.
  routes: [route('n1', '10.9.0.2/32', { dev: 'tun0' }), route('n1', '172.31.0.0/24', { via: '192.168.56.12', dev: 'eth1' }), route('n2', '10.9.0.1/32', { dev: 'tun0' }), route('n2', '172.30.0.0/24', { via: '192.168.56.11', dev: 'eth1', source: '192.168.56.12' })],
  sysctls: [sysctl('n1', 'net.ipv4.ip_forward', '1'), sysctl('n1', 'net.ipv4.conf.all.rp_filter', '2')],
});

describe('labgen-network.sh on real nodes', function () {
  this.timeout(60_000);
  let world: NodeWorld;
  let n1: string;
  let n2: string;

  /** Everything of a node's network, without counters, and without the carrier, which the kernel notes up to a second later. */
  const state = (node: string): string => ['-o link', '-o address', 'route show table all', 'rule', '-o neigh show nud permanent'].map((what) => settled(world.must(node, 'ip', ...what.split(' ')))).join('---\n') + world.must(node, 'sysctl', 'net.ipv4.ip_forward', 'net.ipv4.conf.all.rp_filter');
  const use = (name: string, lab: Lab, node = 'n1'): string => world.put(`${name}.sh`, scriptOf(lab, 'labgen-network.sh', node));

  beforeEach(async () => {
    world = new NodeWorld();
    await world.add('n1');
    await world.add('n2');
    world.cable('n1', 'eth1', '192.168.56.11/24', 'n2', 'eth1', '192.168.56.12/24');
    world.must('n1', 'sysctl', '-qw', 'net.ipv4.ip_forward=0', 'net.ipv4.conf.all.rp_filter=0');
    n1 = use('n1', LAB);
    n2 = use('n2', LAB, 'n2');
  });
  afterEach(() => world.end());

  it('joins two nodes; packets of the tunnel\'s MTU pass, one byte more does not', () => {
    world.must('n1', n1, 'start');
    assert.ok(world.unanswered('n1', '10.9.0.2'));
    world.must('n2', n2, 'start');
    // n1 asked for this neighbour while there was none: it asks again within a second.
    assert.ok(world.pings('n1', '10.9.0.2'));
    assert.ok(world.pings('n1', '10.9.0.2', '-M', 'do', '-s', String(1400 - 28)));
    assert.ok(world.unanswered('n1', '10.9.0.2', '-M', 'do', '-s', String(1400 - 27)));
    assert.ok(world.pings('n2', '172.30.0.1'));
    assert.match(world.must('n2', 'ip', 'route', 'get', '172.30.0.1'), /src 192\.168\.56\.12/);
  });

  it('ends at a route the kernel refuses, and makes none that was to come after it', () => {
    const far = use('far', { ...LAB, routes: [...LAB.routes.slice(0, 1), route('n1', '172.31.0.0/24', { via: '10.8.0.2' }), route('n1', '172.29.0.0/24', { via: '192.168.56.12' })] });
    const { code, stderr } = world.run('n1', far, 'start');
    assert.notEqual(code, 0);
    assert.match(stderr, /invalid gateway/);
    assert.match(world.must('n1', 'ip', 'route'), /^10\.9\.0\.2 dev tun0/m);
    assert.doesNotMatch(world.must('n1', 'ip', 'route'), /^172\.(29|31)/m);
  });

  it('changes nothing when it is started again', () => {
    world.must('n1', n1, 'start');
    const before = state('n1');
    assert.match(before, /tun0[\s\S]*ip_forward = 1\n.*rp_filter = 2\n$/);
    assert.equal(world.must('n1', n1, 'start'), '');
    assert.equal(state('n1'), before);
  });

  it('stop takes away exactly what start made, and puts the kernel\'s settings back', () => {
    world.must('n1', 'ip', 'link', 'add', 'mine0', 'type', 'bridge');
    world.must('n1', 'ip', 'link', 'set', 'mine0', 'up');
    world.must('n1', 'ip', 'route', 'add', '10.50.0.0/16', 'via', '192.168.56.12');
    const before = state('n1');
    world.must('n1', n1, 'start');
    world.must('n1', n1, 'start');
    assert.notEqual(state('n1'), before);
    world.must('n1', n1, 'stop');
    assert.equal(withoutIndex(state('n1')), withoutIndex(before));
    assert.equal(world.run('n1', 'ls', '/run/labgen/network').code === 0, false);
    world.must('n1', n1, 'stop');
    assert.equal(withoutIndex(state('n1')), withoutIndex(before));
  });

  it('starts again after a stop, and after a reboot that forgot everything', () => {
    world.must('n1', n1, 'start');
    const before = withoutIndex(state('n1'));
    world.must('n1', n1, 'stop');
    world.must('n1', n1, 'start');
    assert.equal(withoutIndex(state('n1')), before);
  });

  it('refuses an interface of that name which it did not make, and leaves it alone', () => {
    world.must('n1', 'ip', 'link', 'add', 'tun0', 'type', 'bridge');
    const ran = world.run('n1', n1, 'start');
    assert.equal(ran.code, 1);
    assert.equal(ran.stderr, 'labgen: the interface tun0 is there already, and labgen did not make it\n');
    world.must('n1', n1, 'stop');
    assert.match(world.must('n1', 'ip', '-d', 'link', 'show', 'tun0'), /bridge/);
  });

  it('makes an interface anew whose options changed', () => {
    world.must('n1', n1, 'start');
    const other = use('other', { ...LAB, links: LAB.links.map((each) => (each.node === 'n1' && each.name === 'tun0' ? { ...each, options: each.options.map((word) => (word === '42' ? '43' : word)) } : each)) });
    world.must('n1', other, 'start');
    assert.match(world.must('n1', 'ip', '-d', 'link', 'show', 'tun0'), /vxlan id 43 /);
  });

  it('an empty later stage takes an earlier one\'s work away', () => {
    const before = withoutIndex(state('n1'));
    world.must('n1', n1, 'start');
    world.must('n1', use('empty', handMade({})), 'stop');
    assert.equal(withoutIndex(state('n1')), before);
  });

  it('waits for the node\'s own address', async () => {
    world.must('n1', 'ip', 'address', 'del', '192.168.56.11/24', 'dev', 'eth1');
    const child = world.start('n1', n1, 'start');
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    // nsenter became the script: while it waits, it has a child that sleeps.
    while (child.exitCode === null && child.signalCode === null && world.childOf(child) !== 'sleep') await sleep(20);
    assert.equal(child.exitCode, null, 'it did not wait');
    world.must('n1', 'ip', 'address', 'add', '192.168.56.11/24', 'dev', 'eth1');
    assert.equal(await ended, 0);
    assert.equal(world.run('n1', 'ip', 'link', 'show', 'tun0').code, 0);
  });

  it('gives interfaces the MTU of their network, and their own again when it stops', () => {
    const networks = LAB.networks.map((network) => ({ ...network, mtu: 1400 }));
    const mtu = (): string => world.must('n1', 'cat', '/sys/class/net/eth1/mtu').trim();
    const narrow = use('narrow', { ...LAB, networks });
    world.must('n1', narrow, 'start');
    world.must('n1', narrow, 'start');
    assert.equal(mtu(), '1400');
    assert.ok(world.pings('n1', '192.168.56.12', '-M', 'do', '-s', String(1400 - 28)));
    assert.ok(world.unanswered('n1', '192.168.56.12', '-M', 'do', '-s', String(1400 - 27)));
    // A later stage with the usual one.
    const usual = use('usual', { ...LAB, networks: networks.map((network) => ({ ...network, mtu: 1500 })) });
    world.must('n1', usual, 'stop');
    assert.equal(mtu(), '1500');
    world.must('n1', narrow, 'start');
    world.must('n1', narrow, 'stop');
    assert.equal(mtu(), '1500');
  });

  it('says which interface takes no packets of that size', () => {
    const networks = LAB.networks.map((network) => ({ ...network, mtu: 66_000 }));
    const ran = world.run('n1', use('huge', { ...LAB, networks }), 'start');
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^labgen: eth1 takes no packets of 66000 bytes: .*make the machines anew$/m);
  });

  it('says which kernel module is missing, before it makes anything', () => {
    const modules: readonly KernelModule[] = [{ node: 'n1', name: 'no_such_module', why: 'nobody has it' }];
    const ran = world.run('n1', use('missing', { ...LAB, modules }), 'start');
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^labgen: the kernel has no module no_such_module$/m);
    assert.equal(world.run('n1', 'ip', 'link', 'show', 'tun0').code, 1);
  });

  it('knows start, stop and status, and nothing else', () => {
    world.must('n1', n1, 'start');
    assert.match(world.must('n1', n1, 'status'), /tun0[\s\S]*10\.9\.0\.2 dev tun0/);
    for (const argv of [[], ['restart'], ['start; id']]) {
      const ran = world.run('n1', n1, ...argv);
      assert.equal(ran.code, 2);
      assert.match(ran.stderr, /^usage: .*start\|stop\|status$/m);
    }
  });
});

function settled(text: string): string {
  return text.replaceAll(/<([^>]*)>/g, (_, flags: string) => (flags.split(',').includes('UP') ? '<UP>' : '<>')).replaceAll(/ state [A-Z]+| linkdown/g, '');
}

/** Interfaces made again have new numbers and hardware addresses. */
function withoutIndex(text: string): string {
  return text.replaceAll(/^\d+: /gm, '').replaceAll(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC');
}
