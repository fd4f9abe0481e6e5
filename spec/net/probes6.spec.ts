/** The probes' own commands against real packets of IPv6; and each kind's mutation must turn the verdict red, and its mend green. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { iptables } from '../../generator/features/firewall/checks.js';
import { counter } from '../../generator/features/firewall/counter.js';
import { feature as reachability } from '../../generator/features/reachability/feature.js';
import { route } from '../../generator/features/routes/checks.js';
import { carried } from '../../generator/features/tunnels/carried.js';
import { feature as system } from '../../generator/features/system/feature.js';
import type { CheckKind, Expectation, Reading, Subject } from '../../generator/model/check.js';
import type { Link } from '../../generator/model/lab.js';
import type { TunnelKind, Wrapping } from '../../generator/model/lab-links.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { LabFacts } from '../../generator/verify/facts.js';
import { verify } from '../../generator/verify/verify.js';
import { ADDRESS6, checkOf, TUNNEL_MTU, World } from './world.js';

const kinds: readonly CheckKind[] = [...(reachability.checkKinds ?? []), ...(system.checkKinds ?? []), route, iptables, counter];
const unreachable: Expectation = { is: 'unreachable' };

/**
 * The kernels of these specs make no tunnel but VXLAN: a tunnel's packet as bytes, to an outer address, with one inside
 * to another. Arguments: OUTER INNER KIND PORT SIZE.
 */
