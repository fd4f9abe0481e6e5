/** What every kind of check owes, and how each reads what the tools say. */
import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { feature as bridges } from '../../generator/features/bridges/feature.js';
import { daemon, docker, flagValues, walk } from '../../generator/features/docker/checks.js';
import { iptables, splitWords } from '../../generator/features/firewall/checks.js';
import { counter } from '../../generator/features/firewall/counter.js';
import { feature as names } from '../../generator/features/names/feature.js';
import { feature as namespaces } from '../../generator/features/namespaces/feature.js';
import { feature as reachability } from '../../generator/features/reachability/feature.js';
import { route } from '../../generator/features/routes/checks.js';
import { sysctl } from '../../generator/features/sysctls/checks.js';
import { feature as swarms } from '../../generator/features/swarm/feature.js';
import { feature as system } from '../../generator/features/system/feature.js';
import type { CheckKind, CommandResult, Expectation, Facts, Reading, Subject } from '../../generator/model/check.js';
import { container, labOf, pipe, said, swarmOf } from '../verify/fakes.js';

const kinds: readonly CheckKind[] = [...(bridges.checkKinds ?? []), ...(reachability.checkKinds ?? []), ...(system.checkKinds ?? []), ...(names.checkKinds ?? []), ...(namespaces.checkKinds ?? []), ...(swarms.checkKinds ?? []), route, sysctl, iptables, counter, docker, daemon];
const kindOf = (name: string): CheckKind => kinds.find((kind) => kind.name === name) ?? assert.fail(name);
const value = (wanted: string | number | boolean): Expectation => ({ is: 'value', value: wanted });
const WORKS: Expectation = { is: 'works' };

const lab = { ...labOf([container('c1', 'net-1'), container('c2', 'net-2')], [pipe('c1', 'net-1', '10.9.0.1/24')]), swarms: [swarmOf('net-1', 'net-2')] };
const facts: Facts = {
  lab,
  nodeOf: (name) => ({ c1: 'net-1', c2: 'net-2' })[name] ?? name,
  pid: (name) => ({ c1: 100, c2: 200 })[name] ?? 0,
  address: (name) => ({ 'net-1': '10.0.0.1', 'net-2': '10.0.0.2', c1: '172.17.0.2', c2: '172.17.128.2' })[name] ?? (/^[\d.]+$/.test(name) ? name : undefined),
  inspect: () => undefined,
};

function reads(kind: string, subject: Subject, result: CommandResult, expect: Expectation = WORKS, observed?: CommandResult): Reading {
  const probe = kindOf(kind).probe(subject, facts, expect);
  return 'notRun' in probe ? assert.fail(probe.notRun) : probe.read(result, observed);
}
const argvOf = (kind: string, subject: Subject, expect: Expectation = WORKS): readonly string[] => {
  const probe = kindOf(kind).probe(subject, facts, expect);
  return 'notRun' in probe ? assert.fail(probe.notRun) : probe.command.argv;
};

