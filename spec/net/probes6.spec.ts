/** The probes' own commands against real packets of IPv6; and each kind's mutation must turn the verdict red, and its mend green. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { iptables } from '../../generator/features/firewall/checks.js';
import { counter } from '../../generator/features/firewall/counter.js';
import { feature as reachability } from '../../generator/features/reachability/feature.js';
import { route } from '../../generator/features/routes/checks.js';
import { carried } from '../../generator/features/tunnels/carried.js';
import { feature as system } from '../../generator/features/system/feature.js';
import type { CheckKind, Expectation, Subject } from '../../generator/model/check.js';
import type { Link } from '../../generator/model/lab.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { LabFacts } from '../../generator/verify/facts.js';
import { verify } from '../../generator/verify/verify.js';
import { ADDRESS6, checkOf, TUNNEL_MTU, World } from './world.js';

const kinds: readonly CheckKind[] = [...(reachability.checkKinds ?? []), ...(system.checkKinds ?? []), route, iptables, counter];
const unreachable: Expectation = { is: 'unreachable' };

/** No kernel of these specs makes GRE interfaces: a packet of GRE as bytes, to an address, with one inside to another. */
const SEND = `import socket, sys
outer, inner = sys.argv[1:]
to = lambda text: socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
body = b"\\0\\0\\x86\\xdd" + bytes(24) + to(inner) if ":" in inner else b"\\0\\0\\x08\\0" + bytes(16) + to(inner)
raw = socket.socket(socket.AF_INET6 if ":" in outer else socket.AF_INET, socket.SOCK_RAW, 47)
for _ in range(3):
    raw.sendto(body, (outer, 0))`;

