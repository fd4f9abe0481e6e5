/** Which packets are ours, and what is made of them: cases that no world of the other specs has. */
import assert from 'node:assert/strict';
import type { World } from '../../generator/model/world.js';
import { simulator } from '../../generator/predict/simulate.js';
import type { Question } from '../../generator/predict/question.js';
import { compare } from '../../generator/trace/compare.js';
import { decodeCooked, type IpPacket } from '../../generator/trace/decode.js';
import { Interfaces } from '../../generator/trace/interfaces.js';
import { pointsOf } from '../../generator/trace/points.js';
import { readSpace, type Recorded, type SpaceRecording } from '../../generator/trace/recording.js';
import { sightingsOf } from '../../generator/trace/sightings.js';
import { cooked, icmp, ip, recorded, tcp, text, udp } from './bytes.js';
import { space } from '../support/world-parts.js';

const mark = { text: 'labgen0123456789abcdef', ownPort: 12_345, bytes: 64 };
const MARK = text(mark.text);
const packets = (payload: readonly number[]): readonly IpPacket[] => decodeCooked(cooked('in', 1, 0x0800, payload))?.packets ?? [];
const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const parts = (protocol: Question['protocol'], list: readonly Recorded[]): readonly string[] => sightingsOf(list, { protocol }, mark).map(({ part, at }) => `${Number(at / 1000n)} ${part}`);

describe('which packets are ours', () => {
  it('of an echo: by its mark, with the errors about it, and no other', () => {
    const echo = ip(A, B, 1, icmp(8, MARK));
    assert.deepEqual(parts('icmp', [
      recorded('a', 1, 'out', 1, packets(echo)), recorded('a', 1, 'in', 4, packets(ip(B, A, 1, icmp(0, MARK)))), recorded('a', 1, 'out', 2, packets(ip(A, B, 1, icmp(8, text('another')))))
      , recorded('b', 1, 'out', 3, packets(ip(C, A, 1, icmp(3, echo)))), recorded('b', 1, 'out', 5, packets(ip(C, A, 1, icmp(3, ip(A, B, 1, icmp(8, text('another'))))))),
    ]), ['1 question', '3 error', '4 answer']);
  });

  it('of a datagram: who spoke first has asked, though the server says the same; ports may be translated', () => {
    assert.deepEqual(parts('udp', [
      recorded('a', 1, 'out', 1, packets(ip(A, B, 17, udp(12_345, 7, MARK)))), recorded('b', 1, 'out', 2, packets(ip(C, B, 17, udp(1024, 7, MARK)))),
      recorded('b', 1, 'in', 3, packets(ip(B, C, 17, udp(7, 1024, MARK)))), recorded('a', 1, 'in', 4, packets(ip(B, A, 17, udp(7, 12_345, MARK)))),
      recorded('a', 1, 'in', 5, packets(ip(B, A, 17, udp(8, 12_345, text('something else'))))),
      // From another address of the same server, as docker-proxy answers.
      recorded('a', 1, 'in', 6, packets(ip(C, A, 17, udp(7, 12_345, text('something'))))),
    ]), ['1 question', '2 question', '3 answer', '4 answer', '6 answer']);
  });

  it('of a connection: by the number it begins with, and a proxy\'s own by what is said through it', () => {
    const [syn, synAck, ack, rst] = [0x02, 0x12, 0x18, 0x14];
    assert.deepEqual(parts('tcp', [
      recorded('a', 1, 'out', 1, packets(ip(A, B, 6, tcp(12_345, 90, syn, 1000, 0)))), recorded('b', 1, 'in', 2, packets(ip(C, B, 6, tcp(7777, 90, syn, 1000, 0)))),
      recorded('b', 1, 'out', 3, packets(ip(B, C, 6, tcp(90, 7777, synAck, 50, 1001)))), recorded('b', 2, 'out', 4, packets(ip(B, A, 6, tcp(40_000, 80, syn, 9000, 0)))),
      recorded('b', 2, 'in', 5, packets(ip(A, B, 6, tcp(80, 40_000, synAck, 60, 9001)))), recorded('b', 2, 'out', 6, packets(ip(B, A, 6, tcp(40_000, 80, ack, 9001, 61, MARK)))),
      recorded('b', 2, 'out', 7, packets(ip(B, A, 6, tcp(40_001, 80, syn, 5000, 0)))), recorded('b', 2, 'in', 8, packets(ip(A, B, 6, tcp(80, 40_001, rst, 0, 5001)))),
      recorded('b', 2, 'in', 9, packets(ip(A, B, 6, tcp(80, 40_000, rst, 0, 9001)))),
    ]), ['1 question', '2 question', '3 answer', '4 question', '5 answer', '6 more', '9 answer']);
  });

  it('inside of something unknown: an echo is found by its mark, with its addresses', () => {
    const hidden = ip(A, C, 17, udp(6783, 6783, [1, 2, 3, 4, 5, 6, 7, ...ip('10.32.0.1', '10.32.0.2', 1, icmp(8, MARK))]));
    const [seen] = sightingsOf([recorded('a', 1, 'out', 1, packets(hidden))], { protocol: 'icmp' }, mark);
    assert.equal(seen?.part, 'question');
    assert.deepEqual(seen.packets.map(({ source, destination, wraps }) => [source, destination, wraps?.kind]), [[A, C, 'unknown'], ['10.32.0.1', '10.32.0.2', undefined]]);
  });
});

