import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupMounts, removeCgroups } from '../../generator/engine/cgroups.js';
import { fakePlaces, fakeRun } from './fakes.js';

describe('engine/cgroups', () => {
  it('finds the hierarchies of version 1, of version 2 and of both', () => {
    const mounts = [
      'sysfs /sys sysfs rw 0 0',
      'tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0',
      'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0',
      'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0',
      '',
    ].join('\n');
    assert.deepEqual(cgroupMounts(mounts), ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified']);
    assert.deepEqual(cgroupMounts('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n'), ['/sys/fs/cgroup']);
  });

  it("removes the engine's tree only, and tries again while the kernel keeps it busy", async () => {
    const places = fakePlaces();
    const where = join(places.root, 'cg');
    places.put('proc/self/mounts', `cgroup2 ${where} cgroup2 rw 0 0\n`);
    mkdirSync(join(where, 'labgen-0123456789/docker/abc'), { recursive: true });
    mkdirSync(join(where, 'labgen-aaaaaaaaaa'), { recursive: true });
    let busy = 2;
    const { run, commands } = fakeRun((command) => {
      if (busy-- > 0) return { code: 1, stderr: 'Device or resource busy' };
      rmSync(command.argv[1] ?? '', { recursive: true });
      return {};
    });
    await removeCgroups(run, places, '0123456789');
    assert.deepEqual(commands.at(-1)?.argv, ['find', join(where, 'labgen-0123456789'), '-depth', '-type', 'd', '-delete']);
    assert.equal(commands.length, 3);
    assert.ok(existsSync(join(where, 'labgen-aaaaaaaaaa')));
    places.remove();
  });
});
