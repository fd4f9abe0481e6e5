/** labgen as it is shipped, at a terminal of its own: the prompt of walk, Ctrl-C, Ctrl-D. Nothing is brought up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, root } from '../support/context.js';

/** Types each line once what stands before it was shown; comes back with all that was shown. */
function atTerminal(folder: string, typed: readonly (readonly [after: RegExp, keys: string])[]): Promise<string> {
  const child = spawn('script', ['-qefc', `"${process.execPath}" "${join(root, 'dist/labgen.cjs')}" walk gre -o lab; echo "exit $?"`, '/dev/null'], { cwd: folder, env: { ...process.env, TERM: 'dumb' } });
  const left = [...typed];
  let shown = '';
  let seen = 0;
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString();
    const [next] = left;
    if (!next?.[0].test(shown.slice(seen))) return;
    left.shift();
    seen = shown.length;
    child.stdin.write(next[1]);
  });
  return new Promise((done) => child.on('close', () => done(shown.replaceAll('\r', ''))));
}

const PROMPT = /walk closed> $/;

describe('walk at a terminal', function () {
  this.timeout(120_000);

  it('asks, explains, and leaves; nothing is rendered before it is wanted', () => inFolder(async (folder) => {
    const shown = await atTerminal(folder, [[PROMPT, '?\r'], [PROMPT, 'e c1 c2\r'], [PROMPT, 'q\r']]);
    assert.match(shown, /^gre, stage 1 of 2: closed\n/m);
    assert.match(shown, /why a packet arrives or not, hop by hop/);
    assert.match(shown, /c1 → c2[^]*FORWARD/);
    assert.match(shown, /walk: left at stage 1 of 2, "closed"[^\n]*\nexit 0\n$/);
    assert.ok(!existsSync(join(folder, 'lab')));
  }));

  it('Ctrl-C is 130, Ctrl-D leaves', () => inFolder(async (folder) => {
    assert.match(await atTerminal(folder, [[PROMPT, '\u0003']]), /labgen: interrupted; "labgen walk" goes on from here\nexit 130\n$/);
    assert.match(await atTerminal(folder, [[PROMPT, '\u0004']]), /walk: left at stage 1 of 2, "closed"[^\n]*\nexit 0\n$/);
  }));
});
