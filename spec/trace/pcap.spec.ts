/** Captures read and written, the latter as tcpdump reads them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SLL2 } from '../../generator/trace/decode.js';
import { readPcap } from '../../generator/trace/pcap.js';
import { pcapngOf } from '../../generator/trace/pcapng.js';
import { inFolder } from '../support/context.js';
import { cooked, icmp, ip, text } from './bytes.js';

const packet = cooked('out', 2, 0x0800, ip('10.0.0.1', '10.0.0.2', 1, icmp(8, text('mark'))));

function pcap(little: boolean, nano: boolean, records: readonly Uint8Array[]): Buffer {
  const words = (...values: readonly number[]): Buffer => {
    const buffer = Buffer.alloc(values.length * 4);
    values.forEach((value, at) => (little ? buffer.writeUInt32LE(value, at * 4) : buffer.writeUInt32BE(value, at * 4)));
    return buffer;
  };
  return Buffer.concat([words(nano ? 0xa1b2_3c4d : 0xa1b2_c3d4, little ? 0x0004_0002 : 0x0002_0004, 0, 0, 512, SLL2), ...records.flatMap((bytes) => [words(1_700_000_000, 42, bytes.length, bytes.length + 5), bytes])]);
}

describe('captures', () => {
  it('are read in either byte order, with microseconds or nanoseconds', () => {
    for (const little of [true, false]) {
      for (const nano of [true, false]) {
        const read = readPcap(pcap(little, nano, [packet]));
        assert.equal(read?.linkType, SLL2);
        assert.equal(read.records[0]?.at, 1_700_000_000_000_000_000n + (nano ? 42n : 42_000n));
        assert.deepEqual([Buffer.from(read.records[0].bytes), read.records[0].length], [Buffer.from(packet), packet.length + 5]);
      }
    }
  });

  it('are read up to where they break off, and what is none is none', () => {
    const whole = pcap(true, true, [packet, packet]);
    assert.equal(readPcap(whole)?.records.length, 2);
    assert.equal(readPcap(whole.subarray(0, whole.length - 1))?.records.length, 1);
    assert.equal(readPcap(whole.subarray(0, 24))?.records.length, 0);
    assert.equal(readPcap(whole.subarray(0, 23)), undefined);
    assert.equal(readPcap(Buffer.alloc(64)), undefined);
    // A packet that claims to be longer than all that is there.
    const lying = Buffer.from(whole);
    lying.writeUInt32LE(0xffff_ffff, 24 + 8);
    assert.equal(readPcap(lying)?.records.length, 0);
  });

  it('are written as tcpdump reads them, whatever a name says', () => inFolder(async (folder) => {
    const file = join(folder, 'net-1.pcapng');
    const at = 1_700_000_000_123_456_789n;
    writeFileSync(file, pcapngOf(
      [{ name: 'c1/eth0', about: 'eth0 of c1', linkType: SLL2 }, { name: 'evil\u001b[2J\n', about: 'ü\u202e'.repeat(10), linkType: SLL2 }],
      [{ interface: 0, at, bytes: packet, length: packet.length, direction: 'out', comment: 'labgen: point 1 of 2, there: as predicted' }, { interface: 1, at: at + 1000n, bytes: packet.subarray(0, 45), length: packet.length, direction: 'in' }],
      'labgen trace',
    ));
    const { stdout, stderr, status } = spawnSync('tcpdump', ['-n', '-tt', '--nano', '-r', file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^1700000000\.123456789 .*10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request/);
    assert.match(lines[1] ?? '', /^1700000000\.123457789 .*10\.0\.0\.1 > 10\.0\.0\.2: /);
    const bytes = pcapngOf([{ name: 'evil\u001b[2J\n', about: '', linkType: SLL2 }], [], 'x');
    assert.ok(!Buffer.from(bytes).includes(0x1b));
    assert.ok(Buffer.from(bytes).includes('evil [2J'));
  }));
});
