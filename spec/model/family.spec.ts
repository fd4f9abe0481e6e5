import assert from 'node:assert/strict';
import { canonical, familyOf, firstHost, holds, hostPrefix, meet, networkOf } from '../../generator/model/family.js';

describe('family', () => {
  it('tells the two apart', () => {
    assert.deepEqual(['10.0.0.1', 'fd00::1/64', '::/0'].map(familyOf), [4, 6, 6]);
    assert.deepEqual(['10.0.0.1', 'fd00::1'].map(hostPrefix), [32, 128]);
  });

  it('writes addresses as the kernel does, and refuses what is none', () => {
    assert.deepEqual(['10.0.0.1', 'FD00:0::01', '10.0.0', 'fd00:1', 'net-1'].map(canonical), ['10.0.0.1', 'fd00::1', undefined, undefined, undefined]);
  });

  it('networks: whose address, how long, and what is inside', () => {
    assert.deepEqual(networkOf('10.0.0.1/24'), { network: '10.0.0.0/24', isItself: false, prefix: 24 });
    assert.deepEqual(networkOf('fd00:0::/64'), { network: 'fd00::/64', isItself: true, prefix: 64 });
    assert.deepEqual([networkOf('10.0.0.1'), networkOf('fd00::/200'), networkOf('x')], [undefined, undefined, undefined]);
    assert.deepEqual([holds('10.0.0.0/24', '10.0.0.9'), holds('fd00::/64', 'fd00::9'), holds('fd00::/64', 'fd00:1::9'), holds('::/0', '10.0.0.9'), holds('0.0.0.0/0', '::9')], [true, true, false, false, false]);
    assert.deepEqual([meet('10.0.0.0/8', '10.1.0.0/16'), meet('fd00::/16', 'fd00:1::/64'), meet('fd00::/64', 'fd01::/64'), meet('0.0.0.0/0', '::/0')], [true, true, false, false]);
    assert.deepEqual(['10.0.0.0/24', '10.0.0.1/32', 'fd00::/64', 'fd00::1/128', 'x'].map(firstHost), ['10.0.0.1', '10.0.0.1', 'fd00::1', 'fd00::1', undefined]);
  });
});
