/** The probes' own commands against real packets; and each kind's mutation must turn the verdict red. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { iptables } from '../../generator/features/firewall/checks.js';
import { feature as reachability } from '../../generator/features/reachability/feature.js';
import { route } from '../../generator/features/routes/checks.js';
import { sysctl } from '../../generator/features/sysctls/checks.js';
import { feature as system } from '../../generator/features/system/feature.js';
import type { Check, CheckKind, Expectation, NodeCommand, Subject } from '../../generator/model/check.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { verify } from '../../generator/verify/verify.js';
import { checkOf, TUNNEL_MTU, World } from './world.js';

const kinds: readonly CheckKind[] = [...(reachability.checkKinds ?? []), ...(system.checkKinds ?? []), route, sysctl, iptables];
const unreachable: Expectation = { is: 'unreachable' };
const value = (wanted: string | number): Expectation => ({ is: 'value', value: wanted });
const pattern = (text: string): Expectation => ({ is: 'pattern', pattern: text, flags: '' });

describe('probes on real packets', function () {
  this.timeout(60_000);
  const world = new World();
  before(async () => world.start());
  after(async () => world.stop());

  async function verdict(check: Check): Promise<Verdict> {
    const { verdicts } = await verify(world.lab, world.connections, { kinds, checks: [check], now: () => performance.now(), sleep: (ms) => sleep(ms) });
    const [only] = verdicts;
    assert.ok(only);
    return only;
  }
  const passes = async (kind: string, subject: Subject, expect?: Expectation): Promise<Verdict> => {
    const found = await verdict(checkOf(kind, subject, expect));
    assert.equal(found.state, 'passed', `${found.command}: ${found.seen}`);
    return found;
  };
  const fails = async (kind: string, subject: Subject, expect?: Expectation): Promise<Verdict> => {
    const found = await verdict(checkOf(kind, subject, expect));
    assert.equal(found.state, 'failed', `${found.command}: ${found.seen}`);
    return found;
  };
  const notRun = async (kind: string, subject: Subject, expect?: Expectation): Promise<Verdict> => {
    const found = await verdict(checkOf(kind, subject, expect));
    assert.equal(found.state, 'not-run', `${found.command}: ${found.seen}`);
    return found;
  };
  const on = async (command: NodeCommand): Promise<void> => {
    const result = await world.connections.run(command.node, command.argv);
    assert.equal(result.code, 0, `${command.argv.join(' ')}: ${result.stderr}`);
  };

  it('ping: answers, from a node and from a container', async () => {
    assert.match((await passes('ping', { from: 'net-1', to: 'net-2' })).seen, /bytes from 10\.77\.0\.2/);
    assert.match((await passes('ping', { from: 'c1', to: 'net-2' })).command, /^nsenter -t \d+ -n ping -n -c 2 -i 0\.2 -W 2 10\.77\.0\.2$/);
    await passes('ping', { from: 'net-2', to: 'c1' });
    await fails('ping', { from: 'net-1', to: 'net-2' }, unreachable);
  });

  it('ping: an address nobody has, and one without a route, are unreachable; an unproven target of the lab is not', async () => {
    await passes('ping', { from: 'net-1', to: '10.77.0.99' }, unreachable);
    const noRoute = await passes('ping', { from: 'net-1', to: '192.0.2.1' }, unreachable);
    assert.match(noRoute.seen, /unreachable/i);
    await fails('ping', { from: 'net-1', to: '192.0.2.1' });
    assert.match((await notRun('ping', { from: 'net-1', to: 'nobody' })).seen, /nobody/);
  });

  it('ping: a container whose process is gone says nothing about the path', async () => {
    const kind = kinds.find((each) => each.name === 'ping');
    const probe = kind?.probe({ from: 'c1', to: 'net-2' }, { ...world.facts, pid: () => 4_000_000 }, unreachable);
    assert.ok(probe && 'command' in probe);
    const reading = probe.read(await world.connections.run(probe.command.node, probe.command.argv), undefined);
    assert.equal(reading.state, 'not-run');
    assert.match(reading.seen, /nsenter/);
  });

  it('tcp: open, refused, timed out', async () => {
    await passes('tcp', { from: 'c1', to: 'net-2', port: 8080 });
    await passes('tcp', { from: 'c1', to: 'net-2', port: 8080 }, value('open'));
    await fails('tcp', { from: 'c1', to: 'net-2', port: 8080 }, unreachable);
    await passes('tcp', { from: 'c1', to: 'net-2', port: 81 }, value('refused'));
    await fails('tcp', { from: 'c1', to: 'net-2', port: 81 });
    world.in('net-1', 'iptables', '-I', 'FORWARD', '-p', 'tcp', '--dport', '8080', '-j', 'DROP');
    try {
      await passes('tcp', { from: 'c1', to: 'net-2', port: 8080 }, value('timeout'));
      await passes('tcp', { from: 'c1', to: 'net-2', port: 8080 }, unreachable);
      await fails('tcp', { from: 'c1', to: 'net-2', port: 8080 }, value('refused'));
    } finally {
      world.in('net-1', 'iptables', '-D', 'FORWARD', '-p', 'tcp', '--dport', '8080', '-j', 'DROP');
    }
  });

  it('tcp: where nobody listens, "unreachable" is not proven', async () => {
    assert.match((await notRun('tcp', { from: 'c1', to: 'net-2', port: 81 }, unreachable)).seen, /does not even answer itself/);
  });

  it('udp: an answer, its text, and none', async () => {
    await passes('udp', { from: 'c1', to: 'net-2', port: 7 });
    await passes('udp', { from: 'c1', to: 'net-2', port: 7, send: 'hello $(id)' }, value('hello $(id)'));
    await passes('udp', { from: 'c1', to: 'net-2', port: 7, send: '-n hello' }, pattern('^-n h'));
    await fails('udp', { from: 'c1', to: 'net-2', port: 7 }, value('other'));
    assert.match((await fails('udp', { from: 'c1', to: 'net-2', port: 9 })).seen, /no answer within 2 s/);
    assert.match((await fails('udp', { from: 'c1', to: 'net-2', port: 10 })).seen, /refused/);
  });

  it('http: status, body, and no server', async () => {
    await passes('http', { from: 'c1', to: 'net-2', port: 8080 });
    await passes('http', { from: 'c1', to: 'net-2', port: 8080, path: '/index.html' }, value('hello from net-2'));
    await passes('http', { from: 'c1', to: 'net-2', port: 8080 }, pattern('^hello'));
    await passes('http', { from: 'c1', to: 'net-2', port: 8080, path: '/none' }, value(404));
    await fails('http', { from: 'c1', to: 'net-2', port: 8080, path: '/none' });
    await fails('http', { from: 'c1', to: 'net-2', port: 8080 }, unreachable);
    await fails('http', { from: 'c1', to: 'net-2', port: 81 });
    await passes('http', { from: 'net-1', to: '10.77.0.99' }, unreachable);
  });

  it('mtu: exact, not one byte more, not one less', async () => {
    for (const from of ['net-1', 'c1']) {
      await passes('mtu', { from, to: 'net-2', bytes: TUNNEL_MTU });
      assert.match((await fails('mtu', { from, to: 'net-2', bytes: TUNNEL_MTU - 1 })).seen, /passes too/);
      assert.match((await fails('mtu', { from, to: 'net-2', bytes: TUNNEL_MTU + 1 })).seen, /does not pass: mtu ?= ?1400/);
      await passes('mtu', { from, to: 'net-2', bytes: TUNNEL_MTU + 1 }, unreachable);
    }
  });

  it('source: kept, and masqueraded', async () => {
    await passes('source', { from: 'c1', to: 'net-2', seenAs: 'c1' });
    assert.match((await fails('source', { from: 'c1', to: 'net-2', seenAs: 'net-1' })).seen, /seen as 172\.20\.1\.2, not as net-1/);
    world.in('net-1', 'iptables', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'up0', '-j', 'MASQUERADE');
    try {
      await passes('source', { from: 'c1', to: 'net-2', seenAs: 'net-1' });
      assert.match((await fails('source', { from: 'c1', to: 'net-2', seenAs: 'c1' })).seen, /seen as 10\.77\.0\.1/);
    } finally {
      world.in('net-1', 'iptables', '-t', 'nat', '-D', 'POSTROUTING', '-o', 'up0', '-j', 'MASQUERADE');
    }
  });

  it('route: there, by its keys, and none', async () => {
    await passes('route', { node: 'net-2', to: 'c1' });
    await passes('route', { node: 'net-2', to: '172.20.1.0/24', dev: 'up0', via: 'net-1', source: 'net-2' });
    assert.match((await fails('route', { node: 'net-2', to: '172.20.1.0/24', dev: 'foo' })).seen, /dev up0 via 10\.77\.0\.1 source 10\.77\.0\.2/);
    await passes('route', { node: 'net-2', to: '192.0.2.0/24' }, unreachable);
    await fails('route', { node: 'net-2', to: '192.0.2.0/24' });
    await fails('route', { node: 'net-2', to: 'c1', dev: 'foo' }, unreachable);
  });

  it('interface: there, by its keys, and absent', async () => {
    await passes('interface', { node: 'net-1', name: 'up0', mtu: TUNNEL_MTU, address: '10.77.0.1/24', up: true, kind: 'veth' });
    await passes('interface', { container: 'c1', name: 'eth0', address: '172.20.1.2' });
    assert.match((await fails('interface', { node: 'net-1', name: 'up0', mtu: 1476 })).seen, /mtu 1400/);
    await fails('interface', { node: 'net-1', name: 'up0', address: '10.77.0.1/16' });
    await fails('interface', { node: 'net-1', name: 'up0' }, value('absent'));
    await passes('interface', { node: 'net-1', name: 'foo' }, value('absent'));
    await fails('interface', { node: 'net-1', name: 'foo' });
  });

  it('sysctl: its value, and no such key', async () => {
    await passes('sysctl', { node: 'net-1', key: 'net.ipv4.ip_forward' }, value(1));
    await fails('sysctl', { node: 'net-1', key: 'net.ipv4.ip_forward' }, value(0));
    await passes('sysctl', { node: 'net-1', key: 'net.ipv4.tcp_rmem' }, pattern('^\\d+\\s\\d+'));
    await passes('sysctl', { node: 'net-1', key: 'net.ipv4.no_such' }, value('absent'));
  });

  it('iptables: rules, chains, policies', async () => {
    const chain = 'LABGEN-FORWARD';
    await passes('iptables', { node: 'net-1', chain }, value('absent'));
    await passes('iptables', { node: 'net-1', chain, rule: '-i up0 -j ACCEPT' }, value('absent'));
    world.in('net-1', 'iptables', '-N', chain);
    world.in('net-1', 'iptables', '-A', chain, '-i', 'up0', '-m', 'comment', '--comment', 'two words', '-j', 'ACCEPT');
    await passes('iptables', { node: 'net-1', chain });
    await passes('iptables', { node: 'net-1', chain, rule: '-i up0 -m comment --comment "two words" -j ACCEPT' });
    await fails('iptables', { node: 'net-1', chain, rule: '-i up1 -j ACCEPT' });
    await passes('iptables', { node: 'net-1', chain, rule: '-i up1 -j ACCEPT' }, value('absent'));
    await passes('iptables', { node: 'net-1', chain, rule: '-j NO-SUCH-CHAIN' }, value('absent'));
    await passes('iptables', { node: 'net-1', chain: 'FORWARD', policy: 'ACCEPT' });
    await fails('iptables', { node: 'net-1', chain: 'FORWARD', policy: 'DROP' });
    await notRun('iptables', { node: 'net-1', chain, rule: '--no-such-option' });
    await notRun('iptables', { node: 'net-1', chain, rule: '-j ACCEPT --modprobe=/bin/true' });
    world.in('net-1', 'iptables', '-F', chain);
    world.in('net-1', 'iptables', '-X', chain);
  });

  it('command: exit status, output, pattern, and a list', async () => {
    await passes('command', { node: 'net-1', run: 'ip -o link show up0 | grep -q veth || true' });
    await passes('command', { node: 'net-1', run: 'exit 7' }, value(7));
    await fails('command', { node: 'net-1', run: 'exit 7' });
    await passes('command', { node: 'net-1', run: ['printf', '%s\n', '$HOME; -x'] }, value('$HOME; -x'));
    await passes('command', { node: 'net-1', run: 'cat /proc/sys/net/ipv4/ip_forward' }, pattern('^1$'));
    await passes('command', { node: 'net-1', run: 'no-such-program-here' }, value(127));
  });

  describe('mutations caught', () => {
    const rule = '-i up0 -j ACCEPT';
    const cases: readonly [string, Subject, Expectation?][] = [
      ['ping', { from: 'c1', to: 'net-2' }],
      ['ping', { from: 'net-2', to: 'c1' }],
      ['tcp', { from: 'c1', to: 'net-2', port: 8080 }],
      ['tcp', { from: 'c1', to: 'net-2', port: 81 }, value('refused')],
      ['udp', { from: 'c1', to: 'net-2', port: 7 }],
      ['http', { from: 'net-1', to: 'net-2', port: 8080 }],
      ['mtu', { from: 'c1', to: 'net-2', bytes: TUNNEL_MTU }],
      ['source', { from: 'c1', to: 'net-2', seenAs: 'c1' }],
      ['source', { from: 'net-1', to: 'net-2', seenAs: 'net-1' }],
      ['route', { node: 'net-2', to: 'c1', via: 'net-1' }],
      ['route', { node: 'net-2', to: '192.0.2.7' }, unreachable],
      ['interface', { node: 'net-1', name: 'up0', mtu: TUNNEL_MTU }],
      ['interface', { node: 'net-1', name: 'foo' }, value('absent')],
      ['interface', { container: 'c1', name: 'eth0' }],
      ['interface', { container: 'c1', name: 'eth0', up: true }],
      ['interface', { container: 'c1', name: 'eth0', address: '172.20.1.2/24' }],
      ['sysctl', { node: 'net-1', key: 'net.ipv4.ip_forward' }, value(1)],
      ['sysctl', { node: 'net-1', key: 'net.ipv4.conf.up0.rp_filter' }, value(0)],
      ['iptables', { node: 'net-1', chain: 'MUT', rule }],
      ['iptables', { node: 'net-1', chain: 'MUT', rule: '-i up9 -j ACCEPT' }],
      ['iptables', { node: 'net-1', chain: 'MUT', rule: '-i last -j ACCEPT' }],
      ['iptables', { node: 'net-1', chain: 'MUT', rule: '-i none -j ACCEPT' }, value('absent')],
      ['iptables', { node: 'net-1', chain: 'MUT' }],
      ['iptables', { node: 'net-1', chain: 'NO-SUCH' }, value('absent')],
      ['iptables', { node: 'net-1', chain: 'FORWARD', policy: 'ACCEPT' }],
    ];
    before(() => {
      world.in('net-1', 'iptables', '-N', 'MUT');
      for (const name of ['first', 'up9', 'up0', 'up0', 'last']) world.in('net-1', 'iptables', '-A', 'MUT', '-i', name, '-j', 'ACCEPT');
      world.in('net-1', 'iptables', '-D', 'MUT', '4');
      // The kernel takes it away with the address, though it is of another link.
      world.in('c1', 'ip', 'route', 'add', '198.51.100.0/24', 'dev', 'lo', 'src', '172.20.1.2');
      // A bridge without ports has no carrier, as docker0 without containers; its route is shown with "linkdown".
      world.in('c1', 'ip', 'link', 'add', 'idle0', 'type', 'bridge');
      world.in('c1', 'ip', 'link', 'set', 'idle0', 'up');
      world.in('c1', 'ip', 'addr', 'add', '203.0.113.1/24', 'dev', 'idle0');
    });
    const state = (): string =>
      ['net-1', 'net-2', 'c1'].map((name) => [
        ...['filter', 'nat', 'raw'].map((table) => world.in(name, 'iptables', '-t', table, '-S')),
        world.in(name, 'ip', 'route'), world.in(name, 'ip', 'rule'), world.in(name, 'ip', '-br', '-4', 'addr'),
      ].join('')).join('\n');

    for (const [name, subject, expect] of cases) {
      it(`${name} ${JSON.stringify(subject)}${expect ? ` ${JSON.stringify(expect)}` : ''}`, async () => {
        const kind = kinds.find((each) => each.name === name);
        const mutation = kind?.mutation(subject, world.facts, expect ?? { is: 'works' });
        assert.ok(mutation, 'a mutation');
        await passes(name, subject, expect);
        const whole = state();
        await on(mutation.break);
        try {
          await fails(name, subject, expect);
        } finally {
          await on(mutation.mend);
        }
        await passes(name, subject, expect);
        assert.equal(state(), whole, 'mended exactly');
      });
    }

    for (const [name, more] of [['ping', {}], ['tcp', { port: 8080 }], ['udp', { port: 7 }], ['http', { port: 8080 }]] as const) {
      it(`${name} that must not get through`, async () => {
        const subject: Subject = { from: 'c1', to: 'net-2', ...more };
        const drop = ['iptables', '-A', 'INPUT', '-i', 'up0', '-j', 'DROP'];
        world.in('net-2', ...drop);
        const lab = { ...world.lab, rules: [{ node: 'net-2', table: 'filter', hook: 'input', match: {}, action: { kind: 'drop' }, condition: undefined, why: '' }], routes: [{ node: 'net-1', to: '10.77.0.0/24' }] };
        const mutation = kinds.find((each) => each.name === name)?.mutation(subject, { ...world.facts, lab: lab as unknown as typeof world.lab }, unreachable);
        assert.ok(mutation, 'a mutation');
        try {
          await passes(name, subject, unreachable);
          const whole = state();
          await on(mutation.break);
          await fails(name, subject, unreachable);
          await on(mutation.mend);
          await passes(name, subject, unreachable);
          assert.equal(state(), whole, 'mended exactly');
        } finally {
          world.in('net-2', ...drop.map((each) => (each === '-A' ? '-D' : each)));
        }
      });
    }
  });

  describe('a stand-in for systemctl on PATH', () => {
    it('service: active, failed, absent', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'labgen-bin-'));
      const path = process.env['PATH'];
      writeFileSync(join(folder, 'systemctl'), `#!/bin/sh
for unit; do :; done
case "$unit" in
docker) printf 'Result=success\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\n' ;;
broken) printf 'Result=exit-code\\nLoadState=loaded\\nActiveState=failed\\nSubState=failed\\n' ;;
*) printf 'Result=success\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\n' ;;
esac
`, { mode: 0o755 });
      process.env['PATH'] = `${folder}:${path}`;
      try {
        await passes('service', { node: 'net-1', name: 'docker' });
        await passes('service', { node: 'net-1', name: 'broken' }, value('failed'));
        assert.match((await fails('service', { node: 'net-1', name: 'broken' })).seen, /failed.*exit-code/);
        await passes('service', { node: 'net-1', name: 'ghost' }, value('absent'));
        await fails('service', { node: 'net-1', name: 'ghost' }, value('inactive'));
      } finally {
        process.env['PATH'] = path;
        rmSync(folder, { recursive: true });
      }
    });
  });
});
