/** What a program passes on: a world that the torture found, predicted and measured with real packets. */
import assert from 'node:assert/strict';
import { simulator } from '../../generator/predict/simulate.js';
import type { Question } from '../../generator/predict/question.js';
import type { World, WorldInterface } from '../../generator/model/world.js';
import { space } from '../support/world-parts.js';
import { measured } from './compare.js';

const plug = (name: string, wire: string, mtu: number, ...addresses: string[]): WorldInterface => ({ name, kind: 'ethernet', mtu, wire, addresses });

/** c asks h, whose docker-proxy asks w: w's interface takes less than the bridge it is plugged into. */
const worldWith = (mtu: number): World => ({
  gaps: [],
  endpoints: ['h', 'c', 'w'].map((name) => ({ name, kind: 'node', space: name, addresses: [] })),
  spaces: [
    space('h', {
      interfaces: [plug('eth1', 'lan', 1500, '10.1.0.1/24'), { name: 'br0', kind: 'bridge', mtu: 1500, addresses: ['172.20.1.1/24'] }, { ...plug('port1', 'cable', 1500), master: 'br0' }],
      listeners: [{ protocol: 'udp', port: 7, what: 'docker-proxy', forwardsTo: { address: '172.20.1.2', port: 7 } }],
    }),
    space('c', { interfaces: [plug('eth1', 'lan', 1500, '10.1.0.2/24')] }),
    space('w', { interfaces: [plug('eth0', 'cable', mtu, '172.20.1.2/24')], listeners: [{ protocol: 'udp', port: 7, what: 'a server' }] }),
  ],
});

describe('a datagram that docker-proxy passes on', () => {
  const question: Question = { from: 'c', to: 'h', address: '10.1.0.1', protocol: 'udp', family: 4, port: 7 };
  // A veth takes four bytes more than its MTU says (is_skb_forwardable: room for a VLAN tag).
  for (const [mtu, most] of [[1280, 1284], [1500, 1500]] as const) {
    it(`comes through up to ${most} bytes where the container takes ${mtu}`, async () => {
      const world = worldWith(mtu);
      const predicted = simulator(world).ask(question);
      assert.deepEqual([predicted.verdict, predicted.maxBytes], ['reached', most]);
      assert.deepEqual((await measured(world, [question], 1000))[0]?.maxBytes, most);
    });
  }
});