describe('kinds of checks', () => {
  it('are these, each name once', () => {
    assert.deepEqual(kinds.map((kind) => kind.name), ['fdb', 'ovs', 'ping', 'tcp', 'udp', 'http', 'mtu', 'source', 'interface', 'bridge', 'service', 'env', 'file', 'command', 'dns', 'hosts', 'namespace', 'swarm', 'replicas', 'route', 'sysctl', 'iptables', 'counter', 'docker', 'daemon']);
  });

  for (const kind of kinds) {
    describe(kind.name, () => {
      const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true, keywords: ['form', 'enumDescriptions'] });
      const schema = kind.schema();
      const validate = ajv.compile(schema);
      const [example] = schema['examples'] as Subject[];

      it('has a title, a description and examples its own schema takes', () => {
        assert.ok(schema['title'] && schema['description']);
        for (const each of schema['examples'] as Subject[]) assert.ok(validate(each), JSON.stringify(validate.errors));
        for (const [key, property] of Object.entries(schema['properties'] as Record<string, { description?: string; examples?: unknown }>)) {
          assert.ok(property.description, `${key} has no description`);
        }
      });

      it('refuses unknown keys, missing ones, options and control characters', () => {
        assert.ok(!validate({ ...example, nonsense: 1 }));
        assert.ok(!validate({}));
        for (const [key, text] of Object.entries(example ?? {})) {
          if (typeof text !== 'string' || ['run', 'rule', 'send'].includes(key)) continue;
          for (const bad of ['-x', '', 'a\nb', 'a b', '$(id)', "'"]) assert.ok(!validate({ ...example, [key]: bad }), `${key}: ${JSON.stringify(bad)}`);
        }
      });

      it('describes itself, and names what it references', () => {
        assert.ok(kind.describe(example ?? {}).startsWith(`${kind.name} `));
        for (const key of Object.keys(kind.references)) assert.ok(key in (schema['properties'] as object), key);
      });

      it('has a mutation for its example', () => {
        const mutation = kind.mutation(example ?? {}, facts, kind.expects.required ? value('1') : WORKS);
        assert.ok(mutation?.title);
        assert.notDeepEqual(mutation.break, mutation.mend);
        assert.equal(mutation.break.node, mutation.mend.node);
      });
    });
  }

  it('put nothing of a lab into a script', () => {
    const evil = '$(touch /tmp/x); `id`';
    const argv = argvOf('udp', { from: 'c1', to: 'c2', port: 7, send: evil });
    assert.equal(argv.at(-1), evil);
    assert.ok(argv.slice(0, -1).every((each) => !each.includes('touch')));
  });

  it('run in a container\'s network with the node\'s tools', () => {
    assert.deepEqual(argvOf('tcp', { from: 'c1', to: 'c2', port: 80 }), ['nsenter', '-t', '100', '-n', 'timeout', '2', 'bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', '172.17.128.2', '80']);
    assert.deepEqual(argvOf('ping', { from: 'net-1', to: 'c2' }), ['ping', '-n', '-c', '2', '-i', '0.2', '-W', '2', '172.17.128.2']);
    assert.deepEqual(argvOf('mtu', { from: 'net-1', to: 'c2', bytes: 1476 }).slice(-3), ['172.17.128.2', '1448', '1449']);
    assert.equal(argvOf('http', { from: 'net-1', to: 'c2', path: '/a?b=[1]' }).at(-1), 'http://172.17.128.2:80/a?b=[1]');
  });

  it('say why they cannot be asked', () => {
    const why = (kind: string, subject: Subject, more: Partial<Facts> = {}): string => {
      const probe = kindOf(kind).probe(subject, { ...facts, ...more }, WORKS);
      return 'notRun' in probe ? probe.notRun : assert.fail('asked');
    };
    assert.equal(why('ping', { from: 'c1', to: 'c2' }, { pid: () => 0 }), 'container c1 does not run on net-1');
    assert.equal(why('ping', { from: 'net-1', to: 'c2' }, { pid: () => 0 }), 'container c2 does not run on net-2');
    assert.equal(why('ping', { from: 'nobody', to: 'c2' }), '"nobody" is neither a node nor a container of the lab');
    assert.equal(why('ping', { from: 'net-1', to: 'c2' }, { address: () => undefined }), 'c2 has no address that net-1 could use');
    assert.equal(why('ping', { from: 'net-1', to: 'c2' }, { address: () => '-f' }), '"-f" is not an address');
    assert.equal(why('source', { from: 'c1', to: '192.0.2.1', seenAs: 'c1' }), '192.0.2.1 is not an address of the lab: nobody can watch there');
    assert.equal(why('command', { container: 'c1', run: 'true' }, { pid: () => 0 }), 'container c1 does not run on net-1');
    assert.equal(why('iptables', { node: 'net-1', chain: 'INPUT', rule: '-j "x' }), 'the rule has an open quote: -j "x');
  });

  it('do not ask where an end would answer itself, as two hosts give their containers the same addresses', () => {
    const twins: Facts = { ...facts, address: (name) => (['c1', 'c2'].includes(name) ? '172.17.0.2' : facts.address(name)) };
    const why = (subject: Subject, given = twins): string | undefined => {
      const probe = kindOf('tcp').probe({ port: 80, ...subject }, given, { is: 'unreachable' });
      return 'notRun' in probe ? probe.notRun : undefined;
    };
    assert.equal(why({ from: 'c1', to: 'c2' }), 'c1 and c2 have the same address, 172.17.0.2: c1 would ask itself');
    assert.equal(why({ from: 'net-1', to: 'c2' }), undefined);
    // Meant so: an address, oneself, or a network that is shared.
    assert.equal(why({ from: 'c1', to: '172.17.0.2' }), undefined);
    assert.equal(why({ from: 'c1', to: 'c1' }), undefined);
    for (const network of ['container:c1', 'host']) {
      const shared = { ...twins, lab: { ...lab, containers: [container('c1', 'net-1', network === 'host' ? 'host' : 'bridge'), container('c2', 'net-1', network)] } };
      assert.equal(why({ from: 'c1', to: 'c2' }, shared), undefined, network);
    }
  });

  it('never take a tool that is missing for a closed path', () => {
    for (const [name, subject] of [['ping', {}], ['tcp', { port: 80 }], ['udp', { port: 80 }], ['http', {}], ['mtu', { bytes: 1400 }], ['source', { seenAs: 'c1' }]] as const) {
      const at = { from: 'c1', to: 'c2', ...subject };
      for (const result of [said('', 127, 'nsenter: failed to execute x: No such file or directory'), said('', 1, 'nsenter: cannot open /proc/100/ns/net: No such file or directory'), said('', 1, 'sudo: a password is required'), { code: undefined, stdout: '', stderr: '' }]) {
        assert.equal(reads(name, at, result, { is: 'unreachable' }, said('ready\n', 1)).state, 'not-run', `${name}: ${result.stderr}`);
      }
    }
  });

  it('prove the target alive for a negative answer, in its own network', () => {
    const alive = (kind: string, more: Subject, expect: Expectation = { is: 'unreachable' }): unknown => {
      const probe = kindOf(kind).probe({ from: 'net-1', to: 'c2', ...more }, facts, expect);
      return 'notRun' in probe ? assert.fail(probe.notRun) : probe.alive && [probe.alive.node, probe.alive.argv.slice(0, 4).join(' ')];
    };
    for (const [kind, more] of [['ping', {}], ['tcp', { port: 1 }], ['udp', { port: 1 }], ['http', {}]] as const) {
      assert.deepEqual(alive(kind, more), ['net-2', 'nsenter -t 200 -n'], kind);
      assert.equal(alive(kind, more, WORKS), undefined);
    }
    assert.equal(alive('tcp', { port: 1 }, value('refused')), undefined);
    assert.deepEqual(alive('tcp', { port: 1 }, value('timeout')), ['net-2', 'nsenter -t 200 -n']);
    assert.deepEqual(alive('mtu', { bytes: 1400 }), ['net-1', 'ping -n -c 2']);
  });

  it('docker: walks what inspect says', () => {
    const at = (path: string, result: CommandResult): Reading => reads('docker', { container: 'c1', path }, result);
    const inspected = said(JSON.stringify([{ Id: 'abc', HostConfig: { Privileged: false, Memory: 0, Dns: ['1.1.1.1'] }, Empty: '', Nothing: null, Config: { Labels: { 'com.docker.x': 'y' } } }]));
    assert.deepEqual(at('Id', inspected), { state: 'works', value: 'abc', seen: 'abc' });
    assert.deepEqual(at('HostConfig.Privileged', inspected), { state: 'works', value: false, seen: 'false' });
    assert.deepEqual(at('HostConfig.Memory', inspected), { state: 'works', value: 0, seen: '0' });
    assert.equal(at('HostConfig.Dns.0', inspected).seen, '1.1.1.1');
    assert.equal(at('HostConfig.Dns', inspected).seen, '["1.1.1.1"]');
    assert.equal(at('Config.Labels.com.docker.x', inspected).seen, 'y');
    assert.deepEqual(at('Empty', inspected), { state: 'differs', value: '', seen: 'empty' });
    for (const path of ['Nothing', 'None', 'Id.length', 'HostConfig.Dns.7', 'constructor']) assert.deepEqual(at(path, inspected), { state: 'unreachable', value: 'absent', seen: `there is no ${path}` });
    assert.deepEqual(at('Id', said('[]\n', 1, 'Error: No such container: c1')), { state: 'unreachable', value: 'absent', seen: 'there is no such container' });
    assert.equal(at('Id', said('', 1, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.')).state, 'not-run');
    assert.equal(at('Id', said('junk')).state, 'not-run');
    assert.equal(walk({ a: { 'b.c': 1, b: { c: 2 } } }, 'a.b.c'), 1);
  });

  it('daemon: flags in effect', () => {
    const words = ['/usr/sbin/dockerd', '-H', 'fd://', '--mtu=1476', '--bip', '172.17.0.1/17', '--debug', '--dns=1.1.1.1', '--dns=9.9.9.9', '--icc=false'];
    const line = said(`${words.join('\n')}\n`);
    const flag = (name: string, expect: Expectation = WORKS): Reading => reads('daemon', { node: 'net-1', flag: name }, line, expect);
    assert.deepEqual(flagValues(words, 'bip'), ['172.17.0.1/17']);
    assert.deepEqual(flagValues(words, 'debug'), ['true']);
    assert.deepEqual(flag('mtu', value(1476)), { state: 'works', value: '1476', seen: '--mtu=1476' });
    assert.equal((flag('--dns', value('9.9.9.9')) as { value: string }).value, '9.9.9.9');
    assert.equal((flag('dns', value('8.8.8.8')) as { value: string }).value, '1.1.1.1, 9.9.9.9');
    assert.deepEqual(flag('iptables'), { state: 'unreachable', value: 'absent', seen: 'dockerd runs without --iptables' });
    assert.equal(reads('daemon', { node: 'net-1', flag: 'mtu' }, said('', 3, 'dockerd does not run')).state, 'not-run');
  });

  it('iptables: nft and legacy say it differently', () => {
    const rule = { node: 'net-1', chain: 'X', rule: '-j ACCEPT' };
    const chain = { node: 'net-1', chain: 'X' };
    const absent = (subject: Subject, stderr: string, code = 1): void => assert.equal((reads('iptables', subject, said('', code, stderr)) as { value?: string }).value, 'absent', stderr);
    absent(rule, 'iptables: Bad rule (does a matching rule exist in that chain?).');
    absent(rule, 'iptables: No chain/target/match by that name.');
    absent(rule, "iptables v1.8.9 (nf_tables): Chain 'DOCKER-USER' does not exist", 2);
    absent(chain, "iptables v1.8.9 (nf_tables): chain `X' in table `filter' is incompatible, use 'nft' tool.");
    absent(chain, 'iptables: No chain/target/match by that name.');
    assert.equal(reads('iptables', rule, said('', 4, "Can't open lock file /run/xtables.lock: Permission denied")).state, 'not-run');
    assert.equal(reads('iptables', { ...chain, policy: 'DROP' }, said('-P X ACCEPT\n')).state, 'differs');
    assert.deepEqual(splitWords(`-i foo  --comment "two words" -m 'a"b' ''`), ['-i', 'foo', '--comment', 'two words', '-m', 'a"b', '']);
    assert.equal(splitWords(`it's`), undefined);
  });

  it('source: what the observer saw', () => {
    const subject = { from: 'c1', to: 'c2', seenAs: 'c1' };
    const ping = said('3 packets transmitted');
    assert.deepEqual(reads('source', subject, ping, WORKS, said('ready\n172.17.0.2\n')), { state: 'works', value: '172.17.0.2', seen: 'seen as 172.17.0.2' });
    assert.deepEqual(reads('source', subject, ping, WORKS, said('172.17.127.254\n')), { state: 'differs', value: '172.17.127.254', seen: 'seen as 172.17.127.254, not as c1 (172.17.0.2)' });
    assert.deepEqual(reads('source', subject, said('', 1), WORKS, said('', 1)), { state: 'unreachable', seen: 'no packet arrived' });
    assert.equal(reads('source', subject, said('', 1), WORKS, said('', 1, 'PermissionError: [Errno 1] Operation not permitted')).state, 'not-run');
  });

  it('service: never stops what would cut a node off', () => {
    const service = kindOf('service');
    for (const name of ['ssh', 'sshd.service', 'systemd-networkd', 'networking']) assert.equal(service.mutation({ node: 'net-1', name }, facts, WORKS), undefined);
    assert.ok(service.mutation({ node: 'net-1', name: 'docker' }, facts, WORKS)?.break.argv.includes('docker.socket'));
    assert.equal(kindOf('interface').mutation({ node: 'net-1', name: 'eth0', up: true }, facts, WORKS), undefined);
    assert.equal(iptables.mutation({ node: 'net-1', chain: 'INPUT', policy: 'ACCEPT' }, facts, WORKS), undefined);
  });

  it('fdb: where a bridge learned the MAC, in the words of Linux and of Open vSwitch', () => {
    const text = (lines: string): Reading => reads('fdb', { container: 'c1' }, said(lines));
    assert.deepEqual(text('33:33:00:00:00:01 dev br0 self permanent\n02:42:0a:09:00:01 dev pw-c1 master br0 \n'), { state: 'works', value: 'pw-c1', seen: '02:42:0a:09:00:01 at pw-c1' });
    assert.equal(text('02:42:0a:09:00:01 dev pw-c2 master br0\n').state, 'differs');
    assert.equal(text('02:42:0a:09:00:01 dev pw-c1 master br0 permanent\n').state, 'unreachable');
    const tagged: Facts = { ...facts, lab: { ...lab, pipework: [pipe('c1', 'net-1', '10.9.0.1/24', { bridgeKind: 'ovs', vlan: 10 })] } };
    const probe = kindOf('fdb').probe({ container: 'c1' }, tagged, WORKS);
    const ask = (lines: string): Reading => ('notRun' in probe ? assert.fail(probe.notRun) : probe.read(said(lines), undefined));
    assert.equal(ask('pw-c1,3\nbr0,65534\n port  VLAN  MAC                Age\n    3    10  02:42:0a:09:00:01    1\n').state, 'works');
    assert.equal(ask('pw-c1,3\n port  VLAN  MAC                Age\n    3    0  02:42:0a:09:00:01    1\n').state, 'differs');
    assert.equal(ask('pw-c1,3\n port  VLAN  MAC                Age\n').state, 'unreachable');
    assert.ok('notRun' in kindOf('fdb').probe({ container: 'c2' }, facts, WORKS));
  });

  it('ovs: ports with their tags, and what is left over of others', () => {
    const ask = (more: Subject, lines: string, code = 0): Reading => reads('ovs', { node: 'net-1', bridge: 'sw0', ...more }, said(lines, code));
    const lines = 'pw-c2|20|[]\npw-c1|10|[]\n';
    assert.deepEqual(ask({}, lines), { state: 'works', value: 'pw-c1,pw-c2', seen: 'pw-c2 (tag 20), pw-c1 (tag 10)' });
    assert.equal(ask({}, `${lines}old|[]|"could not open network device old (No such device)"\n`).state, 'differs');
    assert.equal(ask({ port: 'pw-c1', tag: 10 }, lines).state, 'works');
    assert.equal(ask({ port: 'pw-c1', tag: 0 }, lines).state, 'differs');
    assert.equal(ask({ port: 'pw-c1', tag: 0 }, 'pw-c1|[]|[]\n').state, 'works');
    assert.equal((ask({ port: 'x' }, lines) as { value?: string }).value, 'absent');
    assert.equal((ask({}, '', 2) as { value?: string }).value, 'absent');
    assert.equal(ask({}, '', 1).state, 'not-run');
  });

  it('a path that must stay closed is opened only where the model says how', () => {
    const ping = kindOf('ping');
    const never: Expectation = { is: 'unreachable' };
    const routed: Facts = { ...facts, lab: { ...lab, routes: [{ node: 'net-1', to: '172.17.128.0/17', via: undefined, dev: 'foo', source: undefined, why: '' }] } };
    assert.equal(ping.mutation({ from: 'c1', to: 'c2' }, facts, never), undefined, 'no route');
    assert.equal(ping.mutation({ from: 'c1', to: 'c2' }, routed, never)?.break.node, 'net-2');
    const tagged: Facts = { ...facts, address: (name) => (name === 'c2' ? '10.9.0.2' : undefined), lab: { ...lab, pipework: [pipe('c1', 'net-1', '10.9.0.1/24', { vlan: 10 }), pipe('c2', 'net-1', '10.9.0.2/24', { vlan: 20 })] } };
    assert.deepEqual(ping.mutation({ from: 'c1', to: 'c2' }, tagged, never)?.break.argv.slice(2), ['set', 'port', 'pw-c2', 'tag=10']);
    assert.equal(ping.mutation({ from: 'c1', to: '192.0.2.1' }, routed, never), undefined, 'nobody\'s address');
  });
});
