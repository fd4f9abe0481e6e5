import assert from 'node:assert/strict';
import { labOf, labText } from '../support/labs.js';
import { linkTroubles, readPing } from './link-faults.js';

const SAID = (lost: string, rtt = ''): string => `PING 192.168.56.11 (192.168.56.11) 56(84) bytes of data.\n\n--- 192.168.56.11 ping statistics ---\n50 packets transmitted, 41 received, ${lost}% packet loss, time 9872ms\n${rtt}`;

describe('links made slow and lossy', () => {
  it('are read from what ping says', () => {
    assert.deepEqual(readPing(SAID('18', 'rtt min/avg/max/mdev = 100.214/101.007/104.313/0.902 ms\n')), { lost: 18, quickest: 100.214 });
    assert.deepEqual(readPing(SAID('100')), { lost: 100, quickest: undefined });
    assert.deepEqual(readPing(SAID('2.35294', 'rtt min/avg/max/mdev = 0.2/1.0/4.3/0.9 ms\n')), { lost: 2.352_94, quickest: 0.2 });
    assert.throws(() => readPing('ping: connect: Network is unreachable\n'), /ping says: ping: connect/);
  });

  it('are told where they are as slow and as lossy as wanted, and not elsewhere', () => {
    const [delay, some, all] = linkTroubles(labOf(labText('gre')));
    const well = { lost: 0, quickest: 0.4 };
    assert.deepEqual([delay, some, all].map((each) => each?.words.join(' ')), ['delay net-1 100ms', 'loss net-1 20%', 'loss net-1 100%']);
    assert.deepEqual([delay, some, all].map((each) => each?.tells(well)), [undefined, undefined, undefined]);
    assert.equal(delay?.tells({ lost: 0, quickest: 99.9 }), undefined);
    assert.equal(delay?.tells({ lost: 0, quickest: 100.2 }), 'the quickest of 50 pings took 100.2 ms');
    assert.equal(some?.tells({ lost: 18, quickest: 0.4 }), '18 % of 50 pings were lost');
    assert.equal(some?.tells({ lost: 100, quickest: undefined }), undefined);
    assert.equal(all?.tells({ lost: 98, quickest: 0.4 }), undefined);
    assert.equal(all?.tells({ lost: 100, quickest: undefined }), 'all of 50 pings were lost');
  });

  it('are of the first node that has a neighbour, by the network they share', () => {
    assert.deepEqual(linkTroubles(labOf('lab: t\nnodes: { a: {} }\n')), []);
    const lab = labOf('lab: t\nnetworks: { own: { subnet: 10.1.0.0/24 }, lan: { subnet: 10.2.0.0/24 } }\nnodes:\n  a: { networks: { own: 10.1.0.2 } }\n  b: { networks: { own: 10.1.0.3, lan: 10.2.0.3 } }\n  c: { networks: { lan: 10.2.0.4 } }\n');
    assert.deepEqual(linkTroubles(lab)[0]?.words, ['delay', 'a', '100ms']);
    assert.deepEqual(linkTroubles({ ...lab, nodes: lab.nodes.slice(1) })[0]?.words, ['delay', 'b', '100ms', '--network', 'lan']);
  });
});
