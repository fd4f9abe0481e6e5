/** IPv6 as rendered from labs: the scripts of two nodes whose kernels were told not to speak it, and real packets. */
import assert from 'node:assert/strict';
import { labOf } from '../support/labs.js';
import { scriptOf } from '../support/node-scripts.js';
import { NodeWorld } from '../support/node-world.js';

const DUAL = 'lab: dual\nnetworks:\n  lan: { subnet: 192.168.56.0/24, subnet6: fd00:56::/64 }\nnodes:\n  n1: { docker: false }\n  n2: { docker: false, address6: fd00:56::2 }\n';

describe('IPv6 on real nodes', function () {
  this.timeout(60_000);
  let world: NodeWorld;
  const start = (text: string): void => {
    for (const node of ['n1', 'n2']) world.must(node, world.put(`${node}.sh`, scriptOf(labOf(text), 'labgen-network.sh', node)), 'start');
  };
  const state = (node: string): string => world.must(node, 'sh', '-c', 'ip -6 -oneline address; ip -6 route show table all; sysctl -a 2>/dev/null | grep -E "^net.ipv6.conf.*(disable_ipv6|accept_ra|autoconf|accept_dad|keep_addr_on_down) "').replaceAll(/^ff00::.*$|valid_lft \d+sec/gm, '');

  beforeEach(async () => {
    world = new NodeWorld();
    for (const node of ['n1', 'n2']) await world.add(node);
    world.cable('n1', 'eth1', '192.168.56.11/24', 'n2', 'enp0s8', '192.168.56.12/24');
  });
  afterEach(() => world.end());

  it('an address is there on whatever the interface is called, at once, and itself answers it', () => {
    start(DUAL);
    assert.equal(world.run('n1', 'ping', '-c', '1', '-W', '1', 'fd00:56::2').code, 0);
    assert.ok(world.pings('n2', 'fd00:56::11'));
    assert.ok(world.pings('n1', 'fd00:56::11'));
    assert.match(world.must('n2', 'ip', '-6', '-brief', 'address', 'show', 'dev', 'enp0s8'), /fd00:56::2\/64/);
    assert.ok(world.pings('n1', '192.168.56.12'));
  });

  it('starting again changes nothing, and stop leaves nothing', () => {
    const before = state('n1');
    start(DUAL);
    const first = state('n1');
    assert.equal(world.must('n1', `${world.folder}/n1.sh`, 'start'), '');
    assert.equal(state('n1'), first);
    world.must('n1', `${world.folder}/n1.sh`, 'stop');
    assert.equal(state('n1'), before);
    assert.equal(world.must('n1', `${world.folder}/n1.sh`, 'stop'), '');
  });

  it('it outlives the interface being down for a moment', () => {
    start(DUAL);
    world.must('n1', 'ip', 'link', 'set', 'eth1', 'down');
    world.must('n1', 'ip', 'link', 'set', 'eth1', 'up');
    assert.ok(world.pings('n1', 'fd00:56::2'));
  });

  it('what a stage without them finds, it takes away', () => {
    const staged = `${DUAL}stages:\n  - { name: dual }\n  - { name: plain, networks: { lan: { subnet6: null } }, nodes: { n2: { address6: null } } }\n`;
    const before = state('n1');
    world.must('n1', world.put('dual.sh', scriptOf(labOf(staged, 'dual'), 'labgen-network.sh')), 'start');
    world.must('n1', world.put('plain.sh', scriptOf(labOf(staged, 'plain'), 'labgen-network.sh')), 'stop');
    assert.equal(state('n1'), before);
  });
});
