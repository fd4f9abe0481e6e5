/** Faults of links, on nodes that are network namespaces, with real packets. The node's unit is not there: its script is run by hand. */
import assert from 'node:assert/strict';
import { cut, netem } from '../../generator/faults/links.js';
import { scriptOf } from '../../generator/faults/script.js';
import type { Fault } from '../../generator/model/fault.js';
import { labOf } from '../support/labs.js';
import { NodeWorld } from '../support/node-world.js';

const LAB = labOf('lab: t\nnodes:\n  n1: { address: 192.168.56.11, docker: false }\n  n2: { address: 192.168.56.12, docker: false }\n');
const [N1] = LAB.nodes;
const AT = N1?.attachments[0];
assert.ok(N1 && AT);

describe('faults of links on real nodes', function () {
  this.timeout(60_000);
  let world: NodeWorld;

  const put = (name: string, fault: Fault): string => world.put(name, `#!/bin/sh\n# 0 ${fault.words.join(' ')}\n${scriptOf(fault, 1)}`);
  /** Without what the kernel counts, and in an order of its own. */
  const state = (): string => ['-o address', '-4 route show table main', '-6 route show table main'].map((what) => world.must('n1', 'ip', ...what.split(' ')).replaceAll(/ valid_lft \S+| preferred_lft \S+/g, '').split('\n').map((line) => line.trim().replaceAll(/ +/g, ' ')).sort().join('\n')).join('\n---\n');

  beforeEach(async () => {
    world = new NodeWorld();
    await world.add('n1');
    await world.add('n2');
    for (const node of ['n1', 'n2']) world.must(node, 'sysctl', '-qew', 'net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.default.disable_ipv6=0');
    world.cable('n1', 'eth1', '192.168.56.11/24', 'n2', 'eth1', '192.168.56.12/24');
    for (const [node, address] of [['n1', 'fd00:56::b/64'], ['n2', 'fd00:56::c/64']] as const) world.must(node, 'ip', 'address', 'add', address, 'dev', 'eth1', 'nodad');
    world.must('n1', 'mkdir', '-p', '/run/labgen/faults');
    world.must('n1', 'ip', 'route', 'add', '172.31.0.0/24', 'via', '192.168.56.12', 'dev', 'eth1', 'src', '192.168.56.11', 'metric', '7');
    world.must('n1', 'ip', '-6', 'route', 'add', 'fd00:99::/64', 'via', 'fd00:56::c', 'dev', 'eth1');
  });
  afterEach(() => world.end());

  it('cut: nothing comes through; at the end addresses and routes of both families are as before', () => {
    const script = put('cut', cut(LAB, N1, AT));
    assert.ok(world.pings('n1', '192.168.56.12'));
    assert.ok(world.pings('n1', 'fd00:56::c'));
    const before = state();
    world.must('n1', script, 'begin');
    assert.ok(world.unanswered('n2', '192.168.56.11'));
    assert.equal(world.must('n1', 'ip', 'route', 'show', '172.31.0.0/24'), '');
    world.must('n1', script, 'end');
    assert.ok(world.pings('n1', '192.168.56.12'));
    assert.ok(world.pings('n1', 'fd00:56::c'));
    assert.equal(state(), before);
    assert.equal(world.must('n1', 'ls', '/run/labgen/faults'), '');
    assert.equal(world.must('n1', 'cat', '/proc/sys/net/ipv6/conf/eth1/keep_addr_on_down').trim(), '0');
  });

  it('is refused for the link that SSH came in by, and changes nothing', () => {
    const bin = world.put('bin/ss', '#!/bin/sh\necho "0 0 [::ffff:192.168.56.11]:22 [::ffff:192.168.56.12]:40000"\n').replace(/\/ss$/, '');
    const script = put('cut', cut(LAB, N1, AT));
    const inside = (part: string) => world.run('n1', 'sh', '-c', 'PATH="$1:$PATH" "$2" "$3"; code=$?; cat "$2.said" 2>/dev/null; exit $code', 'sh', bin, script, part);
    const { code, stdout } = inside('begin');
    assert.deepEqual([code, stdout], [1, 'unavailable: SSH comes in over eth1, and nobody could get in any more\n']);
    assert.ok(world.pings('n1', '192.168.56.12'));
    // Nor does the end take away what never began: another one's delay, for example.
    assert.equal(put('slow', { ...netem(LAB, N1, AT, ['delay', '100ms']), begin: [['sh', '-c', 'echo "unavailable: no netem" >&2; exit 1']], end: [['touch', '/run/ended']] }), script.replace(/cut$/, 'slow'));
    const slow = script.replace(/cut$/, 'slow');
    assert.equal(world.run('n1', slow, 'begin').code, 1);
    world.must('n1', slow, 'end');
    assert.equal(world.run('n1', 'test', '-e', '/run/ended').code, 1);
  });

  it('delay and loss: there where the kernel has netem, else said in a sentence, and nothing is left', () => {
    const has = world.run('n2', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms').code === 0;
    const script = put('slow', netem(LAB, N1, AT, ['loss', '100%']));
    const begun = world.run('n1', script, 'begin');
    if (has) {
      assert.equal(begun.code, 0, begun.stderr);
      assert.ok(world.unanswered('n1', '192.168.56.12'));
    } else assert.equal(world.must('n1', 'cat', `${script}.said`), 'unavailable: the kernel of this node has no netem (CONFIG_NET_SCH_NETEM)\n');
    world.must('n1', script, 'end');
    assert.ok(world.pings('n1', '192.168.56.12'));
    assert.doesNotMatch(world.must('n1', 'tc', 'qdisc', 'show', 'dev', 'eth1'), /netem/);
  });
});
