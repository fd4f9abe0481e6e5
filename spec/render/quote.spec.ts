/** Each helper against the real interpreter of its language: what goes in has to come out, and nothing has to happen. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as quote from '../../generator/render/quote.js';
import { inFolder } from '../support/context.js';

const NASTY = [
  'plain', '', ' ', "it's", '"quoted"', "''", '$HOME', '${HOME}', '$(id)', '`id`', '#{1+1}', '#$0', '#@a', '\\', '\\\\"', "\\'", '\\n', 'a\\', '!history', '*', '?', '[a]', '~', '~root', '{a,b}',
  '&', '|', ';', '<x>', '>', '(', ')', '#comment', 'a #b', 'a: b', '- a', '? a', '%h %n 100%', '$$', '@x', '-n', '--flag=value', '--', '=', '{{ item }}', '{{.State}}', '{% raw %}', 'yes', 'null', '~', '0x10', '1e3', '010', '1:30', '2001-01-01',
  'ä€𝄞', '<!-- x', '![x](y)', '\u0085', '\u00a0', '\ufeff', 'x'.repeat(3000),
];
const LINES = [...NASTY, 'two\nlines', 'tab\there', '\n', 'trailing\n\n', '\u0007', '\u2028'];

function run(program: string, args: readonly string[], input = ''): string {
  const result = spawnSync(program, args, { input, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C.UTF-8' }, maxBuffer: 1e8 });
  assert.equal(result.status, 0, `${program}: ${result.stderr}`);
  return result.stdout;
}

describe('quoting', function () {
  it('rb: Ruby reads the very text', () => {
    const program = `# encoding: utf-8\nrequire 'json'\nputs JSON.generate([${NASTY.map(quote.rb).join(', ')}])\n`;
    assert.deepEqual(JSON.parse(run('ruby', ['-'], program)), NASTY);
    assert.equal(quote.rb(1024), '1024');
  });

  it('rb refuses what Ruby would break at', () => {
    for (const text of ['a\nb', 'a\u0000', '\u2028']) assert.throws(() => quote.rb(text), /cannot carry/);
  });

  for (const shell of ['dash', 'bash'] as const) {
    it(`sh: ${shell} reads the very words`, () => {
      const program = `printf '%s\\0' ${LINES.map(quote.sh).join(' ')}`;
      assert.deepEqual(run(shell, [], program).split('\u0000').slice(0, -1), LINES);
      assert.deepEqual(run(shell, [], `printf '%s\\0' ${quote.shwords(LINES)}`).split('\u0000').slice(0, -1), LINES);
      assert.deepEqual(run(shell, [], `printf '%s\\0' ${quote.shlines(['--a=1', ...LINES, '--b'])}`).split('\u0000').slice(0, -1), ['--a=1', ...LINES, '--b']);
    });
  }

  it('sh refuses NUL, and a list is a list', () => {
    assert.throws(() => quote.sh('a\u0000b'), /NUL/);
    assert.throws(() => quote.shwords('a b'), /list/);
  });

  it("yaml: Python's YAML (Ansible's) reads the very text", () => {
    const text = LINES.map((value) => `- ${quote.yaml(value)}`).join('\n');
    const program = 'import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read().decode("utf-8"))))';
    assert.deepEqual(JSON.parse(run('/usr/bin/python3', ['-c', program], `${text}\n`)), LINES);
  });

  it('yaml: quoted shell words nest, numbers stay numbers', () => {
    const program = 'import sys, json, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))';
    const word = `it's "$HOME"\n`;
    const [read] = JSON.parse(run('/usr/bin/python3', ['-c', program], `- ${quote.yaml(`printf %s ${quote.sh(word)}`)}\n`)) as [string];
    assert.equal(run('sh', [], read), word);
    assert.deepEqual([7, true].map(quote.yaml), ['7', 'true']);
  });

  it('unit: systemd reads the very words', () => {
    const words = NASTY.filter((word) => !/[\u0080-\u009f\ufeff]/.test(word));
    assert.deepEqual(systemdWords(words.map(quote.unit).join(' ')), words);
  });

  it('unitlines: line continuations lose no word', async () => {
    const words = ['dockerd', '--a=1', ...NASTY.filter((word) => !/[\u0080-\u009f\ufeff]/.test(word)), '--z="x"'];
    assert.deepEqual(systemdWords(quote.unitlines(words).replaceAll(/\\\n/g, ' ')), words);
    await inFolder((folder) => {
      const unit = join(folder, 'quoted.service');
      writeFileSync(unit, `[Service]\nExecStart=/bin/echo ${quote.unitlines(words)}\n`);
      const result = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      assert.equal(result.status, 0, result.stderr);
      assert.equal(result.stderr, '');
    });
  });

  it('unit refuses line breaks: they would begin a directive', () => {
    for (const text of ['a\nExecStartPre=/bin/sh', 'a\r', '\u0000', '\u2028']) assert.throws(() => quote.unit(text), /cannot carry/);
  });

  it('plain refuses all that could end a comment or a string', () => {
    for (const text of ['a\nb', '`id`', '$(id)', '#{x}', '{{x}}', 'a\\', '<x>', '*/', '|']) assert.throws(() => quote.plain(text), /not a plain text/, text);
    assert.equal(quote.plain('net-1 (10.0.0.1/24), "x"'), 'net-1 (10.0.0.1/24), "x"');
  });

  it('md: nothing in a text is markup, and tables keep their cells', () => {
    for (const text of ['<script>', '<b>x</b>', '&lt;', '[x](javascript:y)', '![x](y)', '`code`', '*a*', '_a_', '~~a~~', 'a | b', '# title', '- item', '1. item', '> quote', '\\']) {
      const shown = quote.md(text);
      const unescaped = shown.replaceAll(/\\[!-/:-@[-`{-~]/g, '');
      assert.doesNotMatch(unescaped, /[<`*_|[\]]|^#|^- |^\d+\. |^>/, `${text} → ${shown}`);
    }
    assert.equal(quote.md('a\n\nb'), 'a b');
    assert.equal(quote.md('192.168.56.11 (lan)'), '192.168.56.11 (lan)');
  });

  it('mdcode: the fence is longer than any run inside', () => {
    assert.equal(quote.mdcode('a `` b'), '``` a `` b ```');
    assert.equal(quote.mdcode('a | b'), '`a \\| b`');
    assert.doesNotMatch(quote.mdcode('a\nb'), /\n/);
  });

  it('mdprose: code stands between backticks, and nothing else is markup', () => {
    assert.equal(quote.mdprose('use `ip -d link | cat` *now*'), 'use `ip -d link | cat` \\*now\\*');
    assert.equal(quote.mdprose('one ` alone'), quote.md('one ` alone'));
    assert.equal(quote.mdprose('`a``b`'), '`a``b`');
    for (const text of NASTY.filter((each) => !each.includes('`'))) assert.equal(quote.mdprose(text), quote.md(text));
    assert.equal(quote.mdprose('`a\u0007`'), '`a\ufffd`');
  });

  it('mdfence: lines come out as they are, inside a fence that none of them closes', () => {
    for (const text of ['a', 'a | b', '```', 'x\n`````\ny', '~~~', '']) {
      const [open = '', ...rest] = quote.mdfence(text).split('\n');
      assert.match(open, /^`{3,}$/);
      assert.equal(rest.pop(), open);
      assert.equal(rest.join('\n'), text);
      assert.ok(!text.includes(open), text);
    }
    assert.equal(quote.mdfence('a\u202eb\u0007'), '```\na\ufffdb\ufffd\n```');
  });

  it('mermaid: a label is letters', () => {
    assert.equal(quote.mermaid('a"] --> b'), '"a   --  b"');
  });
});

/** Words as systemd splits an ExecStart= line. Source: systemd.service(5), "Command lines"; systemd.unit(5), specifiers. */
function systemdWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = '';
  for (let index = 0; index < line.length; index++) {
    const letter = line[index] ?? '';
    if (letter === '\\') {
      const next = line[++index] ?? assert.fail('a backslash at the end');
      assert.match(next, /["\\]/, 'only \\" and \\\\ are used');
      word = (word ?? '') + next;
    } else if (quoted !== '' ? letter === quoted : letter === '"' || (letter === "'" && word === undefined)) {
      quoted = quoted === '' ? letter : '';
      word ??= '';
    } else if (quoted === '' && (letter === ' ' || letter === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === '%' || letter === '$') {
      assert.equal(line[++index], letter, `a single ${letter} would be expanded`);
      word = (word ?? '') + letter;
    } else word = (word ?? '') + letter;
  }
  if (word !== undefined) words.push(word);
  return words;
}
