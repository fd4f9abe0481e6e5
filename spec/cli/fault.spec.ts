/** labgen fault: without a running lab, and on nodes that are an SSH server which answers as a test tells it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';
import { runningGre } from '../support/running-gre.js';
import { SshServer } from '../support/ssh-server.js';
import { writeInto } from '../support/trees.js';

describe('labgen fault', () => {
  const refused = async (folder: string, ...words: readonly string[]): Promise<string> => {
    const { code, out, err } = await labgen(folder, 'fault', ...words);
    assert.equal(out, '');
    return `${code} ${err}`;
  };

  it('refuses words and flags that mean nothing, before it looks for a lab', () => inFolder(async (folder) => {
    assert.match(await refused(folder, 'cot', 'net-1'), /^2 labgen: "cot net-1" is no fault\n {2}Did you mean "cut"\?/);
    assert.match(await refused(folder, 'cut', 'net-1', '--for', '1d'), /^2 .*Give a time such as 30s/s);
    assert.match(await refused(folder, 'reboot', 'net-1', '--for', '30s'), /^2 labgen: "--for" says nothing to "reboot"/);
    assert.match(await refused(folder, 'cut', 'net-1', '--all'), /^2 labgen: "--all" says nothing to "cut"/);
    assert.match(await refused(folder, 'list', '--wait'), /^2 labgen: "--wait" says nothing to "list"/);
    assert.match(await refused(folder, 'undo', '--network', 'lan'), /^2 labgen: "--network" says nothing to "undo"/);
    assert.match(await refused(folder, 'cut', 'net-1', '--format', 'json'), /^2 labgen: "--format" says nothing to "cut"/);
    assert.match(await refused(folder, 'list', 'net-1'), /^2 labgen: "net-1" is too much for "list"/);
  }));

  it('needs a running lab, and the one that was named', () => inFolder(async (folder) => {
    assert.match(await refused(folder, 'cut', 'net-1'), /^3 labgen: no running lab is known here/);
    await labgen(folder, 'render', 'gre');
    assert.match(await refused(folder, 'docker0', 'cut', 'host'), /^2 labgen: .* holds the lab "gre", not "docker0"/);
    assert.match(await refused(folder, 'gre', 'cut', 'net-1'), /^3 labgen: no running lab is known here/);
  }));

  it('knows the nodes of the lab before it asks one', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre', '-o', 'out');
    writeInto(folder, 'out/.labgen/ssh-config', `Host net-1\n  HostName 127.0.0.1\n  User u\n  Port 1\n  IdentityFile ${join(folder, 'out/key')}\n`);
    assert.match(await refused(join(folder, 'out'), 'cut', 'net-3'), /^2 labgen: there is no node "net-3"/);
    assert.match(await refused(folder, '-o', 'out', 'reboot'), /^2 labgen: reboot: which nodes\?/);
    assert.match(await refused(folder, '-o', 'out', 'reboot', 'net-1', '--all'), /^2 labgen: either nodes, or --all/);
    assert.match(await refused(folder, '-o', 'out', 'undo', 'net-4'), /^2 labgen: there is no node "net-4"/);
    assert.match(await refused(folder, '-o', 'out', 'kill', 'outside', 'dockerd'), /^2 labgen: there is no "kill outside dockerd" in this lab/);
  }));

  describe('on a running lab', () => {
    let server: SshServer;
    beforeEach(async () => {
      server = new SshServer();
      await server.start();
    });
    afterEach(() => server.stop());

    const running = <T>(work: (folder: string) => Promise<T>): Promise<T> => runningGre(server, work);
    const isList = (command: string): boolean => command.includes('sed -n "2s/');

    it('makes one, and says how long it lasts and how it ends', () => running(async (folder) => {
      const { code, out, err } = await labgen(folder, 'fault', 'gre', 'cut', 'net-1', '--for', '2m');
      assert.deepEqual([code, err], [0, '']);
      assert.equal(out, 'cut net-1: the cable of net-1 to underlay is pulled\n  It ends by itself after 120 s; "labgen fault undo" ends it earlier.\n');
      assert.equal(server.commands.length, 1);
      assert.match(server.commands[0] ?? '', / sh cut-net-1 120 'cut net-1'/);
    }));

    it('waits until it has ended, where that is wanted', () => running(async (folder) => {
      let left = 2;
      server.answer = (command) => (isList(command) && left-- > 0 ? { stdout: 'kill-net-1-dockerd 1700000050 1700000000 kill net-1 dockerd\n' } : {});
      const { code, out } = await labgen(folder, 'fault', 'kill', 'net-1', 'dockerd', '--wait');
      assert.deepEqual([code, left], [0, -1]);
      assert.match(out, /after 50 s; .*\nkill net-1 dockerd: ended\n$/);
    }));

    it('is 3 where the kernel has no netem, and says so', () => running(async (folder) => {
      server.answer = () => ({ code: 1, stderr: 'unavailable: the kernel of this node has no netem (CONFIG_NET_SCH_NETEM)\n' });
      const { code, out, err } = await labgen(folder, 'fault', 'delay', 'net-1', '100ms');
      assert.deepEqual([code, out, err], [3, '', 'labgen: "delay net-1 100ms" cannot be had: the kernel of this node has no netem (CONFIG_NET_SCH_NETEM)\n  Nothing was changed.\n']);
    }));

    it('lists what there is and what there may be; undoes all, or those about a node', () => running(async (folder) => {
      // The first of three nodes has both: it makes no difference here which.
      let asked = 0;
      server.answer = (command) => (isList(command) ? { stdout: asked++ % 3 === 0 ? 'cut-net-1 1700000050 1700000000 cut net-1\ncut-net-2 1700000009 1700000010 cut net-2\n' : '' } : {});
      const { code, out } = await labgen(folder, 'fault', 'list');
      assert.equal(code, 0);
      assert.match(out, /^now: cut net-1, for 50 s more\nnow: cut net-2, about to end\n {2}labgen fault cut net-1\n/);
      const json = JSON.parse((await labgen(folder, 'fault', '--format', 'json')).out) as { active: { fault: string; secondsLeft: number }[]; offered: { fault: string }[] };
      assert.deepEqual(json.active.map(({ fault, secondsLeft }) => [fault, secondsLeft]), [['cut net-1', 50], ['cut net-2', -1]]);
      assert.ok(json.offered.some(({ fault }) => fault === 'kill net-2 container c2'));
      server.commands.length = 0;
      assert.equal((await labgen(folder, 'fault', 'undo', 'net-2')).out, 'cut net-2: ended\n');
      assert.deepEqual(server.commands.filter((command) => !isList(command)).map((command) => / sh (cut-\S+)/.exec(command)?.[1]), ['cut-net-2']);
      assert.equal((await labgen(folder, 'fault', 'undo')).out, 'cut net-1: ended\ncut net-2: ended\n');
      assert.equal((await labgen(folder, 'fault', 'undo', 'outside')).out, 'no fault to end\n');
    }));

    it('reboots, and comes back when each node has booted anew', () => running(async (folder) => {
      let boots = 0;
      // net-1 and net-2 before, then net-1 still the old one, then the new ones.
      server.answer = (command) => (command.includes('boot_id') ? { stdout: boots++ < 3 ? 'old\n' : 'new\n' } : {});
      const { code, out } = await labgen(folder, 'fault', 'reboot', 'net-1', 'net-2', '--wait');
      assert.deepEqual([code, out], [0, 'reboot net-1 net-2: going down, and coming back\nnet-1: back\nnet-2: back\n']);
      assert.equal(server.commands.filter((command) => command.includes('systemctl reboot')).length, 2);
      assert.equal(boots, 5);
    }));
  });
});
