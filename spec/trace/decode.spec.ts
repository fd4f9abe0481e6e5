/** Headers of captured packets: what is inside what, and that nothing too short is believed. */
import assert from 'node:assert/strict';
import { decodeCooked, type IpPacket } from '../../generator/trace/decode.js';
import { headersOf } from '../../generator/report/trace.js';
import { cooked, ethernet, gre, icmp, ip, ip6, tcp, text, udp, vxlan } from './bytes.js';

const IP4 = 0x0800;
const packets = (payload: readonly number[], ethertype = IP4): readonly IpPacket[] => decodeCooked(cooked('in', 3, ethertype, payload))?.packets ?? [];
const told = (payload: readonly number[], ethertype = IP4): string => headersOf(packets(payload, ethertype));
const echo = ip('172.17.0.2', '172.17.128.2', 1, icmp(8, text('mark')));

/** What tcpdump -i any wrote of one echo on the loopback: link type LINUX_SLL2. */
const REAL = '08000000000000010304000600000000000000004500005445 7c40004001f72a7f0000017f0000010800f6ac752a0001a6290b6b0000000019c0020000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637'.replaceAll(' ', '');

describe('captured packets', () => {
  it('are read from what tcpdump wrote', () => {
    const read = decodeCooked(Buffer.from(REAL, 'hex'));
    assert.equal(read?.interfaceIndex, 1);
    assert.equal(headersOf(read?.packets ?? []), '127.0.0.1 > 127.0.0.1 icmp echo request ttl 64, 84 bytes');
  });

  it('come in, go out, or are for somebody else', () => {
    const kind = (type: 'in' | 'out' | 'other') => {
      const read = decodeCooked(cooked(type, 70_000, IP4, echo));
      return [read?.direction, read?.otherHost, read?.interfaceIndex];
    };
    assert.deepEqual([kind('in'), kind('out'), kind('other')], [['in', false, 70_000], ['out', false, 70_000], ['in', true, 70_000]]);
  });

  it('are inside GRE with and without a key, GRETAP, VXLAN of each port, IPIP, and flannel\'s UDP', () => {
    const inner = '172.17.0.2 > 172.17.128.2 icmp echo request ttl 64, 32 bytes';
    const outer = (protocol: number, payload: readonly number[]): string => told(ip('10.0.0.1', '10.0.0.2', protocol, payload));
    assert.equal(outer(47, gre(IP4, echo)), `10.0.0.1 > 10.0.0.2 gre ttl 64, 56 bytes [${inner}]`);
    assert.equal(outer(47, gre(IP4, echo, 77)), `10.0.0.1 > 10.0.0.2 gre ttl 64, 60 bytes [${inner}]`);
    assert.equal(outer(47, gre(0x6558, ethernet(IP4, echo))), `10.0.0.1 > 10.0.0.2 gre gretap ttl 64, 70 bytes [${inner}]`);
    for (const port of [4789, 8472, 6784]) assert.equal(outer(17, udp(50_000, port, vxlan(42, ethernet(IP4, echo)))), `10.0.0.1:50000 > 10.0.0.2:${port} udp vxlan 42 ttl 64, 82 bytes [${inner}]`);
    assert.equal(outer(4, echo), `10.0.0.1 > 10.0.0.2 ipip ttl 64, 52 bytes [${inner}]`);
    assert.equal(outer(17, udp(8285, 8285, echo)), `10.0.0.1:8285 > 10.0.0.2:8285 udp ttl 64, 60 bytes [${inner}]`);
    assert.equal(packets(ip('10.0.0.1', '10.0.0.2', 47, gre(IP4, echo, 77)))[0]?.wraps?.id, 77);
    // Only what a tunnel's own port takes is one: an answer from it is none.
    assert.equal(packets(ip('10.0.0.1', '10.0.0.2', 17, udp(4789, 50_000, vxlan(42, ethernet(IP4, echo))))).length, 1);
  });

  it('may be tunnels in tunnels, and behind a VLAN tag', () => {
    assert.equal(packets(ip('10.0.0.1', '10.0.0.2', 4, ip('10.1.0.1', '10.1.0.2', 47, gre(IP4, echo)))).length, 3);
    assert.equal(told([0, 5, 8, 0, ...echo], 0x8100), '172.17.0.2 > 172.17.128.2 icmp echo request ttl 64, 32 bytes');
    let deep = echo;
    for (let layer = 0; layer < 40; layer++) deep = ip('10.0.0.1', '10.0.0.2', 4, deep);
    assert.equal(packets(deep).length, 8);
  });

  it('have ports, flags and numbers, in IPv6 as well, behind headers of its own', () => {
    const [one, two] = [[0xfd, ...Array.from({ length: 14 }, () => 0), 1], [0xfd, ...Array.from({ length: 14 }, () => 0), 2]];
    assert.equal(told(ip('10.0.0.1', '10.0.0.2', 6, tcp(40_000, 80, 0x12, 7, 9))), '10.0.0.1:40000 > 10.0.0.2:80 tcp SYN,ACK ttl 64, 40 bytes');
    assert.equal(told(ip6(one, two, 17, udp(5, 53, text('x'))), 0x86dd), '[fd00::1]:5 > [fd00::2]:53 udp ttl 64, 49 bytes');
    assert.equal(told(ip6(one, two, 0, [58, 0, 0, 0, 0, 0, 0, 0, ...icmp(129, text('mark'))]), 0x86dd), 'fd00::1 > fd00::2 icmpv6 echo reply ttl 64, 60 bytes');
    assert.equal(packets(ip('10.0.0.1', '10.0.0.2', 6, tcp(1, 2, 2, 0xffff_fff0, 3)))[0]?.tcp?.sequence, 0xffff_fff0);
  });

  it('quote what an error is about, and a fragment but the first has no ports', () => {
    const [error] = packets(ip('10.0.0.9', '10.0.0.1', 1, icmp(3, ip('10.0.0.1', '10.0.0.2', 6, tcp(40_000, 80, 2, 7, 0)).slice(0, 28), 10)));
    assert.deepEqual([error?.quotes?.ports, error?.quotes?.tcp?.sequence, error?.icmp?.code], [{ source: 40_000, destination: 80 }, 7, 10]);
    const [fragment] = packets(ip('10.0.0.1', '10.0.0.2', 17, udp(1, 2, text('x')), { fragment: 100 }));
    assert.deepEqual([fragment?.fragment, fragment?.ports], [true, undefined]);
  });

  it('end where their bytes end', () => {
    assert.equal(decodeCooked(new Uint8Array(19)), undefined);
    const whole = ip('10.0.0.1', '10.0.0.2', 47, gre(IP4, echo));
    for (let length = 0; length < whole.length; length++) assert.ok(packets(whole.slice(0, length)).length <= (length < 20 ? 0 : length < 44 ? 1 : 2), String(length));
    // What an Ethernet frame is filled up with belongs to no packet.
    assert.equal(packets([...ip('10.0.0.1', '10.0.0.2', 17, udp(1, 2, text('ab'))), 0, 0, 0])[0]?.payload.length, 2);
  });
});
