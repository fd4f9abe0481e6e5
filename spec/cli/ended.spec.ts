/**
 * labgen ended in the middle of each phase of `up` and of `down`: by Ctrl-C, by kill -9, by the loss of its terminal. Then
 * `up` goes on or `down` cleans, and nothing is orphaned. It is labgen as it is shipped; vagrant, ansible-playbook and
 * docker are fakes, SSH is spoken for real. The phases are those of the very lists that the verbs run.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PHASES as DOWN_PHASES } from '../../generator/cli/commands/down.js';
import { PHASES as UP_PHASES } from '../../generator/cli/commands/up.js';
import { engineId, PLACES, runDirOf } from '../../generator/engine/places.js';
import { writeState } from '../../generator/engine/state.js';
import { survivors } from '../../generator/engine/survivors.js';
import { LOCK } from '../../generator/write/lock.js';
import { Fakes } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';
import { buildProgram, run as runDying } from '../torture/program.js';

/** Ends a labgen that `script` gave a terminal, or that has none. */
type End = { readonly title: string; readonly terminal: boolean; readonly told: boolean; end(child: ChildProcess): void };

const ENDS: readonly End[] = [
  // As a terminal does it: all in its foreground are told.
  { title: 'Ctrl-C', terminal: false, told: true, end: (child) => process.kill(-(child.pid ?? 0), 'SIGINT') },
  { title: 'kill -9', terminal: false, told: false, end: (child) => child.kill('SIGKILL') },
  // Who held the other side of it is gone: the kernel sends SIGHUP.
  { title: 'a lost terminal', terminal: true, told: false, end: (child) => child.kill('SIGKILL') },
];

