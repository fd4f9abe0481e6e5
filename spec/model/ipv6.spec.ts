import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { contains6, digits6, formatAddress6, formatSubnet6, overlap6, parseAddress6, parseCidr6, sizeOf6, special6 } from '../../generator/model/ipv6.js';
import { address6 } from '../../generator/schema/patterns.js';

describe('ipv6', () => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  /** Many zeros: what "::" is about. */
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65535 })), { minLength: 8, maxLength: 8 }).map((each) => each.reduce((sum, group) => sum * 65536n + BigInt(group), 0n));
  const prefix = fc.integer({ min: 0, max: 128 });

  it('reads back every address it writes, and Node takes them too', () => {
    fc.assert(fc.property(fc.oneof(number, groups), (value) => {
      assert.equal(parseAddress6(formatAddress6(value)), value);
      assert.ok(isIPv6(formatAddress6(value)));
    }));
  });

  it('writes the form of RFC 5952, as URL does', () => {
    fc.assert(fc.property(groups, (value) => assert.equal(`[${formatAddress6(value)}]`, new URL(`http://[${formatAddress6(value)}]/`).hostname)));
    const forms = { '0:0:0:0:0:0:0:0': '::', '0:0:0:0:0:0:0:1': '::1', 'FD00:0:0:1:0:0:0:1': 'fd00:0:0:1::1', '1:0:0:2:0:0:3:4': '1::2:0:0:3:4', '1:0:2:3:4:5:6:7': '1:0:2:3:4:5:6:7', 'fd00:0056::0011': 'fd00:56::11', '1:2:3:4:5:6:7:0': '1:2:3:4:5:6:7:0', '1:2:3:4:5:6::': '1:2:3:4:5:6::' };
    for (const [from, to] of Object.entries(forms)) assert.equal(formatAddress6(parseAddress6(from) ?? assert.fail(from)), to);
  });

  const none = ['', ':', ':::', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::1::', 'g::', '12345::', '1:::2', ':1::2', '1::2:', 'fe80::1%eth0', '::ffff:1.2.3.4', ' ::1', '[::1]', '٠::'];

  it('refuses what is not an address, and so does its form in the schema', () => {
    const form = new RegExp(String(address6('')['pattern']));
    for (const text of none) {
      assert.equal(parseAddress6(text), undefined, text);
      assert.doesNotMatch(text, form);
    }
    fc.assert(fc.property(groups, (value) => assert.match(formatAddress6(value), form)));
  });

  it('agrees with its form in the schema on anything made of digits and colons', () => {
    const form = new RegExp(String(address6('')['pattern']));
    fc.assert(fc.property(fc.array(fc.constantFrom('', '0', 'f', '12', 'fd00', 'abcd'), { minLength: 1, maxLength: 10 }).map((each) => each.join(':')), (text) => assert.equal(form.test(text), parseAddress6(text) !== undefined, text)), { numRuns: 2000 });
  });

  it('finds the subnet of any address, and clears its host bits', () => {
    fc.assert(fc.property(number, prefix, (value, length) => {
      const parsed = parseCidr6(`${formatAddress6(value)}/${length}`);
      assert.ok(parsed);
      assert.equal(parsed.subnet.base % sizeOf6(length), 0n);
      assert.ok(contains6(parsed.subnet, value));
      assert.deepEqual(parseCidr6(formatSubnet6(parsed.subnet))?.subnet, parsed.subnet);
    }));
    for (const text of ['::1', '::1/', '::1/129', '::1/-1', '::1/8/8', '/64', '10.0.0.0/8']) assert.equal(parseCidr6(text), undefined, text);
  });

  it('knows that overlapping is the same both ways, and that it means a common address', () => {
    fc.assert(fc.property(number, prefix, number, prefix, (a, m, b, n) => {
      const one = parseCidr6(`${formatAddress6(a)}/${m}`)?.subnet;
      const two = parseCidr6(`${formatAddress6(b)}/${n}`)?.subnet;
      assert.ok(one && two);
      assert.equal(overlap6(one, two), overlap6(two, one));
      const [large, small] = m <= n ? [one, two] : [two, one];
      assert.equal(overlap6(one, two), contains6(large, small.base));
    }));
  });

  it('gives no two numbers the same digits', () => {
    assert.equal(formatAddress6(digits6(101)), '::101');
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => assert.equal(digits6(a) === digits6(b), a === b)));
  });

  it('knows what is nobody\'s', () => {
    const what = (cidr: string): string | undefined => special6(parseCidr6(cidr)?.subnet ?? assert.fail(cidr));
    for (const [cidr, pattern] of [['fe80::/64', /link-local/], ['ff02::1/128', /multicast/], ['::/0', /unspecified/], ['::1/128', /loopback/], ['febf::/16', /link-local/]] as const) assert.match(what(cidr) ?? '', pattern);
    for (const cidr of ['fd00::/8', '2001:db8::/32', 'fec0::/10']) assert.equal(what(cidr), undefined);
  });
});
