import assert from 'node:assert/strict';
import { runCommand } from '../../generator/drivers/run-command.js';
import { dockerEngine } from '../../generator/engine/docker-engine.js';
import { libvirtEngine } from '../../generator/engine/libvirt-engine.js';
import { engineScript, enterNamespaces, LAUNCH } from '../../generator/engine/namespaces.js';

describe('engine/namespaces', () => {
  it('enters by pid, with nothing of the lab in the shell text', () => {
    const enter = enterNamespaces(4711);
    assert.deepEqual(enter.slice(0, 2), ['sh', '-c']);
    assert.match(enter[2] ?? '', /nsenter --target 4711 --net --mount --pid -- /);
    assert.equal(enter.at(-1), 'labgen-enter');
  });

  it('makes all namespaces at once, tied to one process, in a session of its own', () => {
    assert.match(LAUNCH, /^setsid unshare --net --mount --pid --fork --kill-child --propagation private/);
  });

  it('gives the outer engine addresses that no lab uses', () => {
    assert.match(dockerEngine.script, /--bip 100\.64\.0\.1\/20/);
    assert.match(dockerEngine.script, /--default-address-pool base=100\.64\.128\.0\/17,size=24/);
  });

  it('lets no socket be used by anybody but root', () => {
    assert.match(dockerEngine.script, /^dockerd .*--host "unix:\/\/\$run\/docker\.sock" --group root /m);
    assert.match(libvirtEngine.script, /^auth_unix_ro = "none"\nauth_unix_rw = "none"\nunix_sock_ro_perms = "0700"\nunix_sock_rw_perms = "0700"\nCONF$/m);
  });

  for (const [kind, recipe] of Object.entries({ docker: dockerEngine, libvirt: libvirtEngine })) {
    it(`writes a script for ${kind} that mounts nothing into the machine's notes`, () => {
      for (const line of engineScript(recipe.script).split('\n')) {
        if (/^\s*u?mount /.test(line)) assert.match(line, /mount -n /);
      }
      assert.match(recipe.script, /^daemon=\$!$/m);
    });

    it(`writes a script for ${kind} that shellcheck has no word against`, async function () {
      this.timeout(20_000);
      const outcome = await runCommand({ argv: ['shellcheck', '--shell=sh', '-'], input: engineScript(recipe.script) });
      if (outcome.code === 127 && process.env['LABGEN_NO_REAL'] === '1') this.skip();
      assert.equal(outcome.stdout + outcome.stderr, '');
    });
  }
});
