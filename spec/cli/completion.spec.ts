/** labgen completion: the scripts as real shells run them, with a real labgen to ask. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/bundles.js';
import { labgen, root } from '../support/context.js';

interface Shell {
  readonly argv: readonly string[];
  /** Lines that take the script in. */
  readonly source: string;
  /** Lines that complete `words`, the last one unfinished, and print one candidate a line. */
  ask(words: readonly string[]): string;
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const SHELLS = {
  bash: {
    argv: ['bash', '--norc', '--noprofile', '-c'],
    source: 'set -u; source <(labgen completion bash); complete -p labgen >/dev/null || exit 2',
    ask: (words) => `COMP_WORDS=(labgen ${words.map(quoted).join(' ')}); COMP_CWORD=${words.length}
_labgen labgen "\${COMP_WORDS[COMP_CWORD]}" ""
[ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`,
  },
  zsh: {
    argv: ['zsh', '-f', '-c'],
    // Without a terminal there is no completion system; what the script says to it is printed instead.
    source: 'compdef() { [[ $2 == labgen ]] || exit 2 }; compadd() { print -rl -- "${@[${@[(i)--]}+1,-1]}" }; source <(labgen completion zsh)',
    ask: (words) => `words=(labgen ${words.map(quoted).join(' ')}); CURRENT=$#words; PREFIX=$words[-1]; _labgen`,
  },
  fish: {
    argv: ['fish', '--no-config', '-c'],
    source: 'labgen completion fish | source',
    ask: (words) => `for line in (complete -C ${quoted(`labgen ${words.join(' ')}`)}); string split -f 1 \\t -- $line; end`,
  },
} as const satisfies Readonly<Record<string, Shell>>;

type Name = keyof typeof SHELLS;

const isInstalled = (name: Name): boolean => spawnSync(name, ['-c', 'exit 0']).status === 0;

describe('labgen completion', () => {
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labgen-spec-'));
    // A package of its own: the program finds its labs beside the folder it lies in.
    for (const name of ['labs', 'templates', 'package.json']) symlinkSync(join(root, name), join(folder, name));
    mkdirSync(join(folder, 'bin'));
    for (const name of ['main', 'complete', 'yaml'] as const) await build({ ...bundleOptions(name), outfile: join(folder, 'bin', `${name}.cjs`) });
    copyFileSync(join(root, 'scripts/start.cjs'), join(folder, 'bin/labgen.cjs'));
    chmodSync(join(folder, 'bin/labgen.cjs'), 0o755);
    symlinkSync('labgen.cjs', join(folder, 'bin/labgen'));
    mkdirSync(join(folder, 'here/gre/nodes/net-1'), { recursive: true });
    mkdirSync(join(folder, 'here/gre/nodes/net-2'));
    for (const name of ['mine.yaml', 'x $(touch made).yaml', 'y`touch made`;z.yaml']) writeFileSync(join(folder, 'here', name), '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What each of some half-written lines is completed to. */
  function completed(name: Name, ...lines: readonly (readonly string[])[]): readonly (readonly string[])[] {
    const { argv: [program, ...flags], source, ask } = SHELLS[name];
    const { stdout, stderr } = spawnSync(program, [...flags, [source, ...lines.map((words) => `${ask(words)}\necho +++`)].join('\n')], { cwd: join(folder, 'here'), env: { ...process.env, HOME: folder, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` }, encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.split('+++\n').slice(0, -1).map((each) => each.split('\n').filter((line) => line !== '').toSorted());
  }

  for (const name of Object.keys(SHELLS) as Name[]) {
    const missing = isInstalled(name) ? '' : ` (pending: ${name} is not installed, and nothing else can tell whether its script works: apt-get install ${name})`;
    (missing === '' ? describe : describe.skip)(`${name}${missing}`, () => {
      it('verbs, flags, stages, nodes, labs; nothing where nobody knows', () => {
        assert.deepEqual(
          completed(name, ['re'], ['render', 'docker0', '--sta'], ['render', 'ports', '--stage', ''], ['ssh', '-o', 'gre', 'n'], ['up', 'mi'], ['up', './g'], ['nonsense', ''], ['new', '']),
          [['render', 'report'], ['--stage'], ['published', 'unpublished'], ['net-1', 'net-2'], ['mine.yaml'], ['./gre/'], [], []],
        );
      });

      // bash breaks the word there, and asks for the last piece.
      it('a value behind "="', () => assert.deepEqual(completed(name, name === 'bash' ? ['up', 'gre', '--stage', '=', 'o'] : ['up', 'gre', '--stage=o']), [[name === 'bash' ? 'open' : '--stage=open']]));

      it('a name with anything in it, which is never run', () => {
        assert.deepEqual(completed(name, ['up', 'x'], ['up', 'y']), name === 'bash' ? [['x\\ \\$\\(touch\\ made\\).yaml'], ['y\\`touch\\ made\\`\\;z.yaml']] : [['x $(touch made).yaml'], ['y`touch made`;z.yaml']]);
        // fish itself looks into a line before it asks.
        if (name !== 'fish') assert.deepEqual(completed(name, ['up', '$(touch made)']), [[]]);
        assert.equal(readdirSync(join(folder, 'here')).includes('made'), false);
      });
    });
  }

  it('bash: a half-typed name with a blank in it goes on', () => assert.deepEqual(completed('bash', ['up', 'x\\ ']), [['x\\ \\$\\(touch\\ made\\).yaml']]));

  it('bash: may be taken in again', () => assert.deepEqual(spawnSync('bash', ['--norc', '-c', `${SHELLS.bash.source}\n${SHELLS.bash.source}`], { env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` }, encoding: 'utf8' }).stderr, ''));

  it('bash: shellcheck has no word against the script', async () => {
    const { out } = await labgen('/', 'completion', 'bash');
    const { stdout, status } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: out, encoding: 'utf8' });
    assert.deepEqual([status, stdout], [0, '']);
  });

  it('another shell is 2, with those there are', async () => {
    const { code, err } = await labgen('/', 'completion', 'tcsh');
    assert.equal(code, 2);
    assert.match(err, /'tcsh' is invalid for argument 'shell'\. Allowed choices are bash, zsh, fish\./);
  });
});
