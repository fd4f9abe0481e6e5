import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { bootSector, judgeProbe, probeKvm } from '../../generator/engine/kvm-probe.js';
import { ended, fakeRun } from './fakes.js';

describe('engine/kvm-probe', () => {
  it('boots a sector that a BIOS accepts', () => {
    const sector = bootSector();
    assert.equal(sector.length, 512);
    assert.deepEqual([...sector.slice(510)], [0x55, 0xaa]);
  });

  it('believes in KVM only when the sector itself said so', () => {
    assert.equal(judgeProbe(ended({ code: 33 })).works, true);
    for (const code of [0, 1, 35]) assert.equal(judgeProbe(ended({ code })).works, false);
  });

  it('says why not', () => {
    const why = (part: Parameters<typeof ended>[0]): string => judgeProbe(ended(part)).why;
    assert.equal(why({ code: 127 }), 'qemu-system-x86_64 is not installed');
    assert.match(why({ code: undefined, timedOut: true, durationMs: 3004 }), /hangs.*3004 ms/);
    assert.equal(
      why({ code: undefined, signal: 'SIGABRT', stderr: 'first\nkvm_buf_set_msrs: failed.\n' }),
      'KVM aborts (SIGABRT): kvm_buf_set_msrs: failed.',
    );
    assert.equal(why({ code: 1, stderr: 'no such accelerator\n' }), 'KVM fails (exit 1): no such accelerator');
  });

  it('needs no QEMU to see that there is no device', async () => {
    const { run, commands } = fakeRun();
    assert.deepEqual(await probeKvm(run, 3000, '/dev/labgen-has-no-kvm'), { works: false, why: 'there is no /dev/labgen-has-no-kvm' });
    assert.equal(commands.length, 0);
  });

  it('runs the sector with a limit, and leaves no file', async () => {
    let disk = '';
    const { run, commands } = fakeRun((command) => {
      disk = /file=(.*)$/.exec(command.argv.at(-1) ?? '')?.[1] ?? '';
      assert.equal(readFileSync(disk).length, 512);
      return { code: 33 };
    });
    assert.equal((await probeKvm(run, 1234, '/dev/null')).works, true);
    assert.equal(commands[0]?.timeoutMs, 1234);
    assert.deepEqual(commands[0]?.argv.slice(0, 5), ['qemu-system-x86_64', '-accel', 'kvm', '-cpu', 'host']);
    assert.equal(existsSync(disk), false);
  });
});
