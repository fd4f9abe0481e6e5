/** labgen fault, as far as it can be told without a running lab. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inFolder, labgen } from '../support/context.js';
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
});
