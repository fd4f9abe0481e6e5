/** Which faults the shipped labs offer, and that checks of them tell each. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { shippedLabs } from '../../generator/cli/find-lab.js';
import { netem } from '../../generator/faults/links.js';
import { offeredFaults } from '../../generator/faults/offered.js';
import { scriptOf, slotOf } from '../../generator/faults/script.js';
import type { Lab } from '../../generator/model/lab.js';
import { features } from '../../generator/plan/pipeline.js';
import { inFolder, root } from '../support/context.js';
import { labOf, labText } from '../support/labs.js';
import { writeInto } from '../support/trees.js';
import { labsFor } from '../torture/faults.js';

const offered = (lab: Lab): readonly string[] => offeredFaults(lab, features).map((each) => each.words.join(' '));
const shipped = (name: string): Lab => labOf(labText(name), { 'pipework-gre': 'open', swarm: 'drained' }[name]);
const told = (lab: Lab, words: string): readonly string[] => lab.checks.filter((check) => offeredFaults(lab, features).find((each) => each.words.join(' ') === words)?.fails(check)).map((check) => check.id);

describe('faults/offered', () => {
  it('are those of the links, and what each feature knows to break', () => {
    assert.deepEqual(offered(shipped('gre')), ['cut net-1', 'cut net-2', 'cut outside', 'kill net-1 container c1', 'kill net-2 container c2', 'kill net-1 dockerd', 'kill net-2 dockerd']);
    assert.deepEqual(offered(shipped('flannel')).filter((each) => /flanneld|etcd/.test(each)), ['kill master etcd', 'kill master flanneld', 'kill worker-1 flanneld', 'kill worker-2 flanneld']);
    assert.deepEqual(offered(shipped('weave')).filter((each) => / weave$/.test(each)), ['kill host-1 weave', 'kill host-2 weave']);
    // The lab drains worker-2 itself.
    assert.deepEqual(offered(shipped('swarm')).filter((each) => each.startsWith('drain')), ['drain manager', 'drain worker-1']);
    // Nobody is at the other end of its only network.
    assert.deepEqual(offered(shipped('container-ip')).filter((each) => each.startsWith('cut')), []);
  });

  it('are told by checks that cannot hold meanwhile, and by no negative one', () => {
    assert.deepEqual(told(shipped('docker0'), 'kill host dockerd'), ['service host docker']);
    assert.ok(told(shipped('gre'), 'cut net-1').includes('ping c1 → c2'));
    assert.deepEqual(told(shipped('gre'), 'cut outside'), []);
    assert.deepEqual(told(shipped('swarm'), 'drain worker-1'), ['swarm worker-1 worker']);
    for (const name of ['docker0', 'gre', 'flannel', 'swarm', 'weave', 'ports', 'pipework-gre', 'ipv6']) {
      const lab = shipped(name);
      for (const fault of offeredFaults(lab, features)) {
        const negative = lab.checks.filter((check) => fault.fails(check) && check.expect.is === 'unreachable');
        assert.deepEqual(negative.map((check) => check.id), [], fault.words.join(' '));
        if (fault.words[0] !== 'cut') assert.ok(lab.checks.some((check) => fault.fails(check)), `${name}: no check tells "${fault.words.join(' ')}"`);
      }
    }
  });

  it('are had at length by the torture in labs whose nodes can be containers, the plainest one first', () => {
    const all = labsFor(34).map((word) => word.replace(/@docker$/, ''));
    assert.equal(all[0], 'docker0');
    assert.ok(all.includes('ports') && all.includes('ipv6') && !all.includes('gre') && !all.includes('flannel') && !all.includes('swarm'));
    assert.deepEqual([labsFor(0.1), labsFor(1)], [['docker0@docker'], ['docker0@docker']]);
    assert.deepEqual(labsFor(68).map((word) => word.replace('@docker', '')).sort(), [...shippedLabs(root)].sort());
  });

  it('have slots of their own, and drain through a manager', () => {
    const faults = offeredFaults(shipped('swarm'), features);
    assert.equal(new Set(faults.map(slotOf)).size, faults.length);
    const drain = faults.find((each) => each.words.join(' ') === 'drain worker-1');
    assert.deepEqual([drain?.node, drain?.at, drain?.needs], ['worker-1', 'manager', 'docker.service']);
    assert.match(scriptOf(drain!, 9), /begin\)\n(.*\n)*.* docker node update --availability drain worker-1\n(.*\n)*.*end\)\n(.*\n)*.* docker node update --availability active worker-1\n/);
  });

  it('are shell that shellcheck has nothing to say against', () => inFolder((folder) => {
    const texts = new Set<string>();
    for (const name of ['swarm', 'weave', 'flannel', 'gre']) {
      const lab = shipped(name);
      const [node] = lab.nodes;
      const at = node?.attachments[0];
      const faults = [...offeredFaults(lab, features), ...(node && at ? [netem(lab, node, at, ['loss', '20%'])] : [])];
      for (const fault of faults) {
        texts.add(scriptOf(fault, 30));
        // What is a script within the script is only a word to shellcheck.
        for (const argv of [...fault.begin, ...(fault.again ?? []), ...fault.end]) if (argv[0] === 'sh') texts.add(`${argv[2] ?? ''}\n`);
      }
    }
    [...texts].forEach((text, index) => writeInto(folder, `${index}.sh`, `#!/bin/sh\n${text}`));
    const { status, stdout, stderr } = spawnSync('shellcheck', ['--severity=warning', '--exclude=SC2034', ...[...texts].map((_, index) => `${index}.sh`)], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  }));

  it('of a lab that a stranger wrote are words of the shell, whatever they are called', () => {
    const lab = labOf('lab: t\nnodes: { a: {} }\ncontainers: { c1: {} }\n');
    const hostile = { ...lab, containers: lab.containers.map((each) => ({ ...each, name: '$(id)`id`\'";id' })) };
    const script = scriptOf(offeredFaults(hostile, features).find((each) => each.words[2] === 'container')!, 9);
    assert.match(script, /^ {4}docker kill '\$\(id\)`id`'\\''";id'$/m);
  });
});
