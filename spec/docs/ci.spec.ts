/** docs/ci.md and its examples: the steps of the workflow and the hooks, run as CI and pre-commit run them, in a repository of their own. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildProgram } from '../../generator/cli/commands.js';
import { TOOLS } from '../../generator/drivers/lint-tools.js';
import { contextOf, labgen, root } from '../support/context.js';
import { placesOf, sarifOf } from '../support/sarif.js';

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files: string;
  readonly pass_filenames?: boolean;
}

const read = <T>(path: string): T => parse(readFileSync(join(root, 'docs/examples', path), 'utf8')) as T;
const STEPS = read<{ jobs: { labs: { steps: readonly Step[] } } }>('labgen.yml').jobs.labs.steps;
const HOOKS = read<{ repos: readonly { hooks: readonly Hook[] }[] }>('pre-commit-config.yaml').repos.flatMap((repo) => repo.hooks);
/** Steps that need a network, or another machine. */
const ELSEWHERE = ['Install labgen', 'Install the tools that lint runs'];

const GOOD = 'lab: good\nnodes:\n  n1: { address: 192.168.56.11 }\nfirewall:\n  - { node: n1, hook: forward, protocol: tcp, port: 80, action: drop }\n';
const BROKEN = 'lab: broken\nnodes:\n  net-1: { dokcer: {} }\n';
const FIREWALL = 'rendered/good/nodes/n1/labgen-firewall.sh';

