/** Packets traced in a world built for it: where they really went, and that a wrong prediction is told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Space, World, WorldInterface } from '../../generator/model/world.js';
import type { Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { verdictLine } from '../../generator/report/trace.js';
import { filesOf } from '../../generator/trace/files.js';
import type { Trace } from '../../generator/trace/trace.js';
import { inFolder } from '../support/context.js';
import { RealWorld } from '../support/realise.js';
import { rule, space } from '../support/world-parts.js';

const plug = (name: string, wire: string, ...addresses: string[]): WorldInterface => ({ name, kind: 'ethernet', mtu: 1500, wire, addresses });
const vxlan = (local: string, remote: string, address: string): WorldInterface => ({ name: 'vx', kind: 'tunnel', mtu: 1450, addresses: [address], tunnel: { kind: 'vxlan', family: 4, local, remotes: [remote], id: 7, port: 4789, overhead: 50 } });

/** c1 — m1's bridge — m1 — VXLAN over `lan` — m2 — m2's bridge — c2; a third machine asks from outside. */
const world: World = {
  gaps: [],
  endpoints: [
    ...['m1', 'm2', 'out'].map((name) => ({ name, kind: 'node' as const, space: name, addresses: [] })),
    ...['c1', 'c2', 'c3'].map((name) => ({ name, kind: 'container' as const, space: name, addresses: [] })),
  ],
  spaces: [
    space('m1', {
      interfaces: [plug('e0', 'lan', '10.0.0.1/24', 'fd00::1/64'), { name: 'br0', kind: 'bridge', mtu: 1500, addresses: ['172.20.1.1/24'] }, { ...plug('p1', 'cable c1'), master: 'br0' }, { ...plug('p3', 'cable c3'), master: 'br0' }, vxlan('10.0.0.1', '10.0.0.2', '10.9.0.1/24')],
      routes: [{ to: '172.20.2.0/24', via: '10.9.0.2' }],
      forwards: { 4: true, 6: false },
      chains: [
        { family: 4, table: 'nat', name: 'POSTROUTING', rules: [rule({ source: { is: '172.20.1.0/24' }, out: { is: 'e0' } }, { kind: 'masquerade' })] },
        { family: 4, table: 'nat', name: 'PREROUTING', rules: [rule({ in: { is: 'e0' }, protocol: { is: 'tcp' }, destinationPort: 8080 }, { kind: 'dnat', address: '172.20.1.2', port: 80 })] },
        { family: 4, table: 'filter', name: 'FORWARD', rules: [rule({ protocol: { is: 'udp' }, destinationPort: 9 }, { kind: 'drop' }), rule({ protocol: { is: 'udp' }, sourcePort: 53, out: { is: 'br0' } }, { kind: 'drop' })] },
      ],
      listeners: [{ protocol: 'tcp', port: 90, what: 'docker-proxy', forwardsTo: { address: '172.20.1.2', port: 80 } }],
    }),
    space('m2', {
      interfaces: [plug('e0', 'lan', '10.0.0.2/24', 'fd00::2/64'), { name: 'br0', kind: 'bridge', mtu: 1500, addresses: ['172.20.2.1/24'] }, { ...plug('p2', 'cable c2'), master: 'br0' }, vxlan('10.0.0.2', '10.0.0.1', '10.9.0.2/24')],
      routes: [{ to: '172.20.1.0/24', via: '10.9.0.1' }],
      forwards: { 4: true, 6: false },
    }),
    space('out', { interfaces: [plug('e0', 'lan', '10.0.0.3/24', 'fd00::3/64')] }),
    space('c1', { node: 'm1', interfaces: [plug('eth0', 'cable c1', '172.20.1.2/24')], routes: [{ to: '0.0.0.0/0', via: '172.20.1.1' }], listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }] }),
    space('c3', { node: 'm1', interfaces: [plug('eth0', 'cable c3', '172.20.1.3/24')], routes: [{ to: '0.0.0.0/0', via: '172.20.1.1' }] }),
    space('c2', { node: 'm2', interfaces: [plug('eth0', 'cable c2', '172.20.2.2/24')], routes: [{ to: '0.0.0.0/0', via: '172.20.2.1' }], listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }, { protocol: 'udp', port: 7, what: 'echo' }, { protocol: 'udp', port: 53, what: 'a name server' }] }),
  ],
};