const wg = (local: string, remote: string, address: string) => ({ name: 'wg0', kind: 'tunnel' as const, mtu: 1420, addresses: [address], tunnel: { kind: 'wireguard' as const, family: 4 as const, local, remotes: [remote], port: 51_820, overhead: 60 } });
const world: World = {
  gaps: [],
  endpoints: [{ name: 'a', kind: 'node', space: 'a', addresses: [] }, { name: 'b', kind: 'node', space: 'b', addresses: [] }],
  spaces: [
    space('a', { interfaces: [{ name: 'eth1', kind: 'ethernet', mtu: 1500, wire: 'lan', addresses: [`${A}/24`] }, wg(A, B, '10.9.0.1/24')] }),
    space('b', { interfaces: [{ name: 'eth1', kind: 'ethernet', mtu: 1500, wire: 'lan', addresses: [`${B}/24`] }, wg(B, A, '10.9.0.2/24')] }),
  ],
};
const interfaces = (address: string, inner: string) => [{ name: 'lo', index: 1, peer: undefined, addresses: [] }, { name: 'eth1', index: 2, peer: undefined, addresses: [address] }, { name: 'wg0', index: 3, peer: undefined, addresses: [inner] }];

/** A question's trace, from what was recorded in all namespaces; `links`: the interfaces of each. */
function judged(lab: World, question: Question, all: readonly Recorded[], links: Readonly<Record<string, SpaceRecording['interfaces']>>): ReturnType<typeof compare> {
  const spaces = Object.entries(links).map(([name, own]): SpaceRecording => ({ space: name, node: lab.spaces.find((each) => each.name === name)?.node ?? '', interfaces: own, packets: all.filter((each) => each.space === name), lacks: undefined, trouble: undefined }));
  const explanation = simulator(lab).explain(question);
  return compare(lab, explanation, pointsOf(lab, explanation), { spaces, answered: true, why: undefined }, sightingsOf(all, question, mark), new Interfaces(lab, spaces));
}

describe('what is encrypted', () => {
  const inner = ip('10.9.0.1', '10.9.0.2', 1, icmp(8, [...MARK, ...Array.from({ length: 42 }, () => 0)]));
  const back = ip('10.9.0.2', '10.9.0.1', 1, icmp(0, [...MARK, ...Array.from({ length: 42 }, () => 0)]));
  /** 92 bytes are filled up to 96, and 32 more are WireGuard's. */
  const secret = (from: string, to: string, length = 96): readonly IpPacket[] => packets(ip(from, to, 17, udp(51_820, 51_820, [4, ...Array.from({ length: length + 31 }, () => 9)])));
  const judge = (outer: readonly Recorded[]) => {
    const all = [
      recorded('a', 3, 'out', 0, packets(inner)), recorded('b', 3, 'in', 5, packets(inner)), recorded('b', 3, 'out', 6, packets(back)), recorded('a', 3, 'in', 12, packets(back)), ...outer,
    ];
    return judged(world, { from: 'a', to: 'b', address: '10.9.0.2', protocol: 'icmp', family: 4 }, all, { a: interfaces(A, '10.9.0.1'), b: interfaces(B, '10.9.0.2') });
  };
  const outer = [recorded('a', 2, 'out', 1, secret(A, B)), recorded('b', 2, 'in', 4, secret(A, B)), recorded('b', 2, 'out', 7, secret(B, A)), recorded('a', 2, 'in', 11, secret(B, A))];

  it('is known by its ends and its length, and said to be', () => {
    const { points, differences } = judge(outer);
    assert.deepEqual(differences, []);
    assert.deepEqual(points.map((point) => `${point.space} ${point.interface} ${point.direction} ${point.state}${point.guessed ? ' guessed' : ''}`), [
      'a wg0 out seen', 'a eth1 out seen guessed', 'b eth1 in seen guessed', 'b wg0 in seen', 'b wg0 out seen', 'b eth1 out seen guessed', 'a eth1 in seen guessed', 'a wg0 in seen',
    ]);
  });

  it('is not taken for ours with another length or other ends, and is then missing', () => {
    for (const wrong of [secret(A, B, 112), secret(A, C), packets(ip(A, B, 17, udp(51_820, 51_821, [4, ...Array.from({ length: 127 }, () => 9)])))]) {
      const { differences } = judge([recorded('a', 2, 'out', 1, wrong), ...outer.slice(1)]);
      assert.match(differences[0] ?? '', /point 2 \(a eth1 out\) was predicted and did not show it/);
    }
  });
});