const SEND = `import socket, struct, sys
outer, inner, kind, port, size = sys.argv[1:]
family = lambda text: socket.AF_INET6 if ":" in text else socket.AF_INET
to = lambda text: socket.inet_pton(family(text), text)
ethertype, packet = (b"\\x86\\xdd", bytes(24) + to(inner)) if ":" in inner else (b"\\x08\\0", bytes(16) + to(inner))
frame = bytes(12) + ethertype + packet
udp = lambda body: struct.pack("!HHHH", 9, int(port), 8 + len(body), 0) + body
protocol, body = {
    "gre": lambda: (47, b"\\0\\0" + ethertype + packet),
    "gre-key": lambda: (47, b"\\x20\\0" + ethertype + bytes(4) + packet),
    "gretap": lambda: (47, b"\\0\\0\\x65\\x58" + frame),
    "ipip": lambda: (41 if ":" in inner else 4, packet),
    "vxlan": lambda: (17, udp(bytes(8) + frame)),
    "wireguard": lambda: (17, udp(b"\\4" + bytes(int(size) - 1))),
    "wireguard-handshake": lambda: (17, udp(b"\\1" + bytes(int(size) - 1))),
}[kind]()
raw = socket.socket(family(outer), socket.SOCK_RAW, protocol)
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

  it('carried: packets of every kind of tunnel, around IPv6 and IPv4 and over either, are counted by what is inside', async () => {
    const PORT = 5555;
    // A watcher ends with the third packet; where none is to come it watches to its end.
    const watched = async (kind: TunnelKind, outer: string, inner: string, sent: readonly string[], seconds: string): Promise<Reading> => {
      const wraps: Wrapping = { kind, family: outer.includes(':') ? 6 : 4, remote: 'none', ...(['vxlan', 'wireguard'].includes(kind) && { port: PORT }) };
      const links: readonly Link[] = [{ node: 'net-2', name: 't', type: kind, options: [], mtu: undefined, addresses: [], peer: 'net-1', wraps, why: '' }];
      const probe = carried.probe({ from: 'net-1', to: inner }, { ...world.facts, address: (name) => name, lab: { ...world.lab, links } }, { is: 'works' });
      assert.ok('command' in probe && probe.observer);
      const observation = await world.connections.observe(probe.observer.node, probe.observer.argv.map((word, index) => (index === 4 ? seconds : word)));
      const result = await world.connections.run('net-1', ['python3', '-c', SEND, outer, ...sent]);
      assert.equal(result.code, 0, result.stderr);
      return probe.read(result, await observation.ended);
    };
    const [six, four] = ['fd77::2', '10.77.0.2'];
    const size = (inner: string): string => (inner === six ? '416' : '400');
    const titles = { gre: 'GRE', gretap: 'GRETAP', ipip: 'IPIP', vxlan: 'VXLAN', wireguard: 'WireGuard' };
    const asks = (['gre', 'gretap', 'ipip', 'vxlan', 'wireguard'] as const).flatMap((kind) => [six, four].flatMap((outer) => [six, four].map((inner) => ({ kind, outer, inner }))));
    for (const { kind, outer, inner } of asks) {
      const found = await watched(kind, outer, inner, [inner, kind, String(PORT), size(inner)], '60');
      assert.deepEqual([found.state, found.seen.replace(/ from .*/, '')], ['works', `3 packets in ${titles[kind]}`], `${kind} over ${outer} around ${inner}`);
    }
    assert.equal((await watched('gre', four, six, [six, 'gre-key', '0', '0'], '60')).state, 'works');
    // What is for another, on another port, of another length or no data at all.
    // In turns: one's wrong packets would be right for another.
    const wrong: readonly (readonly (readonly [TunnelKind, readonly string[]])[])[] = [
      [['gre', ['10.77.0.3', 'gre', '0', '0']], ['gretap', ['10.77.0.3', 'gretap', '0', '0']], ['ipip', ['10.77.0.3', 'ipip', '0', '0']], ['vxlan', ['10.77.0.3', 'vxlan', String(PORT), '0']], ['vxlan', [four, 'vxlan', '5556', '0']], ['wireguard', [four, 'wireguard', '5556', '400']], ['wireguard', [four, 'wireguard', String(PORT), '384']], ['wireguard', [four, 'wireguard-handshake', String(PORT), '400']]],
      [['gre', [four, 'gretap', '0', '0']]],
      [['gretap', [four, 'gre', '0', '0']], ['ipip', [four, 'gre', '0', '0']]],
    ];
    for (const turn of wrong) await Promise.all(turn.map(async ([kind, sent]) => assert.equal((await watched(kind, four, four, sent, '6')).state, 'unreachable', `${kind}: ${sent.join(' ')}`)));
  });

  it('carried: dropped before it is seen, and let through again', async () => {
    world.in('net-1', 'ip', 'link', 'add', 'vx1', 'type', 'vxlan', 'id', '9', 'local', '10.77.0.1', 'remote', '10.77.0.2', 'dstport', '4789');
    world.in('net-2', 'ip', 'link', 'add', 'vx1', 'type', 'vxlan', 'id', '9', 'local', '10.77.0.2', 'remote', '10.77.0.1', 'dstport', '4789');
    try {
      for (const [node, digit] of [['net-1', '1'], ['net-2', '2']] as const) {
        world.in(node, 'ip', 'address', 'add', `10.99.0.${digit}/24`, 'dev', 'vx1');
        world.in(node, 'ip', 'link', 'set', 'vx1', 'up');
      }
      const wraps: Wrapping = { kind: 'vxlan', family: 4, remote: '10.77.0.1', port: 4789 };
      const links: readonly Link[] = [{ node: 'net-2', name: 'vx1', type: 'vxlan', options: [], mtu: undefined, addresses: ['10.99.0.2/24'], peer: 'net-1', wraps, why: '' }];
      const facts = { ...world.facts, lab: { ...world.lab, links } };
      const subject = { from: 'net-1', to: '10.99.0.2' };
      const ask = async (): Promise<string> => {
        const probe = carried.probe(subject, facts, { is: 'works' });
        assert.ok('command' in probe && probe.observer, 'notRun' in probe ? probe.notRun : '');
        const observation = await world.connections.observe(probe.observer.node, probe.observer.argv);
        return probe.read(await world.connections.run(probe.command.node, probe.command.argv), await observation.ended).seen;
      };
      const mutation = carried.mutation(subject, facts, { is: 'works' }) ?? assert.fail();
      assert.equal(await ask(), '3 packets in VXLAN from 10.77.0.1');
      world.in(mutation.break.node, ...mutation.break.argv);
      assert.equal(await ask(), 'no tunnel\'s packet with that destination arrived');
      world.in(mutation.mend.node, ...mutation.mend.argv);
      assert.equal(await ask(), '3 packets in VXLAN from 10.77.0.1');
    } finally {
      for (const node of ['net-1', 'net-2']) world.in(node, 'ip', 'link', 'delete', 'vx1');
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
