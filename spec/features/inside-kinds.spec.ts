/** What names, environments, files, bridges and namespaces are read from, and what is made of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESOLVE } from '../../generator/features/names/ask-dns.js';
import { counter } from '../../generator/features/firewall/counter.js';
import { dns } from '../../generator/features/names/dns.js';
import { hosts } from '../../generator/features/names/hosts.js';
import { namespace } from '../../generator/features/namespaces/namespace.js';
import { bridge } from '../../generator/features/system/bridge.js';
import { env } from '../../generator/features/system/env.js';
import { file } from '../../generator/features/system/file.js';
import type { CheckKind, CommandResult, Expectation, Facts, Reading, Subject } from '../../generator/model/check.js';
import { inFolder } from '../support/context.js';
import { container, labOf, said } from '../verify/fakes.js';

const WORKS: Expectation = { is: 'works' };
const value = (wanted: string | number): Expectation => ({ is: 'value', value: wanted });
const lab = labOf([container('c1', 'net-1'), container('c2', 'net-1'), container('far', 'net-2')]);
const facts: Facts = {
  lab,
  nodeOf: (name) => ({ c1: 'net-1', c2: 'net-1', far: 'net-2' })[name] ?? name,
  pid: (name) => ({ c1: 100, c2: 200, far: 300 })[name] ?? 0,
  address: (name) => ({ 'net-1': '10.0.0.1', c1: '172.17.0.2', c2: '172.17.0.3' })[name] ?? (/^[\d.]+$/.test(name) ? name : undefined),
  inspect: () => undefined,
};
const probeOf = (kind: CheckKind, subject: Subject, expect: Expectation = WORKS) => {
  const probe = kind.probe(subject, facts, expect);
  return 'notRun' in probe ? assert.fail(probe.notRun) : probe;
};
const reads = (kind: CheckKind, subject: Subject, result: CommandResult, expect: Expectation = WORKS, observed?: CommandResult): Reading => probeOf(kind, subject, expect).read(result, observed);
const notRun = (kind: CheckKind, subject: Subject): string => {
  const probe = kind.probe(subject, facts, WORKS);
  return 'notRun' in probe ? probe.notRun : assert.fail('asked');
};

describe('kinds of checks that look inside', () => {
  it('dns: asks in the container\'s network, by its own files', () => {
    const { argv, node } = probeOf(dns, { from: 'c1', name: 'db' }).command;
    assert.deepEqual([node, ...argv.slice(0, 6), ...argv.slice(7)], ['net-1', 'nsenter', '-t', '100', '-n', 'python3', '-c', '/proc/100/root', 'db', '']);
    assert.deepEqual(probeOf(dns, { from: 'net-1', name: 'db', server: 'c2' }).command.argv.slice(3), ['', 'db', '172.17.0.3']);
  });

  it('dns: any of the addresses will do, the wrong ones will not', () => {
    const two = said('127.0.0.11 172.17.0.9 172.17.0.3\n');
    assert.deepEqual(reads(dns, { from: 'c1', name: 'db', address: 'c2' }, two), { state: 'works', value: '172.17.0.9 172.17.0.3', seen: '172.17.0.9, 172.17.0.3, says 127.0.0.11' });
    assert.equal((reads(dns, { from: 'c1', name: 'db' }, two, value('172.17.0.3')) as { value: string }).value, '172.17.0.3');
    assert.deepEqual(reads(dns, { from: 'c2', name: 'db', address: 'c1' }, said('hosts 172.17.0.9\n')), { state: 'differs', value: undefined, seen: '172.17.0.9, says /etc/hosts; 172.17.0.2 is not among them' });
    assert.deepEqual(reads(dns, { from: 'c1', name: 'db' }, said('127.0.0.11 knows no such name\n', 1)), { state: 'unreachable', value: 'absent', seen: '127.0.0.11 knows no such name' });
    assert.equal(reads(dns, { from: 'c1', name: 'db' }, said('', 1, 'Traceback: boom')).state, 'not-run');
  });

  it('dns: the script reads hosts files as resolvers do', () => inFolder((folder) => {
    mkdirSync(join(folder, 'etc'));
    writeFileSync(join(folder, 'etc/hosts'), '127.0.0.1 localhost\n# 10.0.0.1 hidden\n10.0.0.2 other DB web # db2\n10.0.0.3\tdb\n');
    writeFileSync(join(folder, 'etc/resolv.conf'), 'search lab\nnameserver ::1\n');
    const ask = (name: string): string => {
      const { stdout, status } = spawnSync('python3', ['-c', RESOLVE, folder, name, ''], { encoding: 'utf8' });
      return `${status} ${stdout.trim()}`;
    };
    assert.equal(ask('db'), '0 hosts 10.0.0.2 10.0.0.3');
    assert.equal(ask('hidden'), '1 no name server');
    assert.equal(ask('db2'), '1 no name server');
  }));

  it('hosts: entries, not comments', () => {
    const text = said('127.0.0.1\tlocalhost\n# 1.2.3.4 db\n172.17.0.3\tdb abc database\n');
    assert.deepEqual(reads(hosts, { container: 'c1', name: 'database', address: 'c2' }, text), { state: 'works', value: '172.17.0.3', seen: '172.17.0.3' });
    assert.equal(reads(hosts, { container: 'c1', name: 'db', address: 'c1' }, text).state, 'differs');
    assert.equal((reads(hosts, { container: 'c1', name: 'web' }, text) as { value: string }).value, 'absent');
    assert.deepEqual(probeOf(hosts, { node: 'net-1', name: 'db' }).command.argv, ['cat', '/etc/hosts']);
    assert.deepEqual(probeOf(hosts, { container: 'c1', name: 'db' }).command.argv, ['cat', '/proc/100/root/etc/hosts']);
  });

  it('env: one variable, whatever it holds', () => {
    const text = said('PATH=/bin\0DB_PORT=tcp://1.2.3.4:5\0EMPTY=\0TEXT=a\nDB=no\0');
    assert.deepEqual(reads(env, { container: 'c1', name: 'DB_PORT' }, text), { state: 'works', value: 'tcp://1.2.3.4:5', seen: 'DB_PORT=tcp://1.2.3.4:5' });
    assert.deepEqual(reads(env, { container: 'c1', name: 'EMPTY' }, text), { state: 'works', value: '', seen: 'EMPTY=' });
    assert.deepEqual(reads(env, { container: 'c1', name: 'DB' }, text), { state: 'unreachable', value: 'absent', seen: 'DB is not set' });
    assert.equal(notRun(env, { container: 'net-1', name: 'X' }), 'net-1 is not a container');
  });

  it('file: content, or none', () => {
    const at = { container: 'c1', path: '/etc/resolv.conf' };
    assert.equal(probeOf(file, at).command.argv.at(-1), '/proc/100/root/etc/resolv.conf');
    assert.equal((reads(file, at, said('nameserver 1\n')) as { value: string }).value, 'nameserver 1');
    assert.equal((reads(file, at, said('', 3)) as { value: string }).value, 'absent');
    assert.deepEqual(reads(file, at, said('', 4, 'a folder')), { state: 'not-run', seen: 'a folder' });
    assert.equal(file.mutation({ node: 'net-1', path: '/proc/sys/kernel/hostname' }, facts, WORKS), undefined);
  });

  it('bridge: ports, and what it has learned', () => {
    const at = { node: 'net-1', name: 'docker0', port: 'c1', learned: true };
    const seen = (more: object): CommandResult => said(JSON.stringify({ there: true, ports: ['veth1', 'veth2'], ...more }));
    assert.deepEqual(reads(bridge, at, seen({ port: 'veth1', mac: '02:42:ac:11:00:02', learned: ['veth1'] })), { state: 'works', value: 'present', seen: '2 ports, c1 at veth1 with 02:42:ac:11:00:02, learned' });
    assert.equal(reads(bridge, at, seen({ port: 'veth1', mac: 'x', learned: ['veth2'] })).state, 'differs');
    assert.deepEqual(reads(bridge, at, seen({})), { state: 'unreachable', value: 'absent', seen: 'c1 is not on docker0; its ports are veth1, veth2' });
    assert.equal(reads(bridge, { node: 'net-1', name: 'docker0', ports: 3 }, seen({})).state, 'differs');
    assert.equal((reads(bridge, { node: 'net-1', name: 'br9' }, said('{"there": false}')) as { value: string }).value, 'absent');
    assert.equal(reads(bridge, at, said('', 1, 'Traceback\nFileNotFoundError: ip')).state, 'not-run');
    assert.equal(notRun(bridge, { node: 'net-1', name: 'docker0', port: 'far' }), 'far is on net-2');
  });

  it('namespace: inodes of one kernel only', () => {
    const at = { kind: 'net', a: 'c1', b: 'net-1' };
    assert.deepEqual(probeOf(namespace, at).command.argv, ['readlink', '/proc/100/ns/net', '/proc/1/ns/net']);
    assert.deepEqual(reads(namespace, at, said('net:[1]\nnet:[2]\n')), { state: 'differs', value: 'different', seen: 'net:[1] and net:[2]' });
    assert.deepEqual(reads(namespace, at, said('net:[1]\nnet:[1]\n')), { state: 'works', value: 'same', seen: 'both net:[1]' });
    assert.equal(reads(namespace, at, said('net:[1]\n', 1)).state, 'not-run');
    assert.match(notRun(namespace, { a: 'c1', b: 'far' }), /two kernels/);
    assert.equal(namespace.mutation({ kind: 'pid', a: 'c1', b: 'c2' }, facts, WORKS), undefined);
  });

  it('counter: has to grow while somebody watches', () => {
    const at = { node: 'net-1', table: 'nat', chain: 'DOCKER', rule: '--dport 8080', from: 'net-2', to: 'net-1', port: 8080 };
    assert.deepEqual(reads(counter, at, said(''), WORKS, said('ready\n3 4\n')), { state: 'works', value: 1, seen: '3 packets before, 4 after' });
    assert.equal(reads(counter, at, said(''), WORKS, said('ready\n3 3\n', 1)).state, 'unreachable');
    assert.equal((reads(counter, at, said(''), WORKS, said('ready\n', 4)) as { value: string }).value, 'absent');
    assert.equal(reads(counter, at, said(''), WORKS, said('', 1, 'iptables: boom')).state, 'not-run');
  });
});
