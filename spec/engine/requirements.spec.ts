import assert from 'node:assert/strict';
import { dockerEngine } from '../../generator/engine/docker-engine.js';
import { libvirtEngine } from '../../generator/engine/libvirt-engine.js';
import { requireForEngine } from '../../generator/engine/requirements.js';
import { Failure } from '../../generator/model/failure.js';
import { fakeRun } from './fakes.js';

describe('engine/requirements', () => {
  it('says sudo to everybody but root, and asks for nothing else then', async () => {
    const { run, commands } = fakeRun();
    await assert.rejects(requireForEngine(run, 'docker', dockerEngine, 1000), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /needs root/);
      assert.match(error.hint ?? '', /sudo labgen/);
      return true;
    });
    assert.equal(commands.length, 0);
  });

  it('names all that is missing and the apt-get line, each package once', async () => {
    const { run } = fakeRun(() => ({ stdout: 'dockerd\ndocker\niptables\n' }));
    await assert.rejects(requireForEngine(run, 'docker', dockerEngine, 0), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.message, 'A private docker engine needs dockerd, docker, iptables, which this machine lacks.');
      assert.equal(error.hint, 'On Debian or Ubuntu:  sudo apt-get install --no-install-recommends docker.io iptables');
      return true;
    });
  });

  it('is content when nothing is missing', async () => {
    const { run, commands } = fakeRun();
    await requireForEngine(run, 'libvirt', libvirtEngine, 0);
    assert.ok(commands[0]?.argv.includes('libvirtd'));
    assert.ok(commands[0]?.argv.includes('nsenter'));
  });
});