describe('what a balancer hands on', () => {
  const gateway = { name: 'gw', kind: 'bridge', mtu: 1500, addresses: ['172.18.0.1/16'] } as const;
  const lan = (address: string) => ({ name: 'eth1', kind: 'ethernet', mtu: 1500, wire: 'lan', addresses: [`${address}/24`] }) as const;
  const askedOf = (from: string): Question => ({ from, to: 'b', address: B, protocol: 'tcp', port: 80, family: 4 });
  const judge = (spreads: boolean): { readonly differences: readonly string[]; readonly beside: readonly unknown[] } => {
    const balanced: World = {
      ...world,
      spaces: [space('a', { interfaces: [lan(A)] }), space('b', { interfaces: [lan(B), gateway], listeners: [{ protocol: 'tcp', port: 80, what: 'the service web', ...(spreads && { spreads: true }) }] })],
    };
    const [question, answer] = [(to: string) => packets(ip(A, to, 6, tcp(12_345, 80, 0x02, 1000, 0))), (from: string) => packets(ip(from, A, 6, tcp(80, 12_345, 0x12, 50, 1001)))];
    const [eth1, gw] = [2, 3];
    // To a task of it, which the prediction cannot know, and back.
    const all = [
      recorded('a', eth1, 'out', 1, question(B)), recorded('b', eth1, 'in', 2, question(B)), recorded('b', gw, 'out', 3, question('172.18.0.2')),
      recorded('b', gw, 'in', 4, answer('172.18.0.2')), recorded('b', eth1, 'out', 5, answer(B)), recorded('a', eth1, 'in', 6, answer(B)),
    ];
    const { differences, beside } = judged(balanced, askedOf('a'), all, { a: interfaces(A, '10.9.0.1').slice(0, 2), b: [...interfaces(B, '').slice(0, 2), { name: 'gw', index: gw, peer: undefined, addresses: ['172.18.0.1'] }] });
    return { differences, beside: beside.map((each) => [each.interface, each.because]) };
  };

  it('is no difference, and said to be its', () => {
    assert.deepEqual(judge(true), { differences: [], beside: [['gw', 'handed on by the service web'], ['gw', 'handed on by the service web']] });
  });
  describe('behind the bridge it came by', () => {
    const judgeOf = (filters: boolean, byBridge: boolean): readonly string[] => {
      const client = '172.18.0.3';
      const hosted: World = {
        ...world,
        spaces: [
          space('c', { node: 'b', interfaces: [{ name: 'eth1', kind: 'ethernet', mtu: 1500, wire: 'cable c', addresses: [`${client}/16`] }], routes: [{ to: '0.0.0.0/0', via: '172.18.0.1', dev: 'eth1' }] }),
          space('b', { interfaces: [lan(B), gateway, { name: 'veth-c', kind: 'ethernet', mtu: 1500, wire: 'cable c', master: 'gw', addresses: [] }], listeners: [{ protocol: 'tcp', port: 80, what: 'the service web', spreads: true }], filtersBridges: { 4: filters, 6: filters } }),
        ],
      };
      const [question, answer] = [packets(ip(client, B, 6, tcp(12_345, 80, 0x02, 1000, 0))), packets(ip(B, client, 6, tcp(80, 12_345, 0x12, 50, 1001)))];
      const [gw, veth] = [3, 4];
      const all = [
        recorded('c', 2, 'out', 1, question), recorded('b', veth, 'in', 2, question), ...(byBridge ? [] : [recorded('b', gw, 'in', 3, question), recorded('b', gw, 'out', 4, answer)]),
        recorded('b', veth, 'out', 5, answer), recorded('c', 2, 'in', 6, answer),
      ];
      assert.equal(simulator(hosted).explain(askedOf('c')).answer.answeredBy, 'the service web');
      return judged(hosted, askedOf('c'), all, {
        c: [{ name: 'eth1', index: 2, peer: veth, addresses: [client] }],
        b: [{ name: 'eth1', index: 2, peer: undefined, addresses: [B] }, { name: 'gw', index: gw, peer: undefined, addresses: ['172.18.0.1'] }, { name: 'veth12', index: veth, peer: 2, addresses: [] }],
      }).differences;
    };

    it('may pass the bridge by where that filters, and has to be seen on it where it does not', () => {
      assert.deepEqual([judgeOf(true, true), judgeOf(true, false), judgeOf(false, false)], [[], [], []]);
      assert.deepEqual(judgeOf(false, true), [
        'lost after point 2 (b veth-c in): point 3 (b gw in) was predicted, and it was not seen there',
        'point 4 (b gw out) was predicted and did not show it, but point 5 (b veth-c out) did',
      ]);
    });
  });

  it('is one where who was asked should have answered itself', () => assert.equal(judge(false).differences.length, 2));
});

describe('what a node says of its captures', () => {
  it('is read without trust', () => {
    assert.match(readSpace('n', 's', { trouble: 'timeout: failed to run command ‘tcpdump’: No such file or directory' }).trouble ?? '', /there is no tcpdump on n/);
    assert.equal(readSpace('n', 's', { trouble: '' }).trouble, 'the capture in s ended and did not say why');
    for (const said of [{}, { pcap: 'AAAA' }, { pcap: 7, links: 'x' }, { pcap: '', links: [{ ifname: 1 }] }]) assert.match(readSpace('n', 's', said).trouble ?? '', /cannot be read/);
  });
});
