/** iptables-restore on rendered rules: every action labgen knows, wherever rules may stand; nothing on the machine itself changes; and machines that cannot. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restoreRules } from '../../generator/drivers/lint-rules.js';
import { runCommand, type Outcome, type RunCommand } from '../../generator/drivers/run-command.js';
import type { Rule } from '../../generator/model/rule.js';
import { inFolder } from '../support/context.js';
import { handMade, scriptOf } from '../support/node-scripts.js';

const FILE = 'nodes/n1/labgen-firewall.sh';

function put(folder: string, script: string): void {
  mkdirSync(join(folder, 'nodes/n1'), { recursive: true });
  writeFileSync(join(folder, FILE), script);
}

const rule = (over: Partial<Rule>): Rule => ({ node: 'n1', table: 'filter', hook: 'forward', match: {}, action: { kind: 'accept' }, condition: undefined, why: 'a rule made by hand', ...over });

describe('drivers/lint-rules', function () {
  this.timeout(60_000);

  it('every kind of rule labgen can render is taken', () => inFolder(async (folder) => {
    const all = { in: 'eth0', out: 'eth1', source: '10.0.0.0/8', destination: '192.168.56.11', protocol: 'tcp', sourcePort: 1024, destinationPort: 80, state: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'] } as const;
    const rules = [
      ...(['accept', 'drop', 'reject', 'return'] as const).map((kind) => rule({ match: all, action: { kind } })),
      ...(['tcp', 'udp', 'icmp', 'gre', 'esp'] as const).map((protocol) => rule({ hook: 'input', match: { protocol } })),
      rule({ table: 'nat', hook: 'postrouting', match: { out: 'eth0' }, action: { kind: 'masquerade' } }),
      rule({ table: 'nat', hook: 'postrouting', action: { kind: 'snat', to: '10.0.0.1' } }),
      rule({ table: 'nat', hook: 'prerouting', match: { protocol: 'udp' }, action: { kind: 'dnat', to: '10.0.0.1:53' } }),
      rule({ table: 'raw', hook: 'prerouting', condition: 'direct-routing-filter' }),
      rule({ table: 'mangle', hook: 'output', action: { kind: 'drop' } }),
    ];
    for (const docker of [true, false]) {
      put(folder, scriptOf(handMade({ rules }, docker), 'labgen-firewall.sh'));
      const { passed, said, unable } = await restoreRules(runCommand, folder, [FILE]);
      assert.deepEqual([passed, said, unable], [true, '', undefined]);
    }
  }));

  it('all that is wrong in a file is told, each at its line, and nothing of the rest', () => inFolder(async (folder) => {
    put(folder, '  chain filter FORWARD LABGEN-FORWARD\n  rule filter LABGEN-FORWARD -s 10.0.0.300 -j ACCEPT\n  rule filter LABGEN-FORWARD -p tcp --dport 70000 -j ACCEPT\n  rule filter LABGEN-FORWARD -j ACCEPT\n  rule filter LABGEN-FORWARD -s $x -j ACCEPT\n  rule filter LABGEN-FORWARD -j DNAT --to-destination 1.2.3.4\n');
    const { findings } = await restoreRules(runCommand, folder, [FILE]);
    assert.deepEqual(findings.map((each) => each.line).toSorted(), [2, 3, 5, 6], JSON.stringify(findings));
    assert.ok(findings.every((each) => each.file === FILE && each.message !== ''));
  }));

  it('the rules of this machine stay as they are', () => inFolder(async (folder) => {
    const before = spawnSync('iptables-save', { encoding: 'utf8' }).stdout.replaceAll(/^#.*$/gm, '');
    put(folder, '  chain filter FORWARD LABGEN-FORWARD\n  rule filter LABGEN-FORWARD -j DROP\n');
    assert.equal((await restoreRules(runCommand, folder, [FILE])).passed, true);
    assert.equal(spawnSync('iptables-save', { encoding: 'utf8' }).stdout.replaceAll(/^#.*$/gm, ''), before);
  }));

  const answer = (command: { readonly argv: readonly string[] }, code: number, stderr: string): Outcome => ({ argv: command.argv, code, signal: undefined, stdout: '', stderr, timedOut: false, durationMs: 1 });

  it('without root a user namespace is taken', () => inFolder(async (folder) => {
    put(folder, '  chain filter FORWARD LABGEN-FORWARD\n  rule filter LABGEN-FORWARD --nope\n');
    const asUser: RunCommand = async (command) => (command.argv[1] === '--net' ? answer(command, 1, 'unshare: unshare failed: Operation not permitted\n') : runCommand(command));
    const { findings, unable } = await restoreRules(asUser, folder, [FILE]);
    assert.equal(unable, undefined);
    assert.match(findings[0]?.message ?? '', /unknown option "--nope"/);
  }));

  it('where neither is possible, it is said and nothing judged', () => inFolder(async (folder) => {
    put(folder, '  rule filter LABGEN-FORWARD -j ACCEPT\n');
    const { unable, findings } = await restoreRules(async (command) => answer(command, 1, 'unshare: unshare failed: Operation not permitted\n'), folder, [FILE]);
    assert.deepEqual([unable, findings], ['no network namespace of its own can be made here: unshare: unshare failed: Operation not permitted', []]);
  }));

  it('a kernel without packet filter is not a fault of the rules', () => inFolder(async (folder) => {
    put(folder, '  rule filter LABGEN-FORWARD -j ACCEPT\n');
    const { unable } = await restoreRules(async (command) => (command.argv.at(-1) === 'true' ? answer(command, 0, '') : answer(command, 3, "iptables-restore v1.8.9 (legacy): can't initialize iptables table `filter': Table does not exist\n")), folder, [FILE]);
    assert.equal(unable, "iptables takes no rules at all here: can't initialize iptables table `filter': Table does not exist");
  }));
});
