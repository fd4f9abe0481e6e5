/**
 * Nodes that do not do what they should: one that never boots, one that hangs, a play that fails on one, a dockerd that
 * does not start. Each has an end, its reason with the lines of the log that tell it, and the others are told of as well.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHASES } from '../../generator/cli/commands/up.js';
import { LIMITS, readLimits, timeText, watch } from '../../generator/cli/limits.js';
import { runCommand } from '../../generator/drivers/run-command.js';
import { labgen, labgenIn, type Ran } from '../support/context.js';
import { Fakes, hasEnded } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';

const TWO = 'lab: small\nnodes:\n  n1: { docker: false }\n  n2: { docker: false }\nchecks:\n  - command: { node: n1, run: "true" }\n  - command: { node: n2, run: "true" }\n';
const LAST = '"labgen up" goes on from here; "labgen down" takes away what is there.\n';

describe('a lab in trouble', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let server: SshServer;
  beforeEach(async () => {
    fakes = new Fakes();
    server = new SshServer();
    await server.start();
    fakes.prepareLab(server.port, server.key, server.hostKey);
    writeFileSync(join(fakes.folder, 'lab.yaml'), TWO);
    process.env['LABGEN_FAKE_NODES'] = 'n1 n2';
    fakes.prepareBox();
  });
  afterEach(async () => {
    await server.stop();
    fakes.end();
  });
  const up = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env }, fakes.folder, 'up', './lab.yaml', '-o', 'lab', ...args);

  describe('a node that never boots', () => {
    const BOOT = 'mkdir -p .vagrant/machines/n1/docker .vagrant/machines/n2/docker; echo one >.vagrant/machines/n1/docker/id; echo two >.vagrant/machines/n2/docker/id\necho "==> n1: Machine booted and ready!"; echo "==> n2: Waiting for machine to boot. This may take a few minutes..."; echo "    n2: Warning: Connection refused. Retrying..."';
    const NODES = '  n1: running\n  n2: running, but it did not get ready\n    Waiting for machine to boot. This may take a few minutes...\n    Warning: Connection refused. Retrying...\n    the node itself said last:\n      Freezing execution.\n';
    beforeEach(() => fakes.answer('docker-logs', 'case $* in *" two") echo "Freezing execution." ;; esac; exit 0'));

    it('and hangs: ended at the limit', async () => {
      fakes.answer('vagrant-up', `${BOOT}; echo "slow pid=$$" >>"$log"; sleep 1000`);
      const { code, err } = await up('--limit', 'boot=1s');
      assert.deepEqual([code, err], [3, `labgen: the phase "boot" did not end within 1 s\n${NODES}  --limit boot=TIME gives it longer. ${LAST}`]);
      await hasEnded(Number(/slow pid=(\d+)/.exec(fakes.log())?.[1]));
      assert.ok(!fakes.calls().some((call) => call.startsWith('ansible-playbook')));
    });

    it('and Vagrant gives up', async () => {
      fakes.answer('vagrant-up', `${BOOT}; echo "Timed out while waiting for the machine to boot." >&2; exit 1`);
      const { code, err } = await up();
      assert.deepEqual([code, err], [3, `labgen: the nodes did not come up: exit 1\n  $ vagrant up --provider=docker --no-color\n  Timed out while waiting for the machine to boot.\n${NODES}  ${LAST}`]);
    });

    it('as it was not even made', async () => {
      fakes.answer('vagrant-up', 'echo "There is no room left"; exit 1');
      const { err } = await up();
      assert.match(err, /\n {2}There is no room left\n {2}n1: not created\n {2}n2: not created\n/);
    });
  });

  it('an image that does not load within its limit', async () => {
    fakes.answer('docker-load', 'echo "slow pid=$$" >>"$log"; exec sleep 1000');
    const { code, err } = await up('--limit', 'box=1s');
    assert.deepEqual([code, err], [3, `labgen: the phase "box" did not end within 1 s\n  --limit box=TIME gives it longer. ${LAST}`]);
    await hasEnded(Number(/slow pid=(\d+)/.exec(fakes.log())?.[1]));
  });

  it('SSH that hangs in the play: the task, and who has not answered in it', async () => {
    fakes.answer('ansible-playbook-site.yml', 'echo "TASK [Gathering Facts] ****"; echo "ok: [n1]"; echo "ok: [n2]"; echo "TASK [Install Docker] ****"; echo "changed: [n1]"; sleep 1000');
    const { code, err } = await up('--limit', 'play=1s');
    assert.deepEqual([code, err], [3, `labgen: the phase "play" did not end within 1 s\n  in the task "Install Docker": n2 has not answered; n1 has\n  --limit play=TIME gives it longer. ${LAST}`]);
  });

  it('SSH that hangs in the checks: what was asked by then is told', async () => {
    writeFileSync(join(fakes.folder, 'lab.yaml'), TWO.replace(/checks:[^]*/, 'checks:\n  - command: { node: n1, run: "true" }\n  - command: { node: n1, run: "stuck" }\n'));
    server.hangs = (command) => command.includes('stuck');
    const { code, out, err } = await up('--limit', 'verify=2s');
    assert.equal(code, 3, out);
    assert.match(out, /passed {3}command n1 true/);
    assert.match(out, /command n1 stuck/);
    assert.match(out, /verify small: 1 passed, 0 failed, 1 not run/);
    assert.equal(err, `labgen: the phase "verify" did not end within 2 s\n  --limit verify=TIME gives it longer. ${LAST}`);
  });

  const failing = (answer: string): void => fakes.answer('ansible-playbook-site.yml', `cat <<'END'\nTASK [Put dockerd's settings in force] ****\nok: [n2]\n${answer}\n\nPLAY RECAP ****\nn1 : ok=4 changed=2 unreachable=0 failed=1 skipped=0\nn2 : ok=9 changed=3 unreachable=0 failed=0 skipped=0\nEND\nexit 2`);

  it('a play that fails on one node: what its command said, and how the other came out of it', async () => {
    failing(`fatal: [n1]: FAILED! => ${JSON.stringify({ changed: true, cmd: ['ip', 'link', 'add', 'foo'], msg: 'non-zero return code', rc: 2, stderr: 'RTNETLINK answers: Operation not supported\n', stdout: '' })}`);
    const { code, err } = await up();
    assert.deepEqual([code, err], [1, 'labgen: the play failed on n1\n  in the task "Put dockerd\'s settings in force":\n    fatal: [n1]: FAILED!\n    $ ip link add foo\n      non-zero return code\n      RTNETLINK answers: Operation not supported\n  n2: ok=9 changed=3: nothing failed there\n  "labgen up" runs it again; it does only what is missing.\n']);
    assert.deepEqual(server.commands, []);
  });

  it('a dockerd that does not start: its own words from the node\'s journal', async () => {
    failing(`fatal: [n1]: FAILED! => ${JSON.stringify({ changed: false, msg: 'Unable to restart service docker: Job for docker.service failed because the control process exited with error code.\nSee "systemctl status docker.service" and "journalctl -xeu docker.service" for details.\n' })}`);
    server.answer = (command) => (command.includes('journalctl --unit docker.service') ? { stdout: 'Starting docker.service - Docker Application Container Engine...\nunable to configure the Docker daemon: the \u001b[31m"bip" is not an address\ndocker.service: Main process exited, code=exited, status=1/FAILURE\nFailed to start docker.service - Docker Application Container Engine.\n' } : {});
    const { code, err } = await up();
    assert.equal(code, 1);
    assert.match(err, /\n {2}docker\.service on n1 said last:\n {4}unable to configure the Docker daemon: the \\x1b\[31m"bip" is not an address\n {2}n2: ok=9 changed=3: nothing failed there\n/);
    assert.equal(server.commands.length, 1, 'one journal is read, once');
  });

  it('whose journal cannot be read either is told of without it', async () => {
    failing(`fatal: [n1]: FAILED! => ${JSON.stringify({ msg: 'Unable to start service docker: Job for docker.service failed.' })}`);
    fakes.put('ssh-config', 'Host n1\n  HostName 127.0.0.1\n  Port 1\n  User nobody\n');
    const { code, err } = await up();
    assert.equal(code, 1, err);
    assert.match(err, /Unable to start service docker: Job for docker\.service failed\.\n {2}n2: ok=9/);
  });

  describe('limits', () => {
    it('are there for every phase, as the help says', async () => {
      assert.deepEqual(Object.keys(LIMITS), PHASES.map((phase) => phase.name));
      const { out } = await labgen(fakes.folder, 'help', 'up');
      const told = [...out.matchAll(/(\w+) (\d+)m\b/g)].map(([, name = '', minutes]) => [name, Number(minutes) * 60_000]);
      assert.deepEqual(Object.fromEntries(told), LIMITS);
    });

    it('are given as seconds, minutes, hours; one replaces another', () => {
      assert.deepEqual(readLimits(['boot=90s', 'play=2h', 'boot=10m']), { ...LIMITS, boot: 600_000, play: 7_200_000 });
      assert.deepEqual([timeText(600_000), timeText(90_000)], ['10 min', '90 s']);
    });

    for (const [word, expected] of [
      ['boot=10', /^labgen: --limit boot=10: that is no phase with a time\n {2}Give it as PHASE=TIME with s, m or h, such as boot=10m\. Phases: engine, box, boot, play, verify\n$/],
      ['boot=0s', /that is no phase with a time/],
      ['=5s', /there is no phase ""/],
      ['boots=5s', /^labgen: --limit boots=5s: there is no phase "boots"\n {2}Did you mean "boot"\? Known are: engine, box/],
      ['constructor=5s', /there is no phase "constructor"/],
    ] as const) {
      it(`refused: ${word}`, async () => {
        const { code, err } = await up('--limit', word);
        assert.deepEqual([code, fakes.calls()], [2, []]);
        assert.match(err, expected);
      });
    }

    it('Ctrl-C is no limit that was reached, and a lifted one is reached no more', async () => {
      const controller = new AbortController();
      const interrupted = watch(controller.signal, 60_000);
      controller.abort();
      assert.deepEqual([interrupted.signal.aborted, interrupted.expired()], [true, false]);
      interrupted.lift();
      const lifted = watch(new AbortController().signal, 1);
      lifted.lift();
      const reached = watch(new AbortController().signal, 2);
      await new Promise((done) => reached.signal.addEventListener('abort', done));
      assert.deepEqual([reached.expired(), lifted.signal.aborted, lifted.expired()], [true, false, false]);
      assert.equal(watch(AbortSignal.abort(), 60_000).signal.aborted, true);
    });
  });

  it('a command that does not listen to Ctrl-C is ended, with all it started', async () => {
    const controller = new AbortController();
    let inner = '';
    const outcome = await runCommand(
      { argv: ['sh', '-c', 'trap "" INT; sh -c \'trap "" INT; echo $$; while :; do sleep 1; done\'; exit 0'], ownGroup: true, tidyMs: 100 },
      (line) => {
        inner = line;
        controller.abort();
      },
      controller.signal,
    );
    assert.equal(outcome.signal, 'SIGTERM');
    await hasEnded(Number(inner));
  });
});