describe('docs/ci.md', function () {
  this.timeout(300_000);
  let folder: string;

  /** A repository with one lab, rendered and committed, and labgen where npm ci would have put it. */
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labgen-ci-'));
    for (const path of ['labs', 'node_modules/.bin']) mkdirSync(join(folder, path), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/labgen'));
    symlinkSync('../labgen/dist/labgen.cjs', join(folder, 'node_modules/.bin/labgen'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "devDependencies": { "labgen": "*" } }\n');
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n');
    writeFileSync(join(folder, 'labs/good.yaml'), GOOD);
    assert.equal((await labgen(folder, 'render', 'labs/good.yaml', '-o', 'rendered/good')).code, 0);
    for (const args of [['init', '-q'], ['add', '.'], ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-qm', 'a lab']]) execFileSync('git', args, { cwd: folder });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (program: string, ...args: readonly string[]): { code: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, npm_config_offline: 'true' } });
    return { code: status, said: stdout + stderr };
  };
  /** As the runner does it: a file given to bash. */
  const step = (name: RegExp): { code: number | null; said: string } => {
    const script = STEPS.find((each) => name.test(each.name ?? ''))?.run ?? assert.fail(`no step ${String(name)}`);
    writeFileSync(join(folder, '.git/step.sh'), script);
    return run('bash', '-e', '.git/step.sh');
  };
  /** As pre-commit does it: the entry split into words, behind it the names that match. */
  const hook = (id: string, ...changed: readonly string[]): { code: number | null; said: string } => {
    const { entry, files, pass_filenames: pass = true } = HOOKS.find((each) => each.id === id) ?? assert.fail(id);
    const words = JSON.parse(execFileSync('python3', ['-c', 'import json, shlex, sys; print(json.dumps(shlex.split(sys.argv[1])))', entry], { encoding: 'utf8' })) as [string, ...string[]];
    const matching = changed.filter((path) => new RegExp(files).test(path));
    assert.ok(matching.length > 0, 'pre-commit would not even call it');
    return run(...words, ...(pass ? matching : []));
  };
  const edit = (path: string, change: (text: string) => string): void => {
    const before = readFileSync(join(folder, path), 'utf8');
    assert.notEqual(change(before), before);
    writeFileSync(join(folder, path), change(before));
  };

  it('the workflow is whole: every step runs or uses something, and what is uploaded is made', () => {
    for (const each of STEPS) assert.equal(Number(each.run !== undefined) + Number(each.uses !== undefined), 1, JSON.stringify(each));
    for (const name of ELSEWHERE) assert.ok(STEPS.some((each) => each.name === name), name);
    const upload = STEPS.find((each) => each.uses?.includes('upload-sarif'));
    assert.ok(STEPS.some((each) => each.run?.includes(`>${String(upload?.with?.['sarif_file'])}`)));
    // What follows a failure has to be told so.
    for (const each of STEPS.slice(STEPS.findIndex((one) => /code scanning/.test(one.name ?? '')))) assert.match(each.if ?? '', /^always\(\)/);
  });

  it('a good repository: every step that needs no network ends well, and says nothing against it', () => {
    for (const { name = '', run: script } of STEPS) {
      if (script === undefined || ELSEWHERE.includes(name)) continue;
      const { code, said } = step(new RegExp(`^${name.replaceAll('?', '\\?')}$`));
      assert.deepEqual([name, code, said.replaceAll(/^::notice title=.*::not run: .*\n/gm, '')], [name, 0, '']);
    }
    assert.deepEqual(placesOf(sarifOf(readFileSync(join(folder, 'reports/labgen.sarif'), 'utf8'))), []);
  });

  it('a broken lab: told at its line, and the report is there all the same', () => {
    writeFileSync(join(folder, 'labs/broken.yaml'), BROKEN);
    const valid = step(/valid/);
    assert.equal(valid.code, 2);
    assert.match(valid.said, /^::error file=labs\/broken\.yaml,line=3,col=12,title=LG010::/);
    assert.equal(step(/what its lab says/).code, 1);
    assert.equal(step(/code scanning/).code, 0);
    assert.deepEqual(placesOf(sarifOf(readFileSync(join(folder, 'reports/labgen.sarif'), 'utf8'))), ['labs/broken.yaml:3:12 LG010']);
  });

  it('a rendered file that was edited, and a lab that was not rendered again', () => {
    edit(FIREWALL, (text) => text.replace('--dport 80', '--dport 81'));
    const edited = step(/what its lab says/);
    assert.equal(edited.code, 1);
    assert.match(edited.said, /^::error file=rendered\/good\/nodes\/n1\/labgen-firewall\.sh,line=\d+,title=labgen diff::/m);
    edit(FIREWALL, (text) => text.replace('--dport 81', '--dport 80'));
    assert.equal(step(/what its lab says/).code, 0);
    edit('labs/good.yaml', (text) => text.replace('port: 80', 'port: 8080'));
    assert.equal(step(/what its lab says/).code, 1);
  });

  it('a rule that iptables refuses: told at its line', () => {
    edit(FIREWALL, (text) => text.replace('--dport 80', '--dprot 80'));
    const line = readFileSync(join(folder, FIREWALL), 'utf8').split('\n').findIndex((text) => text.includes('--dprot')) + 1;
    const { code, said } = step(/tools take/);
    assert.equal(code, 1);
    assert.match(said, new RegExp(`^::error file=${FIREWALL.replaceAll('.', '\\.')},line=${line},title=iptables-restore --test::unknown option "--dprot"$`, 'm'));
  });

  it('the hooks: a good lab, a broken one, one that was not rendered again', () => {
    assert.deepEqual(hook('labgen-validate', 'labs/good.yaml', 'README.md'), { code: 0, said: 'labs/good.yaml: valid, 1 node\n' });
    assert.deepEqual(hook('labgen-diff', 'labs/good.yaml'), { code: 0, said: 'no difference\n' });
    writeFileSync(join(folder, 'labs/broken.yaml'), BROKEN);
    const { code, said } = hook('labgen-validate', 'labs/broken.yaml', 'labs/good.yaml');
    assert.equal(code, 2);
    assert.match(said, /^labs\/broken\.yaml:3:12: error LG010/);
    rmSync(join(folder, 'labs/broken.yaml'));
    edit('labs/good.yaml', (text) => text.replace('port: 80', 'port: 8080'));
    assert.equal(hook('labgen-validate', 'labs/good.yaml').code, 0);
    const old = hook('labgen-diff', 'labs/good.yaml');
    assert.equal(old.code, 1);
    assert.match(old.said, /^\+.*--dport 8080/m);
    assert.ok(!HOOKS.some(({ files }) => new RegExp(files).test('README.md')));
  });

  it('the page names every tool and every format there is, and its links lead somewhere', () => {
    const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
    for (const { name } of TOOLS) assert.ok(page.includes(`\`${name}`), name);
    const program = buildProgram(contextOf({}, '/', '__complete'), () => undefined);
    const [, header = '', ...rows] = /^## Formats\n\n(\|.*)\n\|.*\n([^]*?)\n\n/m.exec(page) ?? [];
    const verbs = [...header.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
    for (const verb of verbs) {
      const column = header.split('|').findIndex((cell) => cell.trim() === `\`${verb}\``);
      const told = (rows[0] ?? '').split('\n').filter((row) => row.split('|')[column]?.trim() === '✓').map((row) => /`(\w+)`/.exec(row)?.[1] ?? '');
      const format = program.commands.find((command) => command.name() === verb)?.options.find((option) => option.long === '--format');
      assert.deepEqual(told.toSorted(), [...(format?.argChoices ?? [])].toSorted(), verb);
    }
    for (const [, link = ''] of page.matchAll(/\]\(([^)]+)\)/g)) assert.ok(existsSync(join(root, 'docs', link)), link);
  });
});
