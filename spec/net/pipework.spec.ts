/** labgen-pipework.sh as rendered, on real bridges and namespaces; only docker is played, by a script. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf, planFor } from '../support/labs.js';

const LAB = `lab: t
nodes: { a: {} }
bridges: { br0: { address: 10.9.0.254/24, mtu: 1400 } }
containers:
  c1: { network: none, pipework: { bridge: br0, address: 10.9.0.10/24, gateway: 10.9.0.254 } }
  c2: { network: none, pipework: { bridge: br0, interface: eth0, address: 10.9.0.11/24, mac: "02:00:00:00:00:0b" } }
`;

/** A namespace that stays plays a container; a file of its name holds its PID. */
const PREPARE = `
PATH=$PWD/bin:$PATH
mount -t tmpfs none /run/labgen 2>/dev/null || { mount -t tmpfs none /run && mkdir /run/labgen; }
mount -t sysfs none /sys
ip link set lo up
run() { unshare --net sleep 60 & echo $! >"$1.pid"; sleep 0.3; }
end() { kill "$(cat "$1.pid")"; wait "$(cat "$1.pid")" 2>/dev/null || true; rm "$1.pid"; }
within() { name=$1; shift; nsenter -t "$(cat "$name.pid")" -n "$@"; }
pw() { sh ./pipework.sh "$@" || echo "exit $?"; }
sh ./network.sh start
rm -f *.pid
run c1
`;
/** `docker inspect --type container --format … NAME`: the only thing start asks. */
const DOCKER = '#!/bin/sh\nfor name; do :; done\ncat "$(dirname "$0")/../$name.pid" 2>/dev/null\n';

describe('labgen-pipework.sh', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'labgen-pipework-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  before(() => {
    const plan = planFor(LAB, 't');
    writeFileSync(join(folder, 'pipework.sh'), contentOf(plan, 'nodes/a/labgen-pipework.sh'));
    writeFileSync(join(folder, 'network.sh'), contentOf(plan, 'nodes/a/labgen-network.sh'));
    spawnSync('mkdir', [join(folder, 'bin')]);
    writeFileSync(join(folder, 'bin/docker'), DOCKER);
    chmodSync(join(folder, 'bin/docker'), 0o755);
  });

  function scene(script: string): readonly string[] {
    const { stdout, stderr } = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-eu', '-c', `${PREPARE}\n${script}`], { cwd: folder, encoding: 'utf8' });
    assert.equal(stderr.trim(), '');
    return stdout.trim().split('\n');
  }

  it('plugs in once, skips what does not run, and changes nothing the second time', () => {
    assert.deepEqual(scene('pw start; echo again; pw start; within c1 ip -brief -4 addr show eth1; within c1 ip route; cat /sys/class/net/pw-c1/mtu; within c1 ping -q -c 1 10.9.0.254 >/dev/null && echo answered').map((line) => line.trim().replace(/ +/g, ' ')), [
      'changed: c1 has eth1 with 10.9.0.10/24 on br0', 'again', 'eth1@if3 UP 10.9.0.10/24', 'default via 10.9.0.254 dev eth1', '10.9.0.0/24 dev eth1 proto kernel scope link src 10.9.0.10', '1400', 'answered',
    ].map((line) => (line.startsWith('eth1@') ? line : line)));
  });

  it('does so again in a new namespace, and mends what was taken away', () => {
    assert.deepEqual(scene('pw start; end c1; run c1; pw sync c1; within c1 ip addr del 10.9.0.10/24 dev eth1; pw start >/dev/null; within c1 ip -o -4 addr show eth1 | grep -c 10.9.0.10; ip link set pw-c1 nomaster; pw start >/dev/null; ls /sys/class/net/br0/brif').slice(-2), ['1', 'pw-c1']);
  });

  it('gives the interface the name and MAC of the lab, and joins two', () => {
    assert.deepEqual(scene('run c2; pw start >/dev/null; within c2 cat /proc/net/dev | grep -c eth0; within c2 ip -brief link show eth0 | grep -o 02:00:00:00:00:0b; within c1 ping -q -c 1 10.9.0.11 >/dev/null && echo joined'), ['1', '02:00:00:00:00:0b', 'joined']);
  });

  it('does by hand what the old pipework did, and keeps its hands off what is not the lab\'s', () => {
    assert.deepEqual(scene('run c3; pw br0 c3 10.9.0.30/24@10.9.0.254 02:00:00:00:00:30; pw br0 c3 10.9.0.30/24@10.9.0.254 02:00:00:00:00:30; pw start >/dev/null; pw stop; ls /sys/class/net/br0/brif'), [
      'changed: c3 has eth1 with 10.9.0.30/24 on br0', 'changed: took the cable pw-c1 away', 'pw-c3',
    ]);
  });

  it('takes away what another stage plugged in', () => {
    assert.deepEqual(scene('run c2; pw start >/dev/null; sed -i "/c2 10/d" pipework.sh; pw start; ls /sys/class/net/br0/brif'), ['changed: took the cable pw-c2_eth0 away', 'pw-c1']);
  });

  it('refuses what it cannot do, with a reason', () => {
    const refused = (words: string): string => scene(`pw ${words} 2>&1`).join('\n');
    assert.equal(refused('br9 c1 10.9.0.1/24'), 'labgen: br9 is not a bridge of this node\nexit 1');
    assert.equal(refused('br0 c9 10.9.0.1/24'), 'labgen: the container c9 does not run\nexit 1');
    assert.equal(refused('br0 c1 10.9.0.1'), 'labgen: the address 10.9.0.1 needs a prefix length, such as 10.9.0.1/24\nexit 1');
    assert.equal(refused('br0 c1 10.9.0.1/24 @10'), 'labgen: br0 is a Linux bridge; pipework tags ports of Open vSwitch only\nexit 1');
    assert.match(refused('--help'), /^usage: labgen-pipework.sh start/);
  });
});
