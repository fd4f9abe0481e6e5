import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { pipeWords, portName } from '../../generator/features/pipework/resolve.js';
import { contentOf, errorsOf, labOf, labText, planFor } from '../support/labs.js';

const text = (pipe: string, more = ''): string => `lab: t\nnodes: { a: {} }\nbridges: { br0: { address: 10.9.0.254/24 }, sw0: { kind: ovs } }\ncontainers: { c1: { network: none, pipework: ${pipe} }${more} }\n`;

describe('pipework', () => {
  it('is a value with nothing left open', () => {
    assert.deepEqual(labOf(text('{ bridge: br0, address: 10.9.0.10/24 }')).pipework, [
      { container: 'c1', node: 'a', bridge: 'br0', bridgeKind: 'linux', interface: 'eth1', port: 'pw-c1', address: '10.9.0.10/24', gateway: undefined, mac: '02:42:0a:09:00:0a', vlan: undefined },
    ]);
  });

  it('speaks the words of the old pipework', () => {
    const words = (pipe: string): readonly string[] => labOf(text(pipe)).pipework.map((each) => pipeWords(each).join(' '));
    assert.deepEqual(words('{ bridge: br0, address: 10.9.0.10/24, gateway: 10.9.0.254, mac: "0A:00:00:00:00:01" }'), ['br0 c1 10.9.0.10/24@10.9.0.254 0a:00:00:00:00:01']);
    assert.deepEqual(words('[{ bridge: sw0, interface: x_1, address: 10.8.0.10/24, vlan: 4094 }]'), ['sw0 -i x_1 c1 10.8.0.10/24 02:42:0a:08:00:0a@4094']);
  });

  it('names the node\'s end within 15 characters, each its own, as the script does by hand', () => {
    const plan = planFor(text('{ bridge: br0, address: 10.9.0.10/24 }'), 't');
    const script = contentOf(plan, 'nodes/a/labgen-pipework.sh');
    const ask = (container: string, name: string): string => spawnSync('sh', ['-c', `${/^port_name\(\) \{[\s\S]*?^\}/m.exec(script)?.[0] ?? ''}\nport_name "$1" "$2"`, 'sh', container, name], { encoding: 'utf8' }).stdout.trim();
    const names = [['c1', 'eth1'], ['c1', 'eth2'], ['c1-eth2', 'eth1'], ['a-container-with-a-long-name', 'eth1'], ['a-container-with-a-long-name', 'eth2'], ['twelve-chars', 'eth1'], ['twelve-chars', 'a']] as const;
    for (const [container, name] of names) assert.equal(ask(container, name), portName(container, name));
    assert.ok(names.every(([container, name]) => portName(container, name).length <= 15));
    assert.equal(new Set(names.map(([container, name]) => portName(container, name))).size, names.length);
  });

  it('on a group gives each member its own, on its own node', () => {
    const lab = labOf('lab: t\nnodes: { w: { count: 2 } }\nbridges: { br0: { node: w, address: 10.9.0.254/24 } }\ncontainers: { c1: { node: w, network: none, pipework: { bridge: br0, address: 10.9.0.10/24 } } }\n');
    assert.deepEqual(lab.pipework.map((each) => `${each.container} ${each.node} ${each.port}`), ['c1-1 w-1 pw-c1-1', 'c1-2 w-2 pw-c1-2']);
  });

  it('brings checks: the interface, its port, its way out, its neighbours', () => {
    const found = (lab: string, stage: string): readonly string[] => labOf(labText(lab), stage).checks.filter((check) => check.from === 'pipework').map((check) => check.id);
    assert.ok(!found('pipework', 'closed').some((id) => id.startsWith('ping')), 'not where Docker decides');
    assert.ok(found('pipework', 'open').includes('ping cookbook → 192.168.1.11'));
    assert.ok(found('pipework', 'open').includes('route cookbook → 192.0.2.1 dev eth1 via 192.168.1.254'));
    assert.deepEqual(found('ovs', 'vlans').filter((id) => id.startsWith('ping')), ['ping foobar → 10.0.0.11', 'ping foobar → 10.0.0.12 unreachable', 'ping friend → 10.0.0.12 unreachable']);
    assert.ok(found('ovs', 'vlans').includes('ovs host ovs-cookbook pw-foobar tag 10'));
  });

  it('is taken away in a stage without any', () => {
    const staged = `${text('{ bridge: br0, address: 10.9.0.10/24 }')}stages:\n  - { name: with }\n  - { name: without, containers: { c1: { pipework: null } } }\n`;
    const without = planFor(staged, 't', 'without');
    assert.match(contentOf(without, 'nodes/a/labgen-containers.sh'), /labgen-pipework.sh remove/);
    assert.ok(!without.some((file) => file.path.includes('pipework')));
    assert.doesNotMatch(contentOf(planFor(staged, 't', 'with'), 'nodes/a/labgen-containers.sh'), /remove$/m);
  });

  it('takes nothing that a shell would read as more than a word', () => {
    for (const evil of ['"$(id)"', '"a b"', '"-x"', '"br0; id"', '"`id`"', '"a\\nb"']) {
      for (const key of ['bridge', 'interface', 'address', 'gateway', 'mac']) {
        const pipe: Record<string, string> = { bridge: 'br0', address: '10.9.0.10/24', [key]: evil };
        const errors = errorsOf(text(`{ ${Object.entries(pipe).map(([name, value]) => `${name}: ${value}`).join(', ')} }`));
        assert.deepEqual(errors, [`LG015 containers.c1.pipework.${key}`], `${key}: ${evil}`);
      }
    }
  });
});
