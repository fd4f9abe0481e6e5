/** The last gate before a terminal or a log: no sign and no line of others is obeyed. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { harmless, WIPE } from '../../generator/report/plain.js';
import { inFolder, labgenIn } from '../support/context.js';

const plainly = { coloured: false, commands: false };
const onActions = { coloured: false, commands: true };

describe('report/plain: harmless', () => {
  it('shows what a terminal would obey, and what hides or turns text', () => {
    assert.equal(harmless('a\u001b[2J\u0007\r\u009b\u202e\u2066\u200f\u061c\ufeff\u2028\u{e0041}b\tc\n', plainly), 'a\\u001b[2J\\u0007\\u000d\\u009b\\u202e\\u2066\\u200f\\u061c\\ufeff\\u2028\\udb40\\udc41b\tc\n');
    for (const text of ['grüße, שלום, 日本語, 👩‍💻 ✓ – …\n', '{"a": "b"}']) assert.equal(harmless(text, plainly), text);
  });

  it('lets our own colours and our wiping of a line pass on a terminal, and nothing that only begins so', () => {
    assert.equal(harmless('\u001b[31mred\u001b[0m \u001b[1;31m \u001b[31;5m \u001b]0;title\u0007', { coloured: true, commands: false }), '\u001b[31mred\u001b[0m \\u001b[1;31m \\u001b[31;5m \\u001b]0;title\\u0007');
    assert.equal(harmless('\u001b[31m', plainly), '\\u001b[31m');
    assert.equal(harmless(WIPE, plainly), WIPE);
    assert.equal(harmless(`x${WIPE}`, plainly), 'x\\u000d\\u001b[2K');
  });

  it('leaves JSON what it said, whatever that was', () => fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    const json = `${JSON.stringify({ [text]: [text] }, null, 2)}\n`;
    for (const options of [plainly, onActions]) assert.deepEqual(JSON.parse(harmless(json, options)), JSON.parse(json));
  }), { seed: 5, numRuns: 2000 }));

  it('on GitHub Actions no line is a command, and addresses stay as they are', () => {
    assert.equal(harmless('  ::error file=a::b\n::stop-commands::x\n\t::add-mask::x\na ::error::b\nx ##[error]y\n', onActions), '  \\u003a:error file=a::b\n\\u003a:stop-commands::x\n\t\\u003a:add-mask::x\na ::error::b\nx #\\u0023[error]y\n');
    for (const text of ['::1 localhost\n::1\n fd00::1\n', '## a heading\n']) assert.equal(harmless(text, onActions), text);
    assert.equal(harmless('::error::x\n', plainly), '::error::x\n');
  });

  it('stands before all that the command line says', () => inFolder(async (folder) => {
    const evil = '\u001b]0;owned\u0007\u202e';
    const world = { env: { GITHUB_ACTIONS: 'true' } };
    writeFileSync(join(folder, `${evil}.yaml`), `lab: x\nnodes:\n  ${JSON.stringify(evil.slice(0, -1))}: {}\n`);
    mkdirSync(join(folder, evil));
    const clean = async (...args: readonly string[]): Promise<string> => {
      const { out, err } = await labgenIn(world, folder, ...args);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(out + err, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/, args.join(' '));
      return out + err;
    };
    for (const format of ['text', 'json', 'github', 'sarif', 'junit']) assert.match(await clean('validate', `${evil}.yaml`, '--format', format), /u001b|x1b/);
    for (const args of [['render', evil], ['render', `./${evil}.yaml`], [evil], ['list', evil], ['down', '-o', evil], ['lint', evil], ['help', evil], ['ssh', evil], ['new', evil], ['validate', 'gre', `--set=nodes.net-1.docker.mtu=${evil}`], ['__complete', '--', 'validate', './']]) await clean(...args);
    assert.equal((await labgenIn(world, folder, 'render', 'docker0', '-o', 'out')).code, 0);
    writeFileSync(join(folder, 'out/README.md'), `::error file=x::y\n${evil}\n`);
    assert.doesNotMatch(await clean('diff', 'docker0', '-o', 'out'), /^[ \t]*::error/m);
    assert.match(await clean('diff', 'docker0', '-o', 'out'), /^-::error file=x::y\n-\\u001b/m);
    assert.match((await labgenIn(world, folder, 'validate', `${evil}.yaml`, '--format', 'github')).out, /^::error file=%?/m);
    assert.ok(readFileSync(join(folder, 'out/README.md'), 'utf8').includes(evil));
  }));
});
