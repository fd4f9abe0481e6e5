/** What a killed labgen left running, told from everything else by a mark in the environment. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { PLACES } from '../../generator/engine/places.js';
import { endSurvivors, processesOf, survivors } from '../../generator/engine/survivors.js';
import { type FakePlaces, fakePlaces, statLine } from './fakes.js';

describe('engine/survivors', () => {
  describe('on a machine of files', () => {
    let places: FakePlaces;
    beforeEach(() => {
      places = fakePlaces();
      places.put('proc/self/status', 'Name:\tnode\nPid:\t100\nPPid:\t90\n');
      places.put('proc/90/status', 'Pid:\t90\nPPid:\t1\n');
      places.put('proc/1/status', 'Pid:\t1\nPPid:\t0\n');
    });
    afterEach(() => places.remove());
    const put = (pid: number, environ: string, { comm = 'sh', state = 'S', cmdline = 'sh' } = {}): void => {
      places.put(`proc/${pid}/stat`, statLine(pid, 5, state));
      for (const [name, text] of Object.entries({ environ, comm: `${comm}\n`, cmdline })) places.put(`proc/${pid}/${name}`, text);
    };
    const found = (): readonly number[] => survivors(places, { LOCK: 'aa' }).map(({ pid }) => pid).sort();

    it('are those with the mark, and this very value of it', () => {
      put(200, 'A=1\0LOCK=aa\0');
      put(201, 'LOCK=aaa\0');
      put(202, 'XLOCK=aa\0');
      put(203, 'LOCK=ab\0');
      assert.deepEqual(found(), [200]);
    });

    it('are not this process and those above it, nor who has ended, nor machines that stay on purpose', () => {
      put(100, 'LOCK=aa\0');
      put(90, 'LOCK=aa\0');
      put(1, 'LOCK=aa\0');
      put(300, 'LOCK=aa\0', { state: 'Z' });
      for (const [index, comm] of ['VBoxHeadless', 'VBoxSVC', 'vmware-vmx'].entries()) put(301 + index, 'LOCK=aa\0', { comm });
      assert.deepEqual(found(), []);
    });

    it('are none where there is no /proc', () => assert.deepEqual(survivors({ ...places, proc: '/nowhere' }, { LOCK: 'aa' }), []));

    it('are found by a whole word of their command as well', () => {
      put(200, '', { cmdline: 'sh\0/run/x/engine.sh\0y\0' });
      put(201, '', { cmdline: 'sh\0-c\0cat /run/x/engine.sh\0' });
      assert.deepEqual(processesOf(places, '/run/x/engine.sh').map(({ pid }) => pid), [200]);
    });
  });

  it('are really ended, also who does not listen; others go on', async function () {
    this.timeout(60_000);
    const value = `${process.pid}-${Date.now()}`;
    const start = (script: string, mark: string): ChildProcess => spawn('sh', ['-c', script], { env: { ...process.env, SPEC_MARK: mark }, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const children = [start('echo; sleep 100 & wait', value), start('trap "" TERM; echo; while :; do sleep 1; done', value), start('echo; exec sleep 100', 'another')];
    try {
      await Promise.all(children.map((child) => new Promise((done) => child.stdout?.once('data', done))));
      assert.ok(survivors(PLACES, { SPEC_MARK: value }).length >= 3);
      endSurvivors(PLACES, { SPEC_MARK: value }, (pid, signal) => process.kill(pid, signal));
      assert.deepEqual(survivors(PLACES, { SPEC_MARK: value }), []);
      assert.equal(survivors(PLACES, { SPEC_MARK: 'another' }).length, 1);
    } finally {
      children[2]?.kill('SIGKILL');
      endSurvivors(PLACES, { SPEC_MARK: value }, (pid, signal) => process.kill(pid, signal));
    }
  });
});
