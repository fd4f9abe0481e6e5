/** The Ansible driver against a fake ansible-playbook on PATH. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mitogen, parseRecap, play } from '../../generator/drivers/ansible.js';
import { failures, standstill, unitsIn } from '../../generator/drivers/play-report.js';
import { runCommand, type RunCommand } from '../../generator/drivers/run-command.js';
import type { VagrantPlace } from '../../generator/drivers/vagrant.js';
import { Failure } from '../../generator/model/failure.js';
import { Fakes } from '../support/fakes.js';

const FAILED = `
PLAY [The lab] *****

TASK [Gathering Facts] *****
ok: [net-1]

TASK [Make the tunnel, which joins both] *****
ok: [net-2]
fatal: [net-1]: FAILED! => {"msg": "no such device"}

PLAY RECAP *****
net-1                      : ok=1    changed=0    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0
net-2                      : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
`;
const UNITS = `
TASK [Start Docker] *****
fatal: [net-1]: FAILED! => {"msg": "Unable to start service docker: Job for docker.service failed because the control process exited with error code."}
failed: [net-2] (item=x) => {"msg": "Unable to restart service labgen-network.service: A dependency job failed"}
ok: [net-3] => {"msg": "Job for docker.service failed, as was wanted"}
`;
const UNREACHABLE = `
TASK [Wait for the nodes] *****
fatal: [net-2]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh", "unreachable": true}

PLAY RECAP *****
net-1 : ok=4 changed=2 unreachable=0 failed=1 skipped=0
net-2 : ok=0 changed=0 unreachable=1 failed=0 skipped=0
`;

describe('drivers/ansible, a fake ansible-playbook', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let controller: AbortController;
  beforeEach(() => {
    fakes = new Fakes(['ansible-playbook']);
    controller = new AbortController();
  });
  afterEach(() => fakes.end());
  const place = (more: Partial<VagrantPlace> = {}): VagrantPlace => ({ run: runCommand, folder: fakes.lab, env: {}, interrupt: controller.signal, ...more });
  const says = (text: string, code: number): void => fakes.answer('ansible-playbook-site.yml', `cat <<'END'\n${text}\nEND\nexit ${code}`);
  const failure = async (more: Partial<VagrantPlace> = {}): Promise<Failure> => {
    const error = await play(place(more), () => {}).then(() => assert.fail('it did not fail'), (reason: unknown) => reason);
    assert.ok(error instanceof Failure, String(error));
    return error;
  };

  it('plays by Mitogen where it lies, unless another strategy was chosen', async () => {
    const plugin = join(fakes.folder, 'fake.sh');
    assert.equal(mitogen({}, fakes.lab, join(fakes.lab, 'absent.py')), undefined);
    assert.equal(mitogen({ ANSIBLE_STRATEGY: 'free' }, fakes.lab, plugin), undefined);
    const strategy = mitogen({}, fakes.lab, plugin);
    assert.ok(strategy);
    fakes.answer('ansible-playbook-site.yml', 'echo "by $ANSIBLE_STRATEGY"');
    const lines: string[] = [];
    await play(place(), (line) => lines.push(line), strategy);
    assert.equal(lines[0], 'by mitogen_linear');
    const inventory = join(fakes.lab, 'mitogen.json');
    assert.deepEqual(fakes.calls(), [`ansible-playbook site.yml --inventory inventory.yml --inventory ${inventory}`]);
    const { vars } = (JSON.parse(readFileSync(inventory, 'utf8')) as { all: { vars: Record<string, unknown> } }).all;
    assert.deepEqual(vars, { ansible_ssh_common_args: '-F .labgen/ssh-config', ansible_python_interpreter: 'sudo -n /usr/bin/python3', ansible_become: false });
  });

  it('plays site.yml with the folder\'s own settings, and brings the recap back', async () => {
    const lines: string[] = [];
    assert.deepEqual(await play(place({ env: { LABGEN_FAKE_NODES: 'n1 n2' } }), (line) => lines.push(line)), [
      { node: 'n1', ok: 3, changed: 1, unreachable: 0, failed: 0 },
      { node: 'n2', ok: 3, changed: 1, unreachable: 0, failed: 0 },
    ]);
    assert.deepEqual(fakes.calls(), ['ansible-playbook site.yml']);
    // Ansible ignores an ansible.cfg in a folder that others may write to, unless it is named.
    assert.ok(fakes.log().includes(` config=${join(fakes.lab, 'ansible.cfg')} `));
    assert.equal(lines[0], 'PLAY RECAP *****');
  });

  it('reads a recap as Ansible lines it up', () => {
    assert.deepEqual(parseRecap(FAILED), [
      { node: 'net-1', ok: 1, changed: 0, unreachable: 0, failed: 1 },
      { node: 'net-2', ok: 2, changed: 0, unreachable: 0, failed: 0 },
    ]);
    assert.deepEqual(parseRecap('PLAY [x]\nok: [net-1]\n'), []);
  });

  it('a task that fails is 1, with its name, its node and what it said', async () => {
    says(FAILED, 2);
    const { exitCode, message, hint } = await failure();
    assert.equal(exitCode, 1);
    assert.equal(message, 'the play failed on net-1\n  in the task "Make the tunnel, which joins both":\n    fatal: [net-1]: FAILED!\n      no such device');
    assert.equal(hint, '"labgen up" runs it again; it does only what is missing.');
  });

  it('knows the units that could not be started, each once, and on which node', () => {
    assert.deepEqual(unitsIn(UNITS), [{ node: 'net-1', unit: 'docker.service' }, { node: 'net-2', unit: 'labgen-network.service' }]);
    assert.deepEqual(unitsIn(FAILED), []);
  });

  it('knows where a play stood: the task, who has answered in it and who has not; nobody is waited for who failed before', () => {
    const nodes = ['net-1', 'net-2', 'net-3'];
    assert.equal(standstill(['TASK [One] ***', 'ok: [net-1]', 'fatal: [net-2]: UNREACHABLE! => {}', 'TASK [Two] ***', 'changed: [net-1]'], nodes), 'in the task "Two": net-3 has not answered; net-1 has');
    assert.equal(standstill(['RUNNING HANDLER [Restart] ***'], nodes.slice(0, 2)), 'in the task "Restart": net-1, net-2 have not answered');
    assert.equal(standstill(['PLAY [The lab] ***'], nodes), undefined);
  });

  it('what a command said is told by its last lines, and what is no JSON as it is', () => {
    const said = failures(`TASK [Run] ***\nfatal: [n1]: FAILED! => ${JSON.stringify({ cmd: 'a\nb', msg: 'non-zero return code', stderr: '', stdout: Array.from({ length: 20 }, (_, line) => `line ${line}`).join('\n') })}\nfatal: [n2]: FAILED! => {cut`);
    assert.equal(said, `  in the task "Run":\n    fatal: [n1]: FAILED!\n    $ a\n      non-zero return code\n${Array.from({ length: 8 }, (_, line) => `      line ${line + 12}\n`).join('')}  in the task "Run":\n    fatal: [n2]: FAILED! => {cut`);
  });

  it('a node that does not answer is 3, even where another failed', async () => {
    says(UNREACHABLE, 4);
    const { exitCode, message } = await failure();
    assert.equal(exitCode, 3);
    assert.match(message, /^the play failed on net-1, net-2\n {2}in the task "Wait for the nodes":\n {4}fatal: \[net-2\]: UNREACHABLE!/);
  });

  it('a play that never began is 1, with a line to paste and what Ansible said', async () => {
    fakes.answer('ansible-playbook-site.yml', 'echo "ERROR! the role was not found" >&2; exit 4');
    const { exitCode, message } = await failure();
    assert.equal(exitCode, 1);
    assert.equal(message, 'the play failed: exit 4\n  $ ansible-playbook site.yml\n  ERROR! the role was not found');
  });

  it('Ctrl-C: one SIGINT, and its end is waited for', async () => {
    fakes.answer('ansible-playbook-site.yml', 'hold play; exit 99');
    const outcome = failure();
    await fakes.until(/^held play/m);
    controller.abort();
    await fakes.until(/^interrupt pid=/m);
    fakes.release();
    const { exitCode, message } = await outcome;
    assert.deepEqual([exitCode, message], [130, 'interrupted during the play']);
    assert.match(fakes.log(), /^released play interrupts=1$/m);
  });

  it('what takes too long is ended, and said', async () => {
    fakes.answer('ansible-playbook-site.yml', 'sleep 300');
    const run: RunCommand = (command, ...rest) => runCommand({ ...command, timeoutMs: 300 }, ...rest);
    const { exitCode, message } = await failure({ run });
    assert.equal(exitCode, 1);
    assert.match(message, /no end after \d+ s\n {2}\$ ansible-playbook site\.yml/);
  });
});
