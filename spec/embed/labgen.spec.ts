/** import … from 'labgen': what the two functions say, and the package as a stranger gets it: packed, unpacked, type-checked, run. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { render, validate } from '../../generator/embed/labgen.js';
import { embedOptions, embedTypes } from '../../scripts/embed.js';
import { inFolder, labgen, root } from '../support/context.js';
import { GOLDEN_LABS } from '../support/golden.js';
import { labText, planFor } from '../support/labs.js';
import { readTree } from '../support/trees.js';

const GOOD = 'lab: good\nnodes: { n1: {} }\n';
const STAGES = `${GOOD}stages: [{ name: one }, { name: two, nodes: { n1: { memory: 2048 } } }]\n`;
const WITH_IMAGE = `${GOOD}images: { web: { build: ./images/web } }\ncontainers: { c1: { node: n1, image: web } }\n`;

describe('embed: validate', () => {
  it('nothing for a valid lab', () => assert.deepEqual(validate(GOOD), []));
  it('every problem with its place', () => assert.deepEqual(validate('lab: x\nnodes:\n  net-1: { dokcer: {} }\n', { file: 'labs/x.yaml' }), [{ code: 'LG010', severity: 'error', file: 'labs/x.yaml', line: 3, column: 12, path: 'nodes.net-1.dokcer', message: 'unknown key "dokcer"', hint: 'Did you mean "docker"? Known are: address, address6, networks, count, memory, cpus, docker, sysctls.' }]));
  it('whatever the text is, it does not throw', () => {
    for (const text of ['', '\u0000', '{', '- 1', '[[[[', `a: ${'['.repeat(1000)}`, 'lab: {}', 'nodes: 1']) assert.ok(validate(text).length > 0, JSON.stringify(text));
  });
  it('a stage that is not there, with the nearest', () => {
    assert.deepEqual(validate(STAGES, { stage: 'tow' }).map((each) => [each.code, each.message]), [['LG100', 'there is no stage "tow". Did you mean "two"? Known are: one, two.']]);
    assert.deepEqual(validate(STAGES, { stage: 'two' }), []);
  });
  it('set: as with --set, its value as it is', () => {
    assert.deepEqual(validate(GOOD, { set: { 'nodes.n1.memory': 'lots' } }).map((each) => [each.file, each.code, each.line]), [['--set nodes.n1.memory=…', 'LG012', 0]]);
    assert.deepEqual(validate(GOOD, { set: { 'nodes.n1': { memory: 2048 } } }), []);
    for (const set of [{ 'a b': 1 }, { '': 1 }, { 'nodes.n1.memory': undefined }]) assert.throws(() => validate(GOOD, { set }), TypeError);
  });
  it('what the lab includes, with problems in the file they are in', () => {
    const lab = `lab: parts\ninclude: [shared/nodes.yaml]\n`;
    const told = (includes: Readonly<Record<string, string>>): readonly string[] => validate(lab, { file: 'labs/x.yaml', includes }).map((each) => `${each.file}:${each.line}:${each.column} ${each.code}`);
    assert.deepEqual(told({ 'shared/nodes.yaml': 'nodes: { n1: {} }\n' }), []);
    assert.deepEqual(told({ 'shared/nodes.yaml': 'nodes: { n1: { memry: 1 } }\n' }), ['labs/shared/nodes.yaml:1:16 LG010']);
    assert.deepEqual(told({}), ['labs/x.yaml:2:11 LG150']);
    assert.ok(render(lab, { includes: { 'shared/nodes.yaml': 'nodes: { n1: {} }\n' } }).files.some((each) => each.path === '.labgen/include/shared/nodes.yaml'));
  });
  it('assets that were not given, or have names no tool takes', () => {
    const told = (assets: Parameters<typeof validate>[1]): readonly string[] => validate(WITH_IMAGE, assets).map((each) => `${each.code} ${each.message}`);
    assert.deepEqual(told({}), ['LG110 "./images/web" cannot be used: nothing of it was given in "assets"']);
    assert.deepEqual(told({ assets: { 'images/web/page': { content: '' } } }), ['LG110 "./images/web" has no Dockerfile']);
    for (const name of ['../x', 'a/../../x', '/x', 'a\nb', '.']) assert.deepEqual(told({ assets: { [`images/web/${name}`]: { content: '' } } }), [`LG110 "./images/web" cannot be used: the name ${JSON.stringify(name)} has characters that not every tool takes`]);
  });
});

describe('embed: render', () => {
  for (const { lab, stage, folder } of GOLDEN_LABS.filter(({ lab: name }) => !/^images:/m.test(labText(name)))) {
    it(`${folder}: the files of the command line`, () => {
      const { problems, files } = render(labText(lab), { file: `labs/${lab}`, ...(stage === undefined ? {} : { stage }) });
      assert.deepEqual(problems.filter((each) => each.severity === 'error'), []);
      assert.deepEqual(files, planFor(labText(lab), lab, stage).map(({ path, mode, content }) => ({ path, mode, content: Buffer.from(content).toString('utf8') })));
    });
  }
  it('the same bytes as labgen render writes, with set and assets', () => inFolder(async (folder) => {
    mkdirSync(join(folder, 'images/web/bin'), { recursive: true });
    writeFileSync(join(folder, 'lab.yaml'), WITH_IMAGE);
    writeFileSync(join(folder, 'images/web/Dockerfile'), 'FROM toolbox\n');
    writeFileSync(join(folder, 'images/web/bin/run'), Buffer.from([0, 255, 10]), { mode: 0o755 });
    assert.equal((await labgen(folder, 'render', 'lab.yaml', '--set', 'nodes.n1.memory=2048', '-o', 'out')).code, 0);
    const { problems, files } = render(WITH_IMAGE, { set: { 'nodes.n1.memory': 2048 }, assets: { 'images/web/bin/run': { content: new Uint8Array([0, 255, 10]), executable: true }, './images/web/Dockerfile': { content: 'FROM toolbox\n' }, 'images/other': { content: '' } } });
    assert.deepEqual(problems, []);
    const written = Object.fromEntries(Object.entries(readTree(join(folder, 'out'))).filter(([path]) => !/^\.labgen\/(manifest|seal)\.json$/.test(path)));
    assert.deepEqual(Object.fromEntries(files.map(({ path, content }) => [path, Buffer.from(content).toString('utf8')])), written);
    for (const { path, mode } of files) assert.equal(statSync(join(folder, 'out', path)).mode & 0o777, mode, path);
  }));
  it('nothing where there is an error, and all where there is a warning', () => {
    assert.deepEqual(render('lab: x\n').files, []);
    assert.deepEqual(render(STAGES, { stage: 'tow' }).files, []);
    const { problems, files } = render('lab: x\nnetworks: { lan: { mtu: 9000, subnet: 192.168.56.0/24 } }\nnodes: { n1: {} }\n');
    assert.deepEqual([problems.map((each) => each.severity), files.length > 5], [['warning'], true]);
  });
});

/** The package as npm would publish it, unpacked where nothing else is. */
describe('embed: the package', function () {
  this.timeout(180_000);
  let folder: string;
  const run = (program: string, ...args: readonly string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'labgen-consumer-'));
    const { outputFiles } = await build(embedOptions);
    assert.ok(existsSync(join(root, 'dist/index.mjs')) && readFileSync(join(root, 'dist/index.mjs')).equals(outputFiles[0]?.contents ?? new Uint8Array()), 'dist/ is not of these sources: npm run build');
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? assert.fail('npm pack made nothing');
    mkdirSync(join(folder, 'node_modules'));
    execFileSync('tar', ['-xzf', archive, '-C', 'node_modules'], { cwd: folder });
    execFileSync('mv', ['node_modules/package', 'node_modules/labgen'], { cwd: folder });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('its types are those of the sources, and lead nowhere else', () => assert.equal(readFileSync(join(folder, 'node_modules/labgen/dist/index.d.mts'), 'utf8'), embedTypes()));

  it('the example of docs/embedding.md: its types hold, and it runs', () => {
    const [, example = ''] = /^## An example\n[^]*?^```ts\n([^]*?)^```$/m.exec(readFileSync(join(root, 'docs/embedding.md'), 'utf8')) ?? [];
    writeFileSync(join(folder, 'example.ts'), example);
    mkdirSync(join(folder, 'node_modules/@types'));
    execFileSync('cp', ['-r', join(root, 'node_modules/@types/node'), 'node_modules/@types/node'], { cwd: folder });
    execFileSync('cp', ['-r', join(root, 'node_modules/undici-types'), 'node_modules/undici-types'], { cwd: folder });
    assert.deepEqual(run(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'example.ts'), { status: 0, said: '' });
    const { status, said } = run(process.execPath, 'example.js');
    assert.equal(status, 0, said);
    assert.match(said, /^labs\/mine\.yaml:5:11: error LG010: unknown key "dokcer"\. Did you mean "docker"\?.*\n(?:.*\n)*\d+ files\n$/);
    assert.match(readFileSync(join(folder, 'rendered/Vagrantfile'), 'utf8'), /memory: 2048/);
    assert.equal(readFileSync(join(folder, 'rendered/images/web/Dockerfile'), 'utf8').startsWith('FROM toolbox'), true);
  });

  it('a wrong use is an error of types', () => {
    writeFileSync(join(folder, 'wrong.ts'), "import { render, validate } from 'labgen';\nvalidate(1);\nrender('', { stgae: 'x' });\nconst code: number = validate('')[0]!.code;\n");
    const { status, said } = run(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', 'wrong.ts');
    assert.notEqual(status, 0);
    assert.deepEqual([...said.matchAll(/^wrong\.ts\((\d+),/gm)].map((match) => match[1]), ['2', '3', '4'], said);
  });

  it('works where there is no process, and no file may be read or written', () => {
    writeFileSync(join(folder, 'bare.mjs'), "import { render, validate } from 'labgen';\nconst { log } = console;\nconst lab = 'lab: x\\nnodes: { n1: {}, n2: { docker: false } }\\n';\ndelete globalThis.process;\nlog(validate('lab: x\\n').length > 0, render(lab).files.length > 5);\n");
    const { said } = run(process.execPath, '--no-warnings', '--experimental-permission', `--allow-fs-read=${folder}/*`, 'bare.mjs');
    assert.equal(said, 'true true\n');
    const code = readFileSync(join(folder, 'node_modules/labgen/dist/index.mjs'), 'utf8');
    assert.deepEqual([...new Set([...code.matchAll(/\bimport\b[^;"]*"([^"]+)";/g)].map((match) => match[1]))], ['node:crypto']);
  });

  it('the schema is there for editors; nothing else of the inside is', () => {
    writeFileSync(join(folder, 'schema.mjs'), "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nconsole.log(require('labgen/lab.schema.json').title, require('labgen/package.json').name);\ntry { require('labgen/dist/main.cjs'); } catch (error) { console.log(error.code); }\n");
    assert.equal(run(process.execPath, 'schema.mjs').said, 'A labgen lab labgen\nERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it('the command line of the package works, too', () => assert.deepEqual(run(process.execPath, 'node_modules/labgen/dist/labgen.cjs', 'validate', 'gre').said, 'node_modules/labgen/labs/gre.yaml: valid, 3 nodes, stages closed, open\n'));
});
