import assert from 'node:assert/strict';
import { overheadOf, overlayRoom, overlaySum, roomIn, sumOf, type Encapsulation } from '../../generator/model/mtu.js';

describe('model/mtu', () => {
  // What the kernel gives such interfaces over Ethernet by itself; wg-quick's 1420 is WireGuard's over IPv6.
  const table: readonly [Encapsulation, number, number][] = [
    ['ipip', 1480, 1460],
    ['gre', 1476, 1456],
    ['gretap', 1462, 1442],
    ['vxlan', 1450, 1430],
    ['wireguard', 1440, 1420],
    ['udp', 1472, 1452],
  ];
  for (const [kind, over4, over6] of table) {
    it(`${kind} leaves ${over4} of 1500 over IPv4, ${over6} over IPv6`, () => {
      assert.equal(roomIn(undefined, kind), over4);
      assert.equal(roomIn(undefined, kind, 6), over6);
      assert.equal(overheadOf(kind, 6) - overheadOf(kind, 4), 20);
    });
  }

  it('shows the sum, from the network the lab names', () => {
    assert.equal(sumOf({ name: 'lan' }, 'gre'), '1500 (network lan) - 24 (GRE over IPv4) = 1476');
    assert.equal(sumOf({ name: 'core', mtu: 9000 }, 'wireguard', 6), '9000 (network core) - 80 (WireGuard over IPv6) = 8920');
    assert.equal(sumOf(undefined, 'vxlan'), '1500 (Ethernet) - 50 (VXLAN over IPv4) = 1450');
  });

  it('counts an encrypted overlay as Docker does', () => {
    assert.equal(overlayRoom(1500, false), 1450);
    assert.equal(overlayRoom(1500, true), 1424);
    assert.equal(overlayRoom(1403, true), 1324);
    assert.match(overlaySum(1403, true), /^1403 - 50 - 26 \(ESP\), .* = 1324$/);
  });
});
