/** The whole of `labgen up` on a user's own Docker engine: vagrant, ansible-playbook and docker are fakes, SSH is spoken for real. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatState } from '../../generator/breaks/state.js';
import { boxPaths } from '../../generator/box/recipe.js';
import { PHASES } from '../../generator/cli/commands/up.js';
import { labgenIn, root, type Ran } from '../support/context.js';
import { Fakes, LAB } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';

describe('labgen up', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let server: SshServer;
  let controller: AbortController;

  beforeEach(async () => {
    fakes = new Fakes();
    server = new SshServer();
    await server.start();
    fakes.prepareLab(server.port, server.key, server.hostKey);
    fakes.prepareBox();
    controller = new AbortController();
  });
  afterEach(async () => {
    await server.stop();
    fakes.end();
  });
  const labgen = (...args: string[]): Promise<Ran> => labgenIn({ env: process.env, interrupt: controller.signal }, fakes.folder, ...args);
  const up = (...args: string[]): Promise<Ran> => labgen('up', './lab.yaml', '-o', 'lab', ...args);

  it('renders, chooses, boots, plays, proves; and does only what is missing the second time', async () => {
    fakes.answer('vagrant-up', 'echo "image=${LABGEN_NODE_IMAGE-}" >>"$log"');
    const first = await up();
    assert.deepEqual([first.code, first.err], [0, ''], first.out);
    assert.match(first.out, /^render: \d+ written, 0 unchanged\nlooking at this machine …\nprovider: docker, which this machine has\nloading labgen\/node:\S+ …\nbox: labgen\/node:\S+\nbooting 1 node …\nboot: 1 node up after \d+\.\d s\nplay: n1 changed=1 after \d+\.\d s\nchecking: 1 checks …\n/);
    assert.match(first.out, /1 passed, 0 failed/);
    assert.deepEqual(fakes.calls().filter((call) => !/--version|version|inspect/.test(call)), [`docker load --input ${boxPaths(process.env['LABGEN_HOME_CACHE'] ?? '', join(root, 'templates/box')).tar}`, 'vagrant up --provider=docker --no-color', 'ansible-playbook site.yml']);
    assert.match(server.commands.join('\n'), /sudo -n -- env LC_ALL=C timeout -k 2 \d+ .*true/);
    assert.match(fakes.log(), /^image=labgen\/node:debian-12-\w+$/m, 'Vagrant is told the image that was loaded');
    const second = await labgen('up', '-o', 'lab');
    assert.deepEqual([second.code, second.err], [0, ''], second.out);
    assert.match(second.out, /^render: 0 written, \d+ unchanged\nlooking at this machine …\nprovider: docker, because nodes of this folder run on it\n/);
    assert.equal(fakes.calls().filter((call) => call.startsWith('docker load')).length, 1);
  });

  it('says what does not suit the machine, where it looks at it; with --strict it ends there with 3', async () => {
    writeFileSync(join(fakes.folder, 'bin/VBoxManage'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(fakes.folder, 'lab.yaml'), LAB.replace('lab: small', 'lab: small\nnetworks: { lan: { subnet: 10.1.0.0/24 } }').replace('docker: false', 'docker: false, memory: 65536'));
    const strict = await up('--provider', 'virtualbox', '--strict');
    assert.equal(strict.code, 3, strict.err);
    assert.match(strict.err, /^\.\/lab\.yaml:2:28: error LG036: [^]*\n\.\/lab\.yaml:4:32: error LG184: the nodes want 65536 MiB together, and the machine has \d+ MiB [^]*\nlabgen: \.\/lab\.yaml does not suit this machine\n/);
    assert.ok(!fakes.calls().some((call) => call.startsWith('vagrant up')));
    const { code, err } = await up('--provider', 'virtualbox');
    assert.equal(code, 0, err);
    assert.match(err, /^\.\/lab\.yaml:2:28: warning LG036: [^]*\n\.\/lab\.yaml:4:32: warning LG184: /);
    assert.ok(fakes.calls().includes('vagrant up --provider=virtualbox --no-color'));
  });

  it('without Ansible here, Vagrant\'s own provisioning plays', async () => {
    rmSync(join(fakes.folder, 'bin/ansible-playbook'));
    const { code, out, err } = await up();
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /^play: no Ansible on this machine, so the last node plays for all$/m);
    assert.ok(fakes.calls().includes('vagrant provision --no-color'));
  });

  it('--no-verify leaves the checks out; a lab without any is no fault', async () => {
    assert.equal((await up('--no-verify')).code, 0);
    writeFileSync(join(fakes.folder, 'lab.yaml'), LAB.replace(/checks:[\s\S]*/, ''));
    const { code, out, err } = await up();
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /^verify: the lab has no checks$/m);
    assert.deepEqual(server.commands, []);
  });

  it('repairs what was broken on purpose before it plays, and forgets it; so does down', async () => {
    const state = join(fakes.lab, '.labgen/break.json');
    const broken = { name: 'rule', stage: undefined, begun: 0, red: [], hints: 0, healed: undefined };
    writeFileSync(join(fakes.folder, 'lab.yaml'), `${LAB}breaks: { rule: { title: A rule was gone, about: x, on: n1, run: break it, repair: mend it, hints: [a, b, c] } }\n`);
    assert.equal((await up()).code, 0);
    const scripts: string[] = [];
    let repaired: { readonly code?: number } = {};
    server.answer = (_, input) => {
      if (input !== '') scripts.push(`${input.split('\n')[1] ?? ''} after ${fakes.calls().filter((call) => call.startsWith('ansible-playbook site')).length} plays`);
      return input === '' ? {} : repaired;
    };
    writeFileSync(state, formatState(broken));
    const { code, out } = await up();
    assert.deepEqual([code, scripts, existsSync(state)], [0, ['mend it after 1 plays'], false]);
    assert.match(out, /^break: repaired; it was: A rule was gone$/m);
    // What cannot be repaired so is the play's; what is healed or unknown is only forgotten.
    repaired = { code: 1 };
    writeFileSync(state, formatState(broken));
    assert.match((await up()).out, /^break: what was broken on n1 could not be repaired: exit 1; the play goes on$/m);
    for (const more of [{ ...broken, healed: 1 }, { ...broken, name: 'other' }]) {
      writeFileSync(state, formatState(more));
      assert.equal((await up()).code, 0);
    }
    assert.deepEqual([scripts.length, existsSync(state)], [2, false]);
    writeFileSync(state, formatState(broken));
    assert.equal((await labgen('down', '-o', 'lab')).code, 0);
    assert.equal(existsSync(state), false);
  });

  it('asks nothing of a node that shows another host key than when it was first met', async () => {
    assert.equal((await up()).code, 0);
    const asked = server.commands.length;
    await server.usurp();
    const { code, out, err } = await labgen('verify', '-o', 'lab');
    assert.equal(code, 3, err);
    assert.match(out, /n1 cannot be reached: who answers at 127\.0\.0\.1 port \d+ shows another SSH host key than n1 had when it was first met/);
    assert.equal(server.commands.length, asked);
    // Taken away and made anew it has a new key, and nothing of the old one is in the way.
    assert.equal((await labgen('down', '-o', 'lab')).code, 0);
    assert.equal(existsSync(join(fakes.lab, '.labgen/known_hosts')), false);
  });

  describe('what goes wrong ends it there, with the code for it', () => {
    const NONE = (): void => {
      for (const name of ['vagrant', 'docker', 'ansible-playbook']) rmSync(join(fakes.folder, 'bin', name));
    };
    const cases: readonly (readonly [string, () => void, readonly string[], number, RegExp])[] = [
      ['no provider', NONE, [], 3, /^labgen: no provider on this machine can run this lab\n {2}docker: vagrant is not installed; docker is not installed/],
      ['a network on the engine\'s bridge', () => fakes.answer('docker-network', 'echo 192.168.56.0/22'), [], 3, /overlaps the bridge of your Docker engine \(192\.168\.56\.0\/22\)\n {2}Use --private/],
      ['another provider than the nodes have', () => fakes.answer('docker-version', 'mkdir -p "$LABGEN_FAKE/../lab/.vagrant/machines/n1/libvirt"; echo 7 >"$LABGEN_FAKE/../lab/.vagrant/machines/n1/libvirt/id"; exit 0'), ['--provider', 'docker'], 3, /nodes of this folder run on libvirt\n {2}Take them away first \("labgen down"\), or use --provider libvirt/],
      ['an image that is not what was built', () => writeFileSync(boxPaths(process.env['LABGEN_HOME_CACHE'] ?? '', join(root, 'templates/box')).tar, 'exchanged'), [], 3, /container\.tar is not what was built .*\n {2}It was damaged or exchanged\. Build it anew: labgen box build --force/],
      ['an image that does not load', () => fakes.answer('docker-load', 'echo "no space left" >&2; exit 1'), [], 3, /^labgen: load the node image: exit 1\n {2}\$ docker load --input \S+\n {2}no space left\n$/],
      ['a boot', () => fakes.answer('vagrant-up', 'echo "it is already taken" >&2; exit 1'), [], 3, /^labgen: the nodes did not come up: exit 1\n[\s\S]*"labgen down" takes it away\.\n$/],
      ['a play', () => fakes.answer('ansible-playbook-site.yml', 'echo "TASK [Make it]"; echo "fatal: [n1]: FAILED!"; exit 2'), [], 1, /^labgen: the play failed\n {2}in the task "Make it":\n {4}fatal: \[n1\]: FAILED!\n/],
      ['a folder with a file that is not ours', () => (mkdirSync(fakes.lab, { recursive: true }), writeFileSync(join(fakes.lab, 'Vagrantfile'), 'mine')), [], 1, /nothing was written: a file would be lost/],
    ];
    for (const [title, prepare, args, code, expected] of cases) {
      it(title, async () => {
        mkdirSync(join(fakes.lab, '.vagrant/machines/n1/libvirt'), { recursive: true });
        prepare();
        const ran = await up(...args);
        assert.equal(ran.code, code, ran.out + ran.err);
        assert.match(ran.err, expected);
        assert.doesNotMatch(ran.err, /\n\s+at /);
      });
    }
  });

  describe('interrupted', () => {
    /** How to be caught in each phase: what holds, and what must be said to be left. */
    const HELD: Readonly<Record<string, { readonly call?: string; readonly script?: string; readonly left: RegExp }>> = {
      engine: { call: 'docker-version', script: 'hold engine', left: /^ {2}Go on with/m },
      box: { call: 'docker-load', script: 'hold box', left: /^ {2}Go on with/m },
      boot: { call: 'vagrant-up', script: 'mkdir -p .vagrant/machines/n1/docker; echo half >.vagrant/machines/n1/docker/id; hold boot; exit 1', left: /^ {2}Still there: n1 \(running\)\.$/m },
      play: { call: 'ansible-playbook-site.yml', script: 'hold play; exit 99', left: /^ {2}Still there: n1 \(running\)\.$/m },
      verify: { left: /^ {2}Still there: n1 \(running\)\.$/m },
    };

    for (const { name } of PHASES) {
      it(`in the phase "${name}": 130, what is left, how to go on; and a second up goes on`, async () => {
        const how = HELD[name];
        assert.ok(how, `this spec does not know how to be caught in the phase "${name}"`);
        if (how.call === undefined) server.holds = true;
        else fakes.answer(how.call, how.script ?? '');
        const running = up();
        if (how.call === undefined) while (server.commands.length === 0) await sleep(10);
        else await fakes.until(new RegExp(`^held ${name} `, 'm'));
        controller.abort();
        fakes.release();
        const { code, err } = await running;
        assert.equal(code, 130, err);
        assert.match(err, new RegExp(`^labgen: interrupted (in|after) the phase "${name}"$`, 'm'));
        assert.match(err, how.left);
        assert.match(err, /Go on with "labgen up"; take it away with "labgen down"\.\n$/);
        // What comes after it was not begun.
        const later = PHASES.slice(PHASES.findIndex((phase) => phase.name === name) + 1).map((phase) => HELD[phase.name]?.call?.replace('-', ' ').replace('ansible playbook-', 'ansible-playbook ')).filter((call) => call !== undefined);
        assert.deepEqual(fakes.calls().filter((call) => later.some((start) => call.startsWith(start))), []);

        controller = new AbortController();
        server.holds = false;
        if (how.call !== undefined) fakes.usual(how.call);
        const again = await labgen('up', '-o', 'lab');
        assert.deepEqual([again.code, again.err], [0, ''], again.out);
        assert.match(again.out, /^render: 0 written/);
        assert.match(again.out, /1 passed, 0 failed/);
      });
    }
  });
});
