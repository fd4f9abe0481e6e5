/** What is rendered, judged by the tools its readers use; and proof that each tool would notice. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOnPath } from '../../generator/drivers/machine.js';
import { lintFolder, TOOLS, type Judgement } from '../../generator/drivers/lint-tools.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import type { LintResult } from '../../generator/model/finding.js';
import { applyPlan } from '../../generator/write/apply.js';
import { temporaryFolder } from '../../generator/write/files.js';
import { GOLDEN_LABS } from '../support/golden.js';
import { labText, planFor } from '../support/labs.js';

const has = (program: string): boolean => isOnPath(program, process.env['PATH'] ?? '');

function rendered(lab: string, stage?: string): string {
  const folder = temporaryFolder('labgen-rendered');
  applyPlan(folder, planFor(labText(lab), lab, stage));
  return folder;
}

/** A fault put into one rendered file, and the tool that has to see it. */
const FAULTS: readonly { readonly title: string; readonly tool: string; readonly path: string; readonly fault: (text: string) => string; readonly line?: number; readonly says: RegExp }[] = [
  { title: 'Ruby that does not end', tool: 'ruby -c', path: 'Vagrantfile', fault: (text) => text.replace(/\nend\n$/, '\n'), says: /syntax error/ },
  { title: 'a setting Vagrant does not have', tool: 'vagrant validate', path: 'Vagrantfile', fault: (text) => text.replace('config.vm.box_check_update', 'config.vm.box_chekc_update'), says: /box_chekc_update/ },
  { title: 'an unquoted variable', tool: 'shellcheck', path: 'nodes/worker-1/labgen-network.sh', fault: (text) => text.replace('"$name" type', '$name type'), line: 44, says: /SC2086/ },
  { title: 'shell that does not end', tool: 'shellcheck', path: 'nodes/worker-2/labgen-firewall.sh', fault: (text) => text.replace(/\nesac\n$/, '\n'), says: /SC1/ },
  { title: 'a match iptables does not have', tool: 'iptables-restore --test', path: 'nodes/worker-1/labgen-firewall.sh', fault: (text) => text.replace('-o docker0 -j', '-o docker0 --dport 80 -j'), line: 35, says: /unknown option "--dport"/ },
  { title: 'a target the table does not have', tool: 'iptables-restore --test', path: 'nodes/worker-1/labgen-firewall.sh', fault: (text) => text.replace('-o docker0 -j ACCEPT', '-o docker0 -j MASQUERADE'), line: 35, says: /Invalid argument/ },
  { title: 'a chain nobody made', tool: 'iptables-restore --test', path: 'nodes/worker-2/labgen-firewall.sh', fault: (text) => text.replace('-o docker0 -j ACCEPT', '-o docker0 -j ACCPET'), line: 35, says: /ACCPET/ },
  { title: 'a second ExecStart without the blank one', tool: 'systemd-analyze verify', path: 'nodes/worker-1/docker.service.d/50-labgen.conf', fault: (text) => text.replace('ExecStart=\n', ''), says: /more than one ExecStart/ },
  { title: 'a directive systemd does not know', tool: 'systemd-analyze verify', path: 'nodes/worker-3/labgen-network.service', fault: (text) => text.replace('RemainAfterExit', 'RemainAfterExitt'), says: /Unknown key/ },
  { title: 'a broken line continuation', tool: 'systemd-analyze verify', path: 'nodes/worker-2/docker.service.d/50-labgen.conf', fault: (text) => text.replace('\\\n', '\n'), says: /Assignment|Missing '='|--/ },
  { title: 'a module that does not exist', tool: 'ansible-playbook --syntax-check', path: 'site.yml', fault: (text) => text.replace('ansible.builtin.wait_for_connection', 'ansible.builtin.wait_for_conection'), line: 11, says: /wait_for_conection/ },
  { title: 'a task without a name, and a file without a mode', tool: 'ansible-lint', path: 'site.yml', fault: (text) => text.replace('- name: Wait until the node answers\n      ansible', '- ansible').replace(/\n {8}mode: "0755"/, ''), says: /risky-file-permissions[\s\S]*name\[missing\]|name\[missing\][\s\S]*risky-file-permissions/ },
  { title: 'wrong indentation in YAML', tool: 'yamllint', path: 'inventory.yml', fault: (text) => text.replace('  hosts:\n    ', '  hosts:\n   '), says: /indentation|syntax error/ },
  { title: 'a key that stands twice', tool: 'yamllint', path: 'inventory.yml', fault: (text) => `${text}all: {}\n`, says: /duplication/ },
];

describe('rendered files', function () {
  // The first call of each tool reads much; two processors run what they can side by side, and may have other work.
  this.timeout(900_000);
  const folders: string[] = [];
  const results = new Map<string, Promise<readonly LintResult[]>>();
  const faults = new Map<string, Promise<Judgement>>();

  before(async () => {
    for (const { folder, lab, stage } of GOLDEN_LABS) {
      const home = rendered(lab, stage);
      folders.push(home);
      results.set(folder, lintFolder(runCommand, home, has, undefined, () => undefined));
    }
    await Promise.all(results.values());
    for (const fault of FAULTS) {
      const home = rendered('mesh');
      folders.push(home);
      const path = join(home, fault.path);
      const text = readFileSync(path, 'utf8');
      const broken = fault.fault(text);
      assert.notEqual(broken, text, `${fault.title}: the fault could not be planted`);
      writeFileSync(path, broken);
      const tool = TOOLS.find((each) => each.name === fault.tool) ?? assert.fail(fault.tool);
      faults.set(fault.title, tool.run(runCommand, home, tool.applies(meshFiles())));
    }
    await Promise.all(faults.values());
  });

  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  for (const { folder } of GOLDEN_LABS) {
    for (const tool of TOOLS) {
      it(`${folder}: ${tool.name}`, async () => {
        const result = (await results.get(folder))?.find((each) => each.tool === tool.name);
        assert.equal(result?.state, 'passed', result?.said);
        assert.ok((result?.files ?? 0) > 0);
      });
    }
  }

  for (const { title, tool, path, line, says } of FAULTS) {
    it(`${tool} notices ${title}`, async () => {
      const { passed, said, findings } = (await faults.get(title)) ?? assert.fail();
      assert.equal(passed, false);
      assert.match(said, says);
      // Where the tool itself gives no line, the file is named.
      const places = findings.filter((finding) => finding.file === path && (line === undefined || finding.line === line));
      assert.ok(places.length > 0, JSON.stringify(findings, null, 2));
    });
  }
});

/** The mesh's files, as lintFolder would find them. */
function meshFiles(): readonly string[] {
  return planFor(labText('mesh'), 'mesh').map((file) => file.path).filter((path) => !path.startsWith('.labgen/'));
}