describe('a run that is ended', function () {
  this.timeout(180_000);
  const home = mkdtempSync(join(tmpdir(), 'labgen-ended-'));
  let program = '';
  let fakes: Fakes;
  let server: SshServer;
  before(async () => {
    program = await buildProgram(home);
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  beforeEach(async () => {
    fakes = new Fakes(['vagrant', 'ansible-playbook', 'docker', 'rmdir']);
    server = new SshServer();
    await server.start();
    fakes.prepareLab(server.port, server.key, server.hostKey);
    for (const tool of ['kill', 'find']) cpSync(`/usr/bin/${tool}`, join(fakes.folder, 'bin', tool), { dereference: true });
    fakes.prepareBox();
    // A container of this folder's that Vagrant knows nothing of, as long as the file is there.
    fakes.answer('docker-ps', 'case $* in *label=labgen.folder=*) [ ! -e "$LABGEN_FAKE/orphan" ] || echo orphan ;; esac; exit 0');
    fakes.answer('docker-rm', 'rm -f "$LABGEN_FAKE/orphan"; exit 0');
  });
  afterEach(async () => {
    for (const { pid } of mine()) process.kill(pid, 'SIGKILL');
    await server.stop();
    rmSync(runDirOf(PLACES, engine()), { recursive: true, force: true });
    fakes.end();
  });

  /** Everything that labgen or a fake started, however it was orphaned. */
  const mine = () => survivors(PLACES, { LABGEN_FAKE: join(fakes.folder, 'fake') });
  const engine = (): string => engineId(realpathSync(fakes.lab), 'docker');
  const start = (terminal: boolean, ...args: string[]): ChildProcess => {
    const words = [process.execPath, program, ...args];
    const [command = '', ...rest] = terminal ? ['/usr/bin/script', '-qec', words.join(' '), '/dev/null'] : words;
    // What a killed one leaves for `doctor` to find goes with the fakes.
    return spawn(command, rest, { cwd: fakes.folder, detached: true, env: { ...process.env, TMPDIR: join(fakes.folder, 'home') }, stdio: terminal ? ['pipe', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe'] });
  };
  interface Told { readonly code: number | null; readonly said: string }
  const end = (child: ChildProcess): Promise<Told> => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return new Promise((done) => child.once('close', (code) => done({ code, said })));
  };
  const labgen = (...args: string[]): Promise<Told> => end(start(false, ...args));
  const up = (...args: string[]): readonly string[] => ['up', './lab.yaml', '-o', 'lab', ...args];
  const settled = async (): Promise<void> => {
    for (let tries = 0; mine().length > 0; tries++) {
      assert.ok(tries < 1500, 'it does not end');
      await sleep(20);
    }
  };

  /** Ends it in `phase`, however that is caught, and comes back when what can end has ended. */
  const caught = async (how: End, name: string, call: string | undefined, args: readonly string[], code130 = 130): Promise<void> => {
    const child = start(how.terminal, ...args);
    const ended = end(child);
    if (call === undefined) while (server.commands.length === 0) await sleep(10);
    else await fakes.until(new RegExp(`^held ${name} `, 'm'));
    how.end(child);
    if (how.title === 'kill -9') {
      await ended;
      assert.ok(existsSync(join(fakes.lab, LOCK)), 'it was killed, and could not give its lock back');
      assert.ok(call === undefined || mine().length > 0, 'what it had started goes on');
      return;
    }
    // What ends on being told has its time for that; labgen waits for it. A terminal is lost when who had it has ended.
    if (how.terminal) await ended;
    else if (call !== undefined) await fakes.until(/^interrupt /m);
    fakes.release();
    const { code, said } = await ended;
    if (how.told) assert.equal(code, code130, said);
    await settled();
    assert.equal(existsSync(join(fakes.lab, LOCK)), false, 'it gave its lock back');
  };
  const usual = (call: string | undefined, answer?: string): void => {
    server.holds = false;
    rmSync(join(fakes.folder, 'fake/release'), { force: true });
    if (call === undefined) return;
    if (answer === undefined) fakes.usual(call);
    else fakes.answer(call, answer);
  };
  const nothingOrphaned = (): void => {
    assert.deepEqual(mine(), [], fakes.log());
    assert.equal(existsSync(join(fakes.lab, LOCK)), false);
    assert.equal(existsSync(join(fakes.folder, 'fake/orphan')), false, 'a container nobody knows of is still there');
  };

  describe('up', () => {
    const HELD: Readonly<Record<string, { readonly call?: string; readonly script?: string }>> = {
      engine: { call: 'docker-version', script: 'hold engine' },
      box: { call: 'docker-load', script: 'hold box' },
      boot: { call: 'vagrant-up', script: 'echo yes >"$LABGEN_FAKE/orphan"; mkdir -p .vagrant/machines/n1/docker; hold boot; exit 1' },
      play: { call: 'ansible-playbook-site.yml', script: 'hold play; exit 99' },
      verify: {},
    };
    for (const how of ENDS) {
      for (const { name } of UP_PHASES) {
        for (const then of ['up', 'down'] as const) {
          it(`by ${how.title} in the phase "${name}": ${then === 'up' ? 'up goes on' : 'down cleans'}`, async () => {
            const held = HELD[name];
            assert.ok(held, `this spec does not know how to be caught in the phase "${name}"`);
            if (held.call === undefined) server.holds = true;
            else fakes.answer(held.call, held.script ?? '');
            await caught(how, name, held.call, up());
            usual(held.call);
            const { code, said } = await labgen(...(then === 'up' ? up() : ['down', '-o', 'lab']));
            assert.equal(code, 0, said);
            if (then === 'up') assert.match(said, /1 passed, 0 failed/);
            else assert.equal(existsSync(join(fakes.lab, '.vagrant')), false);
            nothingOrphaned();
          });
        }
      }
    }
  });

  describe('down', () => {
    const HELD: Readonly<Record<string, { readonly call: string; readonly script: string; readonly then?: string; readonly code?: number; prepare?(): void }>> = {
      nodes: { call: 'vagrant-destroy', script: 'hold nodes; exit 1' },
      orphans: { call: 'docker-ps', script: 'hold orphans; exit 1', then: 'exit 0' },
      engine: {
        // It is the last one, and always brought to its end.
        call: 'rmdir---ignore-fail-on-non-empty', script: 'hold engine', code: 0,
        prepare: () => writeState(PLACES, { id: engine(), kind: 'docker', folder: realpathSync(fakes.lab), emulated: false, boot: 'an earlier one' }),
      },
    };
    /** One step, with no place to be told anything in it: there only kill -9 comes between. */
    const AT_ONCE = ['files'];

    for (const how of ENDS) {
      for (const { name } of DOWN_PHASES.filter((phase) => !AT_ONCE.includes(phase.name))) {
        it(`by ${how.title} in the phase "${name}": down cleans`, async () => {
          const held = HELD[name];
          assert.ok(held, `this spec does not know how to be caught in the phase "${name}"`);
          assert.equal((await labgen(...up('--no-verify'))).code, 0);
          held.prepare?.();
          fakes.answer(held.call, held.script);
          await caught(how, name, held.call, ['down', '-o', 'lab'], held.code);
          usual(held.call, held.then);
          const { code, said } = await labgen('down', '-o', 'lab');
          assert.equal(code, 0, said);
          nothingOrphaned();
          assert.equal(existsSync(join(fakes.lab, '.vagrant')), false);
          assert.equal(existsSync(runDirOf(PLACES, engine())), false);
          if (held.prepare) assert.ok(!fakes.calls().some((call) => call.startsWith('vagrant destroy')), 'machines that ended with their engine were looked for on another');
        });
      }
    }

    it('by kill -9 at each file it takes away: down cleans', async () => {
      for (let at = 1; ; at += 2) {
        assert.equal((await labgen(...up('--no-verify'))).code, 0);
        const { signal } = await runDying(program, fakes.folder, ['down', '-o', 'lab'], { at, how: 'before' }, { env: process.env as Record<string, string> });
        assert.equal((await labgen('down', '-o', 'lab')).code, 0);
        nothingOrphaned();
        assert.deepEqual(['.vagrant', '.labgen/ssh-config', '.labgen/known_hosts'].filter((path) => existsSync(join(fakes.lab, path))), []);
        if (signal === null) {
          assert.ok(at > 6, `it was killed only ${at - 1} times`);
          break;
        }
      }
    });
  });
});
