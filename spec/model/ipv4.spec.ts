import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contains, formatAddress, formatSubnet, netmask, overlap, parseAddress, parseCidr, sizeOf } from '../../generator/model/ipv4.js';

describe('ipv4', () => {
  const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const prefix = fc.integer({ min: 0, max: 32 });

  it('reads back every address it writes', () => {
    fc.assert(fc.property(number, (value) => assert.equal(parseAddress(formatAddress(value)), value)));
  });

  it('refuses what is not four plain octets', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', ' 1.2.3.4', '0x1.2.3.4', '1.2.3.', '1..2.3', '١.2.3.4', '1e1.2.3.4']) assert.equal(parseAddress(text), undefined, text);
  });

  it('finds the subnet of any address, and clears its host bits', () => {
    fc.assert(fc.property(number, prefix, (value, length) => {
      const parsed = parseCidr(`${formatAddress(value)}/${length}`);
      assert.ok(parsed);
      assert.equal(parsed.address, value);
      assert.equal(parsed.subnet.base % sizeOf(length), 0);
      assert.ok(contains(parsed.subnet, value));
      assert.deepEqual(parseCidr(formatSubnet(parsed.subnet))?.subnet, parsed.subnet);
    }));
  });

  it('refuses a prefix that is none', () => {
    for (const text of ['1.2.3.4', '1.2.3.4/', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/8/8', '1.2.3.4/a', '/24']) assert.equal(parseCidr(text), undefined, text);
  });

  it('knows that overlapping is the same both ways, and that it means a common address', () => {
    fc.assert(fc.property(number, prefix, number, prefix, (a, m, b, n) => {
      const one = parseCidr(`${formatAddress(a)}/${m}`)?.subnet;
      const two = parseCidr(`${formatAddress(b)}/${n}`)?.subnet;
      assert.ok(one && two);
      assert.equal(overlap(one, two), overlap(two, one));
      const [large, small] = m <= n ? [one, two] : [two, one];
      assert.equal(overlap(one, two), contains(large, small.base));
    }));
  });

  it('handles the ends of the address space', () => {
    assert.equal(formatAddress(2 ** 32 - 1), '255.255.255.255');
    assert.equal(sizeOf(0), 2 ** 32);
    assert.equal(formatSubnet(parseCidr('255.255.255.255/1')?.subnet ?? { base: 0, prefix: 0 }), '128.0.0.0/1');
    assert.deepEqual([0, 1, 8, 17, 24, 31, 32].map(netmask), ['0.0.0.0', '128.0.0.0', '255.0.0.0', '255.255.128.0', '255.255.255.0', '255.255.255.254', '255.255.255.255']);
  });
});