describe('probes on real packets of IPv6', function () {
  this.timeout(120_000);
  const world = new World();
  before(async () => world.start());
  after(async () => world.stop());

  async function ask(kind: string, subject: Subject, expect?: Expectation): Promise<Verdict> {
    const { verdicts } = await verify(world.lab, world.connections, { kinds, checks: [checkOf(kind, subject, expect)], now: () => performance.now(), sleep: (ms) => sleep(ms) });
    return verdicts[0] ?? assert.fail();
  }
  async function passes(kind: string, subject: Subject, expect?: Expectation): Promise<Verdict> {
    const found = await ask(kind, subject, expect);
    assert.equal(found.state, 'passed', `${found.command}: ${found.seen}`);
    return found;
  }
  /** It passes, is broken and fails, is mended and passes. */
  async function caught(kind: string, subject: Subject, expect: Expectation = { is: 'works' }): Promise<void> {
    await passes(kind, subject, expect);
    const facts = new LabFacts(world.lab, world.connections, () => performance.now());
    await facts.refresh(['net-1']);
    const mutation = kinds.find((each) => each.name === kind)?.mutation(subject, facts, expect) ?? assert.fail(`${kind} has no mutation`);
    for (const [command, state] of [[mutation.break, 'failed'], [mutation.mend, 'passed']] as const) {
      const result = await world.connections.run(command.node, command.argv);
      assert.equal(result.code, 0, `${command.argv.join(' ')}: ${result.stderr}`);
      const found = await ask(kind, subject, expect);
      assert.equal(found.state, state, `${mutation.title}: ${found.command}: ${found.seen}`);
    }
  }

  it('ping, by family and by address, from a node and from a container', async () => {
    assert.match((await passes('ping', { from: 'net-1', to: 'net-2', family: 6 })).seen, /bytes from fd77::2/);
    assert.match((await passes('ping', { from: 'net-2', to: 'c1', family: 6 })).seen, /bytes from fd20:1::2/);
    assert.match((await passes('ping', { from: 'c1', to: 'net-2', family: 4 })).seen, /10\.77\.0\.2/);
    await passes('ping', { from: 'c1', to: 'FD77:0::2' });
    await passes('ping', { from: 'net-1', to: 'fd77::99' }, unreachable);
    await passes('ping', { from: 'net-2', to: '2001:db8::1' }, unreachable);
    await caught('ping', { from: 'c1', to: 'net-2', family: 6 });
  });

  it('tcp, udp and http', async () => {
    await caught('tcp', { from: 'c1', to: 'net-2', port: 8086, family: 6 });
    await passes('tcp', { from: 'c1', to: 'net-2', port: 81, family: 6 }, { is: 'value', value: 'refused' });
    await caught('udp', { from: 'c1', to: 'net-2', port: 17, family: 6, send: 'hello' }, { is: 'value', value: 'hello' });
    await caught('http', { from: 'c1', to: 'net-2', port: 8086, family: 6 }, { is: 'pattern', pattern: '^hello', flags: '' });
    await passes('http', { from: 'net-1', to: 'fd77::2', port: 8086 });
  });

  it('a path closed by a rule is opened by its mutation', async () => {
    world.in('net-1', 'ip6tables', '-A', 'FORWARD', '-d', ADDRESS6.c1, '-j', 'DROP');
    try {
      await caught('ping', { from: 'net-2', to: 'c1', family: 6 }, unreachable);
    } finally {
      world.in('net-1', 'ip6tables', '-D', 'FORWARD', '-d', ADDRESS6.c1, '-j', 'DROP');
    }
  });

  it('mtu: exact', async () => {
    await caught('mtu', { from: 'c1', to: 'net-2', bytes: TUNNEL_MTU, family: 6 });
    await passes('mtu', { from: 'c1', to: 'net-2', bytes: TUNNEL_MTU + 1, family: 6 }, unreachable);
  });

  it('source: kept, and masqueraded', async () => {
    await caught('source', { from: 'c1', to: 'net-2', seenAs: 'c1', family: 6 });
    world.in('net-1', 'ip6tables', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'up0', '-j', 'MASQUERADE');
    try {
      assert.match((await passes('source', { from: 'c1', to: 'net-2', seenAs: 'net-1', family: 6 })).seen, /seen as fd77::1/);
    } finally {
      world.in('net-1', 'ip6tables', '-t', 'nat', '-D', 'POSTROUTING', '-o', 'up0', '-j', 'MASQUERADE');
    }
  });

  it('route and interface', async () => {
    await caught('route', { node: 'net-2', to: 'fd20:1::/64', via: 'net-1', dev: 'up0' });
    await passes('route', { node: 'net-2', to: 'c1', via: 'fd77::1', family: 6 });
    await caught('route', { node: 'net-2', to: '2001:db8::/32' }, unreachable);
    await passes('interface', { node: 'net-2', name: 'up0', address: 'fd77:0::2/64' });
  });

  it('carried: GRE packets around IPv6 and IPv4, over either, are counted by the address inside', async () => {
    const link = (type: string): Link => ({ node: 'net-1', name: 't', type, options: [], mtu: undefined, addresses: [], peer: 'net-2', why: '' });
    for (const [type, outer, inner] of [['ip6gre', 'fd77::2', 'fd77::2'], ['gre', '10.77.0.2', 'fd77::2'], ['ip6gre', 'fd77::2', '10.77.0.2'], ['gre', '10.77.0.2', '10.77.0.2']] as const) {
      const probe = carried.probe({ from: 'net-1', to: inner }, { ...world.facts, address: (name) => name, lab: { ...world.lab, links: [link(type)] } }, { is: 'works' });
      assert.ok('command' in probe && probe.observer);
      for (const [sent, state] of [[inner, 'works'], [inner.replace(/2$/, '3'), 'unreachable']] as const) {
        const observation = await world.connections.observe(probe.observer.node, probe.observer.argv);
        const result = await world.connections.run('net-1', ['python3', '-c', SEND, outer, sent]);
        assert.equal(result.code, 0, result.stderr);
        assert.equal(probe.read(result, await observation.ended).state, state, `${type} ${inner}`);
      }
    }
  });

  it('iptables: rules of ip6tables alone; counter', async () => {
    world.in('net-1', 'ip6tables', '-N', 'LABGEN-FORWARD');
    world.in('net-1', 'ip6tables', '-A', 'FORWARD', '-j', 'LABGEN-FORWARD');
    world.in('net-1', 'ip6tables', '-A', 'LABGEN-FORWARD', '-p', 'tcp', '--dport', '8086', '-j', 'ACCEPT');
    try {
      await caught('iptables', { node: 'net-1', chain: 'LABGEN-FORWARD', rule: '-p tcp --dport 8086 -j ACCEPT', family: 6 });
      await caught('iptables', { node: 'net-1', chain: 'NO-SUCH', family: 6 }, { is: 'value', value: 'absent' });
      await passes('iptables', { node: 'net-1', chain: 'LABGEN-FORWARD' }, { is: 'value', value: 'absent' });
      await caught('counter', { node: 'net-1', chain: 'LABGEN-FORWARD', rule: '--dport 8086 -j ACCEPT', from: 'c1', to: 'net-2', port: 8086, family: 6 });
    } finally {
      for (const words of ['-F LABGEN-FORWARD', '-D FORWARD -j LABGEN-FORWARD', '-X LABGEN-FORWARD']) world.in('net-1', 'ip6tables', ...words.split(' '));
    }
  });
});
