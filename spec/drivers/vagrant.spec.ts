/** The Vagrant driver against a fake vagrant on PATH: real processes, real signals. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pasteable, runCommand, type Command, type RunCommand } from '../../generator/drivers/run-command.js';
import { providerInUse } from '../../generator/drivers/in-use.js';
import { boot, destroy, machineStates, parseStates, provisionByVagrant, type VagrantPlace } from '../../generator/drivers/vagrant.js';
import { Failure } from '../../generator/model/failure.js';
import { Fakes, hasEnded, isAlive } from '../support/fakes.js';

const ignore = (): void => {};

describe('drivers/vagrant, a fake vagrant', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let controller: AbortController;
  beforeEach(() => {
    fakes = new Fakes(['vagrant']);
    controller = new AbortController();
  });
  afterEach(() => fakes.end());
  const place = (more: Partial<VagrantPlace> = {}): VagrantPlace => ({ run: runCommand, folder: fakes.lab, env: {}, interrupt: controller.signal, ...more });
  /** As if the time a command may take were this short. */
  const within = (timeoutMs: number): RunCommand => (command: Command, ...rest) => runCommand({ ...command, timeoutMs }, ...rest);
  const failure = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.then(() => assert.fail('it did not fail'), (reason: unknown) => reason);
    assert.ok(error instanceof Failure, String(error));
    return error;
  };

  it('boot names the provider, leaves the play for later, and hands lines on as they come', async () => {
    const lines: string[] = [];
    await boot(place({ env: { LABGEN_FAKE_NODES: 'n1 n2' } }), 'libvirt', (line) => lines.push(line));
    assert.deepEqual(fakes.calls(), ['vagrant up --provider=libvirt --no-color']);
    assert.match(fakes.log(), / play=later /);
    assert.deepEqual(lines, ['==> n1: Machine booted and ready!', '==> n2: Machine booted and ready!']);
    assert.equal(providerInUse(fakes.lab), 'libvirt');
  });

  it('a boot that fails is 3, with a line to paste, its last words and a hint', async () => {
    fakes.answer('vagrant-up', 'echo "==> n1: Importing"; echo "The box could not be found" >&2; exit 1');
    const { exitCode, message, hint } = await failure(boot(place(), 'virtualbox', ignore));
    assert.equal(exitCode, 3);
    assert.equal(message, 'the nodes did not come up: exit 1\n  $ vagrant up --provider=virtualbox --no-color\n  The box could not be found');
    assert.equal(hint, '"labgen up" goes on from here; "labgen down" takes away what is there.');
  });

  for (const [said, expected] of [
    ["Call to virDomainDefineXML failed: domain 'x_n1' already exists with uuid 7", /^A machine of an interrupted run is in the way: "labgen down"/],
    ['Name `lab_n1` of domain about to create is already taken. Please try to run', /^A machine of an interrupted run is in the way: "labgen down"/],
    ['Conflict. The container name "/x" is already in use by container "7"', /^A machine of an interrupted run is in the way: "labgen down"/],
    ['n1 shows other SSH host keys than when it was first met: something else may answer', /^Nothing was asked of that node\./],
    ['Could not access KVM kernel module: Permission denied', /KVM could not be used; try --private/i],
  ] as const) {
    it(`hint: ${said.slice(0, 50)}`, async () => {
      fakes.answer('vagrant-up', `cat >&2 <<'END'\n${said}\nEND\nexit 1`);
      assert.match((await failure(boot(place(), 'libvirt', ignore))).hint ?? '', expected);
    });
  }

  it('no vagrant at all is 3, and says so', async () => {
    fakes.end();
    fakes = new Fakes([]);
    const { exitCode, message } = await failure(boot(place(), 'docker', ignore));
    assert.equal(exitCode, 3);
    assert.match(message, /exit 127\n {2}\$ vagrant up .*\n {2}vagrant: command not found$/);
  });

  it('a failed play is 1, machines that stay are 3', async () => {
    fakes.answer('vagrant-provision', 'echo "The play failed" >&2; exit 1');
    fakes.answer('vagrant-destroy', 'echo "n1 is locked" >&2; exit 1');
    const [play, stay] = [await failure(provisionByVagrant(place(), ignore)), await failure(destroy(place(), ignore))];
    assert.deepEqual([play.exitCode, stay.exitCode], [1, 3]);
    assert.match(play.message, /^the play failed: exit 1\n {2}\$ vagrant provision --no-color\n {2}The play failed$/);
    assert.match(stay.message, /^not all machines could be taken away: exit 1\n {2}\$ vagrant destroy -f --no-color\n {2}n1 is locked$/);
  });

  it('reads states, and nothing else, from machine-readable output', async () => {
    await boot(place(), 'docker', ignore);
    assert.deepEqual(await machineStates(place({ env: { LABGEN_FAKE_NODES: 'n1 n2' } })), [{ node: 'n1', state: 'running' }, { node: 'n2', state: 'not_created' }]);
    assert.deepEqual(parseStates('1,n1,metadata,provider,docker\r\n1,n1,state,running\r\n1,n1,state-human-short,running\n1,,ui,info,a%!(VAGRANT_COMMA) b\nnoise\n\n'), [{ node: 'n1', state: 'running' }]);
    fakes.answer('vagrant-status', 'echo "Vagrantfile: syntax error" >&2; exit 1');
    assert.match((await failure(machineStates(place()))).message, /^Vagrant could not tell the state of the nodes: exit 1\n {2}\$ vagrant status --machine-readable\n {2}Vagrantfile/);
  });

  it('knows no provider where no machine was made', () => assert.equal(providerInUse(fakes.lab), undefined));

  for (const [verb, start] of [
    ['up', () => boot(place(), 'docker', ignore)],
    ['provision', () => provisionByVagrant(place(), ignore)],
    ['destroy', () => destroy(place(), ignore)],
  ] as const) {
    it(`Ctrl-C in "vagrant ${verb}": one SIGINT, to a process group of its own, and its end is waited for`, async () => {
      fakes.answer(`vagrant-${verb}`, `hold ${verb}; exit 1`);
      let ended = false;
      const outcome = failure(start()).finally(() => (ended = true));
      const [, pid = ''] = await fakes.until(/^held \S+ pid=(\d+)$/m);
      const stat = (who: string): readonly string[] => readFileSync(`/proc/${who}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      assert.equal(stat(pid)[2], pid, 'it leads its group');
      assert.notEqual(stat('self')[2], pid);
      controller.abort();
      controller.abort();
      await fakes.until(/^interrupt pid=/m);
      // It goes on tidying up. A second signal would have been sent by now.
      assert.equal(ended, false);
      assert.ok(isAlive(Number(pid)));
      fakes.release();
      assert.equal((await outcome).exitCode, 130);
      assert.match(fakes.log(), new RegExp(`^released ${verb} interrupts=1$`, 'm'));
      assert.equal(isAlive(Number(pid)), false, 'labgen went on before it ended');
    });
  }

  it('after Ctrl-C nothing more is started', async () => {
    controller.abort();
    assert.equal((await failure(boot(place(), 'docker', ignore))).exitCode, 130);
    assert.deepEqual(fakes.calls(), []);
  });

  it('what takes too long is ended with all it started, and said', async () => {
    // The child holds our pipes: were it left, nobody would come back before it ends.
    fakes.answer('vagrant-up', 'sleep 300 & echo "child=$!" >>"$log"; wait');
    const { exitCode, message } = await failure(boot(place({ run: within(300) }), 'docker', ignore));
    assert.equal(exitCode, 3);
    assert.match(message, /^the nodes did not come up: no end after \d+ s\n {2}\$ vagrant up --provider=docker --no-color/);
    const [, child = ''] = await fakes.until(/^child=(\d+)$/m);
    // Its files close before the kernel calls it dead.
    await hasEnded(Number(child));
  });
});

describe('drivers/run-command', () => {
  it('prints a command as a POSIX shell reads it', () => {
    assert.equal(pasteable(['ssh', 'n1', 'a b', "it's", '$HOME', '', 'x=1']), "ssh n1 'a b' 'it'\\''s' '$HOME' '' x=1");
  });
});
