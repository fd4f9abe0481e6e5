/** Routes of a lab whose next hop is behind a tunnel, in whatever order they stand; and those that a kernel refuses. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { features, validateLab } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { simulator } from '../../generator/predict/simulate.js';
import type { Answer } from '../../generator/predict/question.js';
import { root } from '../support/context.js';
import { assetsOf, labOf, labText } from '../support/labs.js';
import { scriptOf } from '../support/node-scripts.js';

const TUN = `
lab: tun
networks: { underlay: { subnet: 192.168.56.0/24, subnet6: "fd56::/64" }, lan: { subnet: 10.77.0.0/24, subnet6: "fd09::/64" } }
nodes: { a: { docker: false, networks: { underlay: auto } }, b: { docker: false, networks: { underlay: auto, lan: auto } } }
tunnels:
  t: { kind: gre, ends: { a: { name: ga, address: 10.255.0.1/32, address6: "fd55::1/128" }, b: { name: gb, address: 10.255.0.2/32, address6: "fd55::2/128" } } }
bridges: { br0: { node: b, address: 10.9.0.1/24 } }
routes:
  - { node: a, to: 10.9.0.0/24, via: 10.255.0.2 }
  - { node: a, to: "fd09::/64", via: "fd55::2" }
`;

/** By ping from a. */
const ask = (text: string, address: string): Answer => simulator(worldOf(labOf(text), features)).ask({ from: 'a', to: address, address, protocol: 'icmp', family: address.includes(':') ? 6 : 4 });

describe('a route of a lab', () => {
  it("leads by a tunnel whose far end is an address of its own, as the lab's language shows them", () => {
    assert.deepEqual(ask(TUN, '10.9.0.1'), { verdict: 'reached', seenAs: '10.255.0.1', maxBytes: 1476 });
    assert.deepEqual(ask(TUN, 'fd09::11'), { verdict: 'reached', seenAs: 'fd55::1', maxBytes: 1476 });
  });

  it('may stand before the one that leads to its next hop: the script gives the kernel that one first', () => {
    const text = `${TUN}  - { node: a, to: 10.9.1.0/24, via: 10.254.0.9 }\n  - { node: a, to: 10.254.0.0/16, dev: ga }\n`;
    assert.equal(ask(text, '10.9.1.1').stoppedAt?.node, 'b');
    assert.match(scriptOf(labOf(text), 'labgen-network.sh', 'a'), /route 10\.254\.0\.0\/16 dev ga [^]*route 10\.9\.1\.0\/24 via 10\.254\.0\.9 /);
    assert.deepEqual(worldOf(labOf(text), features).gaps, []);
  });

  it('whose next hop nothing leads to is told, since the script ends there', () => {
    // A lab that says so is refused (LG081); this is what else might lead there.
    const lab = labOf(TUN);
    const { gaps } = worldOf({ ...lab, routes: lab.routes.map((each) => (each.via === '10.255.0.2' ? { ...each, via: '10.254.0.2' } : each)) }, features);
    assert.deepEqual(gaps, ['what becomes of a: its kernel refuses the route to 10.9.0.0/24, for 10.254.0.2 is behind no interface that is there by then, and labgen-network.sh ends there']);
  });

  it('is refused in no stage of any shipped lab', () => {
    for (const name of readdirSync(join(root, 'labs')).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -5))) {
      const { labs } = validateLab(`${name}.yaml`, labText(name), [], assetsOf(labText(name)));
      assert.ok(labs.size > 0, name);
      for (const lab of labs.values()) assert.deepEqual(worldOf(lab, features).gaps.filter((gap) => gap.includes('refuses')), [], name);
    }
  });
});