const ask = (from: string, to: string, address: string, protocol: Question['protocol'] = 'icmp', port?: number): Question => ({ from, to, address, protocol, family: address.includes(':') ? 6 : 4, ...(port !== undefined && { port }) });
const way = ({ points }: Trace): readonly string[] => points.map((point) => `${point.way} ${point.space} ${point.interface} ${point.direction} ${'#'.repeat(point.stack.length)} ${point.state}${point.about.map((each) => `: ${each}`).join('')}`);

describe('tracing packets', function () {
  this.timeout(120_000);
  let real: RealWorld;
  before(async () => {
    real = await RealWorld.make(world);
  });
  after(() => real.end());

  /** Every point seen with the headers that were predicted, and nothing beside it. */
  const agrees = async (question: Question, points: number, line: RegExp = /^the packet went as predicted/): Promise<Trace> => {
    const traced = await real.trace(question);
    assert.deepEqual(traced.differences, [], way(traced).join('\n'));
    assert.equal(traced.points.filter(({ state }) => state === 'seen').length, points, way(traced).join('\n'));
    assert.equal(traced.points.length, points);
    assert.match(verdictLine(traced), line);
    return traced;
  };

  it('follows an echo through bridges and a tunnel, with the headers inside and outside', async () => {
    const traced = await agrees(ask('c1', 'c2', '172.20.2.2'), 20, /^the packet went as predicted: 20 of 20 points$/);
    assert.deepEqual(way(traced).slice(0, 9), [
      'there c1 eth0 out # seen', 'there m1 p1 in # seen', 'there m1 br0 in # seen', 'there m1 vx out # seen', 'there m1 e0 out ## seen',
      'there m2 e0 in ## seen', 'there m2 vx in # seen', 'there m2 br0 out # seen', 'there m2 p2 out # seen',
    ]);
    const outside = traced.points.find((point) => point.space === 'm2' && point.interface === 'e0')?.sighting?.packets.map(({ source, destination, wraps }) => ({ source, destination, wraps }));
    assert.deepEqual(outside, [{ source: '10.0.0.1', destination: '10.0.0.2', wraps: { kind: 'vxlan', id: 7 } }, { source: '172.20.1.2', destination: '172.20.2.2', wraps: undefined }]);
    const [file, ...others] = filesOf(traced);
    assert.deepEqual([file?.name, others], ['here.pcapng', []]);
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'here.pcapng'), file?.content ?? '');
      const { stdout, stderr } = spawnSync('tcpdump', ['-n', '-r', join(folder, 'here.pcapng')], { encoding: 'utf8' });
      // What is inside of VXLAN stands on a line of its own.
      assert.equal(stdout.split('\n').filter((line) => /^\d/.test(line)).length, traced.sightings.length, stderr);
    });
    const content = Buffer.from(file?.content ?? []);
    for (const text of ['labgen: point 5 of 20, there: as predicted', 'm1/e0', 'eth0 in the network namespace of c2']) assert.ok(content.includes(text), text);
    assert.deepEqual(traced.recording.spaces.map(({ trouble, lacks }) => trouble ?? lacks).filter(Boolean), []);
  });

  it('follows what is translated: masqueraded, to another port, and the answers back', async () => {
    const masked = await agrees(ask('c1', 'out', '10.0.0.3'), 10);
    assert.deepEqual(masked.points.filter((point) => point.way === 'there').map(({ sighting }) => sighting?.packets[0]?.source), ['172.20.1.2', '172.20.1.2', '172.20.1.2', '10.0.0.1', '10.0.0.1']);
    const turned = await agrees(ask('out', 'c1', '10.0.0.1', 'tcp', 8080), 10);
    assert.deepEqual(turned.points.filter((point) => point.way === 'there').map(({ sighting }) => sighting?.packets[0]?.ports?.destination), [8080, 8080, 80, 80, 80]);
  });

  it('follows both connections of a proxy', async () => {
    const traced = await agrees(ask('out', 'm1', '10.0.0.1', 'tcp', 90), 10);
    assert.deepEqual(way(traced), [
      'there out e0 out # seen', 'there m1 e0 in # seen', 'there m1 br0 out # seen', 'there m1 p1 out # seen', 'there c1 eth0 in # seen',
      'back c1 eth0 out # seen', 'back m1 p1 in # seen', 'back m1 br0 in # seen', 'back m1 e0 out # seen', 'back out e0 in # seen',
    ]);
  });

  it('follows datagrams, also where the server sends back what it was told, and IPv6', async () => {
    await agrees(ask('c1', 'c2', '172.20.2.2', 'udp', 7), 20);
    await agrees(ask('m1', 'm2', 'fd00::2'), 4);
  });

  it('agrees where a packet, or its answer, is stopped as predicted', async () => {
    const there = await agrees(ask('c1', 'c2', '172.20.2.2', 'udp', 9), 3, /^the packet went as predicted: 3 of 3 points, and was stopped where it was predicted$/);
    assert.equal(there.explanation.answer.stoppedAt?.node, 'm1');
    const back = await agrees(ask('c1', 'c2', '172.20.2.2', 'udp', 53), 17);
    assert.equal(back.explanation.answer.stoppedAt?.onTheWayBack, true);
    // Nobody answers ARP: the packet itself is never sent.
    await agrees(ask('out', 'nobody', '10.0.0.99'), 0);
    await agrees(ask('c1', 'c3', '172.20.1.3', 'tcp', 81), 4);
  });

  it('follows the answer of somebody else who has the same address', async () => {
    const spaces = ['a', 'b', 'far'].map((name) => space(name, { interfaces: [plug('e0', name === 'far' ? 'another' : 'lan', name === 'a' ? '10.0.0.1/24' : '10.0.0.2/24')] }));
    const twice = await RealWorld.make({ gaps: [], endpoints: spaces.map(({ name }) => ({ name, kind: 'node', space: name, addresses: [] })), spaces });
    try {
      const traced = await twice.trace(ask('a', 'far', '10.0.0.2'));
      assert.deepEqual([traced.explanation.answer.verdict, traced.recording.answered, traced.differences], ['stopped', true, []]);
      assert.deepEqual(way(traced), ['there a e0 out # seen', 'there b e0 in # seen', 'back b e0 out # seen', 'back a e0 in # seen']);
    } finally {
      twice.end();
    }
  });

  /** What would be predicted of another world than the one that is there. */
  const other = async (question: Question, change: (each: Space) => Space): Promise<Trace> => {
    const explanation = simulator({ ...world, spaces: world.spaces.map(change) }).explain(question);
    return real.trace(question, { explanation });
  };
  const on = (name: string, more: (each: Space) => Partial<Space>) => (each: Space): Space => (each.name === name ? { ...each, ...more(each) } : each);

  it('tells a wrong prediction: of headers', async () => {
    const { differences } = await other(ask('c1', 'out', '10.0.0.3'), on('m1', (each) => ({ chains: each.chains.filter(({ name }) => name !== 'POSTROUTING') })));
    assert.match(differences.join('\n'), /point 4 \(m1 e0 out\): source: predicted 172\.20\.1\.2, seen 10\.0\.0\.1/);
  });

  it('tells a wrong prediction: that it is lost', async () => {
    const traced = await other(ask('c1', 'c2', '172.20.2.2', 'udp', 9), on('m1', () => ({ chains: [] })));
    assert.match(traced.differences[0] ?? '', /^lost after point 3 \(m1 br0 in\): point 4 \(m1 vx out\) was predicted, and it was not seen there$/);
    assert.match(verdictLine(traced), /^the packet did not go as predicted: 3 of 10 points\n/);
  });

  it('tells a wrong prediction: that it goes on', async () => {
    const { differences } = await other(ask('c1', 'c2', '172.20.2.2'), on('m1', () => ({ chains: [{ family: 4, table: 'filter', name: 'FORWARD', policy: 'DROP', rules: [] }] })));
    assert.match(differences.join('\n'), /m1 vx out: the question was seen there, which was not predicted/);
    assert.match(differences.join('\n'), /m1 e0 out: the question was seen there, which was not predicted/);
  });

  it('tells a wrong prediction: that it goes another way', async () => {
    const { differences } = await other(ask('c1', 'c2', '172.20.2.2'), on('m1', () => ({ routes: [{ to: '172.20.2.0/24', via: '10.0.0.2' }] })));
    assert.match(differences.join('\n'), /^point 4 \(m1 e0 out\) was predicted and did not show it, but point 6 \(m2 br0 out\) did$/m);
    assert.match(differences.join('\n'), /m1 vx out: the question was seen there/);
  });
});
