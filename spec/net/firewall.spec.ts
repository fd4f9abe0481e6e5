/** labgen-firewall.sh as rendered: real packets from a client (n0) through a node (n1) to a server (n2). */
import assert from 'node:assert/strict';
import type { Lab } from '../../generator/model/lab.js';
import type { Action, Hook, Match, Rule, Table } from '../../generator/model/rule.js';
import { handMade, scriptOf } from '../support/node-scripts.js';
import { NodeWorld } from '../support/node-world.js';

const rule = (table: Table, hook: Hook, match: Match, action: Action | 'accept' | 'drop' | 'reject' | 'masquerade', condition?: 'direct-routing-filter'): Rule => ({ node: 'n1', table, hook, match, action: typeof action === 'string' ? { kind: action } : action, condition, why: 'a rule made by hand' });
const CLIENT = '10.1.0.2';
const SERVER = '10.2.0.2';
const TABLES = ['filter', 'nat', 'raw', 'mangle'] as const;

describe('labgen-firewall.sh on real nodes', function () {
  this.timeout(60_000);
  const world = new NodeWorld();
  const state = (): string => TABLES.map((table) => `${table}\n${world.must('n1', 'iptables', '-t', table, '-S')}`).join('');
  const use = (name: string, rules: readonly Rule[], docker = false): string => world.put(`${name}.sh`, scriptOf(lab(rules, docker), 'labgen-firewall.sh'));
  const lab = (rules: readonly Rule[], docker: boolean): Lab => handMade({ rules }, docker);
  let clean = '';

  before(async () => {
    for (const name of ['n0', 'n1', 'n2']) await world.add(name);
    world.cable('n0', 'eth1', `${CLIENT}/24`, 'n1', 'left', '10.1.0.1/24');
    world.cable('n1', 'right', '10.2.0.1/24', 'n2', 'eth1', `${SERVER}/24`);
    world.must('n1', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    world.must('n0', 'ip', 'route', 'add', 'default', 'via', '10.1.0.1');
    world.must('n2', 'ip', 'route', 'add', 'default', 'via', '10.2.0.1');
    for (const port of [8080, 8081]) await world.serve('n2', port);
    await world.serve('n1', 9090);
    // What others wrote: Docker's chains, its policy, somebody's own rule.
    for (const words of ['-P FORWARD DROP', '-N DOCKER-USER', '-A FORWARD -j DOCKER-USER', '-N DOCKER', '-A FORWARD -o docker0 -j DOCKER', '-A DOCKER-USER -j RETURN', '-A FORWARD -s 10.2.0.0/24 -j ACCEPT', '-A INPUT -s 203.0.113.7 -j DROP', '-t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', '-t raw -A PREROUTING -s 203.0.113.8 -j DROP', '-t mangle -A FORWARD -s 203.0.113.9 -j ACCEPT']) world.must('n1', 'iptables', ...words.split(' '));
    clean = state();
  });
  afterEach(() => {
    world.must('n1', use('sweep', []), 'stop');
    assert.equal(state(), clean, 'something was left, or something of others is gone');
  });
  after(() => world.end());

  it('packets obey the rules, in their order', () => {
    assert.ok(world.silent('n0', SERVER, 8080));
    const script = use('order', [
      rule('filter', 'forward', { source: '10.1.0.0/24', destination: SERVER, protocol: 'tcp', destinationPort: 8081, in: 'left', out: 'right' }, 'reject'),
      rule('filter', 'forward', { source: '10.1.0.0/24', in: 'left' }, 'accept'),
      // NEW: a rule without it would drop the answers to n0, too, which come in on the right.
      rule('filter', 'forward', { protocol: 'icmp', state: ['NEW'] }, 'drop'),
    ]);
    world.must('n1', script, 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), CLIENT);
    assert.equal(world.tcp('n0', SERVER, 8081), 'refused');
    assert.ok(world.pings('n0', SERVER));
    assert.ok(world.unanswered('n2', CLIENT));
    world.must('n1', script, 'stop');
    assert.ok(world.silent('n0', SERVER, 8080));
  });

  it('states, input and output', () => {
    world.must('n1', use('state', [
      rule('filter', 'forward', { state: ['ESTABLISHED', 'RELATED'] }, 'accept'),
      rule('filter', 'forward', { in: 'left', state: ['NEW'], protocol: 'tcp', destinationPort: 8080 }, 'accept'),
      rule('filter', 'input', { in: 'left', protocol: 'tcp', destinationPort: 9090 }, 'drop'),
      rule('filter', 'output', { destination: SERVER, protocol: 'tcp', destinationPort: 8081 }, 'reject'),
    ]), 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), CLIENT);
    assert.ok(world.silent('n0', SERVER, 8081));
    assert.ok(world.silent('n0', '10.1.0.1', 9090));
    assert.equal(world.tcp('n2', '10.2.0.1', 9090), SERVER);
    assert.equal(world.tcp('n1', SERVER, 8081), 'refused');
    assert.equal(world.tcp('n1', SERVER, 8080), '10.2.0.1');
  });

  it('translates addresses: masquerade, snat, dnat', () => {
    const open = rule('filter', 'forward', { in: 'left' }, 'accept');
    world.must('n1', use('masquerade', [open, rule('nat', 'postrouting', { out: 'right', source: '10.1.0.0/24' }, 'masquerade')]), 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), '10.2.0.1');
    world.must('n1', use('dnat', [open, rule('nat', 'prerouting', { in: 'left', protocol: 'tcp', destinationPort: 80 }, { kind: 'dnat', to: `${SERVER}:8080` })]), 'start');
    assert.equal(world.tcp('n0', '10.1.0.1', 80), '10.2.0.1', 'the chain of the earlier script is still there');
    world.must('n1', use('sweep', []), 'stop');
    world.must('n1', 'ip', 'address', 'add', '10.2.0.77/32', 'dev', 'right');
    world.must('n1', use('snat', [open, rule('nat', 'postrouting', { out: 'right' }, { kind: 'snat', to: '10.2.0.77' })]), 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), '10.2.0.77');
    world.must('n1', 'ip', 'address', 'del', '10.2.0.77/32', 'dev', 'right');
  });

  it('accepts in nat before Docker masquerades: the sender stays who it is', () => {
    world.must('n1', 'iptables', '-t', 'nat', '-A', 'POSTROUTING', '-s', '10.1.0.0/24', '-j', 'MASQUERADE');
    const open = rule('filter', 'forward', { in: 'left' }, 'accept');
    world.must('n1', use('masked', [open]), 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), '10.2.0.1');
    world.must('n1', use('kept', [open, rule('nat', 'postrouting', { source: '10.1.0.0/24', destination: '10.2.0.0/24' }, 'accept')]), 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), CLIENT);
    world.must('n1', 'iptables', '-t', 'nat', '-D', 'POSTROUTING', '-s', '10.1.0.0/24', '-j', 'MASQUERADE');
  });

  it('changes nothing when it is started again, and comes back to the top when it was pushed down', () => {
    const script = use('twice', [rule('filter', 'forward', { in: 'left' }, 'accept'), rule('nat', 'postrouting', { out: 'right' }, 'masquerade'), rule('raw', 'prerouting', { source: '203.0.113.1' }, 'drop'), rule('mangle', 'postrouting', { source: '203.0.113.2' }, 'drop')]);
    world.must('n1', script, 'start');
    const before = state();
    assert.equal(world.must('n1', script, 'start'), '');
    assert.equal(state(), before);
    // dockerd puts its own rules first when it restarts.
    world.must('n1', 'iptables', '-I', 'FORWARD', '1', '-i', 'left', '-j', 'DROP');
    assert.ok(world.silent('n0', SERVER, 8080));
    world.must('n1', script, 'start');
    assert.equal(world.tcp('n0', SERVER, 8080), '10.2.0.1');
    world.must('n1', 'iptables', '-D', 'FORWARD', '-i', 'left', '-j', 'DROP');
    assert.equal(state(), before);
  });

  it('lives in DOCKER-USER where Docker writes rules, in FORWARD where it does not', () => {
    const rules = [rule('filter', 'forward', { in: 'left' }, 'accept')];
    world.must('n1', use('with-docker', rules, true), 'start');
    assert.match(world.must('n1', 'iptables', '-S', 'DOCKER-USER'), /^-N DOCKER-USER\n-A DOCKER-USER -j LABGEN-FORWARD\n-A DOCKER-USER -j RETURN\n$/);
    assert.equal(world.tcp('n0', SERVER, 8080), CLIENT);
    world.must('n1', use('sweep', []), 'stop');
    const off = { ...lab(rules, true), daemonFlags: [{ node: 'n1', name: 'iptables', value: 'false' }] };
    world.must('n1', world.put('off.sh', scriptOf(off, 'labgen-firewall.sh')), 'start');
    assert.match(world.must('n1', 'iptables', '-S', 'FORWARD'), /^-P FORWARD DROP\n-A FORWARD -j LABGEN-FORWARD\n/);
  });

  it('opens the second gate only where the installed dockerd has it', () => {
    const script = use('gate', [rule('raw', 'prerouting', { source: '10.1.0.0/24', in: 'left' }, 'accept', 'direct-routing-filter')], true);
    const dockerd = (name: string, help: string): string => world.put(`${name}/dockerd`, `#!/bin/sh\n[ "$1" = --help ] && cat <<'END'\n${help}\nEND\n`).replace(/\/dockerd$/, '');
    const start = (path: string): string => {
      world.must('n1', 'env', `PATH=${path}:/usr/sbin:/usr/bin:/sbin:/bin`, script, 'start');
      return world.must('n1', 'iptables', '-t', 'raw', '-S', 'LABGEN-PREROUTING');
    };
    assert.equal(start(dockerd('new', '      --allow-direct-routing   Allow remote access to published ports on container IP addresses')), '-N LABGEN-PREROUTING\n-A LABGEN-PREROUTING -s 10.1.0.0/24 -i left -j ACCEPT\n');
    assert.equal(start(dockerd('old', '      --bip string   IPv4 address for the default bridge')), '-N LABGEN-PREROUTING\n');
    // Docker 28.2's own rule, and what the gate is for.
    world.must('n1', 'iptables', '-t', 'raw', '-A', 'PREROUTING', '-d', SERVER, '!', '-i', 'docker0', '-j', 'DROP');
    world.must('n1', 'iptables', '-I', 'FORWARD', '-i', 'left', '-j', 'ACCEPT');
    assert.ok(world.silent('n0', SERVER, 8080));
    start(dockerd('new', '--allow-direct-routing'));
    assert.equal(world.tcp('n0', SERVER, 8080), CLIENT);
    world.must('n1', 'iptables', '-t', 'raw', '-D', 'PREROUTING', '-d', SERVER, '!', '-i', 'docker0', '-j', 'DROP');
    world.must('n1', 'iptables', '-D', 'FORWARD', '-i', 'left', '-j', 'ACCEPT');
  });

  it('status shows the chains; stop may be run at any time', () => {
    const script = use('status', [rule('filter', 'forward', { in: 'left' }, 'accept')]);
    world.must('n1', script, 'start');
    assert.match(world.must('n1', script, 'status'), /Chain LABGEN-FORWARD \(1 references\)/);
    world.must('n1', script, 'stop');
    world.must('n1', script, 'stop');
    assert.equal(world.run('n1', script, 'flush').code, 2);
    const empty = use('empty', []);
    for (const verb of ['start', 'status', 'stop']) world.must('n1', empty, verb);
  });
});
