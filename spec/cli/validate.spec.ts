/** labgen validate: some labs, one report, in every format CI reads. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, labgen, root } from '../support/context.js';
import { placesOf, sarifOf } from '../support/sarif.js';

const BROKEN = 'lab: broken\nnodes:\n  net-1: { dokcer: {} }\n';
const GOOD = 'lab: good\nnodes: { n1: {} }\n';
const DOUBTFUL = 'lab: x\nnetworks: { lan: { mtu: 9000, subnet: 192.168.56.0/24 } }\nnodes: { n1: {} }\n';

/** A folder with a good, a broken and a doubtful lab; labs lie in `labs/`. */
const withLabs = (work: (folder: string) => Promise<void>): Promise<void> => inFolder(async (folder) => {
  mkdirSync(join(folder, 'labs'));
  for (const [name, text] of Object.entries({ good: GOOD, broken: BROKEN, doubtful: DOUBTFUL })) writeFileSync(join(folder, 'labs', `${name}.yaml`), text);
  await work(folder);
});
const ALL = ['labs/good.yaml', 'labs/broken.yaml', 'labs/doubtful.yaml'];

describe('labgen validate', () => {
  it('text: each lab in turn, and what came of all', () => withLabs(async (folder) => {
    const { code, out } = await labgen(folder, 'validate', ...ALL);
    assert.equal(code, 2);
    assert.match(out, /^labs\/good\.yaml: valid, 1 node\n\nlabs\/broken\.yaml:3:12: error LG010/);
    assert.match(out, /\n {3}3 \| {3}net-1: \{ dokcer: \{\} \}\n/);
    assert.match(out, /\nlabs\/doubtful\.yaml: valid \(1 warning\), 1 node\n\nvalidate: 2 valid, 1 with errors\n$/);
    assert.equal((await labgen(folder, 'validate', 'labs/good.yaml', 'labs/doubtful.yaml')).code, 0);
    assert.match((await labgen(folder, 'validate', ...ALL, '--strict')).out, /validate: 1 valid, 2 with errors\n$/);
  }));

  it('one lab: nothing beside what is said of it', () => withLabs(async (folder) => assert.equal((await labgen(folder, 'validate', 'labs/good.yaml')).out, 'labs/good.yaml: valid, 1 node\n')));

  it('flags may stand between labs', () => withLabs(async (folder) => assert.equal((await labgen(folder, 'validate', 'labs/good.yaml', '--strict', 'labs/doubtful.yaml')).code, 2)));

  it('a lab that is not there is one that is wrong: those behind it are judged, too', () => withLabs(async (folder) => {
    const { code, out, err } = await labgen(folder, 'validate', 'labs/*.yml', 'gree', 'labs', 'labs/broken.yaml', 'labs/good.yaml');
    assert.deepEqual([code, err], [2, '']);
    assert.match(out, /^labs\/\*\.yml: error LG001: there is no file labs\/\*\.yml\n {7}Give the path of a lab file, or a name that "labgen list" shows\.\n\n"labgen help LG001" explains the code\.\nlabs\/\*\.yml: 1 error\n\n/);
    assert.match(out, /\ngree: error LG001: there is no lab "gree"\n {7}Did you mean "gre"\?/);
    assert.match(out, /\nlabs: error LG001: labs is no lab file, and not a rendered folder\n {7}Name a lab file in it, or a folder "labgen render" wrote to\.\n/);
    assert.match(out, /\nlabs\/broken\.yaml:3:12: error LG010[^]*\nlabs\/good\.yaml: valid, 1 node\n\nvalidate: 1 valid, 4 with errors\n$/);
  }));

  for (const [format, told] of [
    ['json', /^\[\n {2}\{\n {4}"code": "LG001",\n {4}"severity": "error",\n {4}"file": "no\.yaml",\n {4}"line": 0,[^]*"message": "there is no file no\.yaml"/],
    ['github', /^::error title=LG001::no\.yaml: there is no file no\.yaml\. Give the path/],
    ['sarif', /"ruleId": "LG001"[^]*there is no file no\.yaml[^]*"uri": "no\.yaml"/],
    ['junit', /<testcase [^>]*name="no\.yaml"[^>]*>\n {6}<failure [^>]*type="LG001"/],
  ] as const) {
    it(`a lab that is not there, as ${format}`, () => withLabs(async (folder) => {
      const { code, out, err } = await labgen(folder, 'validate', 'no.yaml', 'labs/broken.yaml', '--format', format);
      assert.deepEqual([code, err], [2, '']);
      assert.match(out, told);
      assert.match(out, /LG010/);
    }));
  }

  it('a file of variables that is not there, or no lab where none is named, ends it at once', () => withLabs(async (folder) => {
    for (const args of [['labs/good.yaml', '--vars', 'no.yaml'], []]) {
      const { code, out, err } = await labgen(folder, 'validate', ...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, args.length > 0 ? /there is no file no\.yaml\n {2}--vars takes/ : /no lab is named/);
    }
  }));

  it('JSON: problems of all labs, each with its file', () => withLabs(async (folder) => {
    const { out } = await labgen(folder, 'validate', ...ALL, '--format', 'json');
    assert.deepEqual((JSON.parse(out) as { code: string; file: string }[]).map(({ code, file }) => `${file} ${code}`), ['labs/broken.yaml LG010', 'labs/doubtful.yaml LG161']);
  }));

  it('GitHub: paths as the repository has them', () => withLabs(async (folder) => {
    const { out } = await labgen(folder, 'validate', join(folder, 'labs/broken.yaml'), './labs/doubtful.yaml', '--format', 'github');
    assert.match(out, /^::error file=labs\/broken\.yaml,line=3,col=12,title=LG010::.*\n::warning file=labs\/doubtful\.yaml,line=2,/);
  }));

  it('GitHub: what --set says wrong stands in no file', () => withLabs(async (folder) => {
    const { out } = await labgen(folder, 'validate', 'labs/good.yaml', '--set', 'nodes.n1.memory=lots', '--format', 'github');
    assert.match(out, /^::error title=LG012::--set nodes\.n1\.memory=…: "lots" is not a whole number/);
  }));

  it('SARIF: valid, with places, levels and what each code means', () => withLabs(async (folder) => {
    const { code, out } = await labgen(folder, 'validate', join(folder, 'labs/broken.yaml'), ...ALL.slice(2), '--format', 'sarif');
    assert.equal(code, 2);
    const log = sarifOf(out);
    assert.deepEqual(placesOf(log), ['labs/broken.yaml:3:12 LG010', 'labs/doubtful.yaml:2:25 LG161']);
    const [run] = log.runs;
    assert.deepEqual(run?.results.map((result) => result.level), ['error', 'warning']);
    for (const { id, help } of run?.tool.driver.rules ?? []) assert.ok(help?.text.includes(readFileSync(join(root, 'codes', `${id}.md`), 'utf8').split('\n\n')[0] ?? ''), id);
    assert.match(run?.results[0]?.message.text ?? '', /^unknown key "dokcer"\. Did you mean "docker"\?/);
  }));

  it('SARIF: valid where nothing is wrong, and where --set is', () => withLabs(async (folder) => {
    assert.deepEqual(placesOf(sarifOf((await labgen(folder, 'validate', 'labs/good.yaml', '--format', 'sarif')).out)), []);
    assert.deepEqual(placesOf(sarifOf((await labgen(folder, 'validate', 'labs/good.yaml', '--set', 'nodes.n1.memory=lots', '--format', 'sarif')).out)), ['labs/good.yaml:1 LG012']);
  }));

  it('SARIF: any name is a URI', () => inFolder(async (folder) => {
    writeFileSync(join(folder, 'a b%#?ü:.yaml'), BROKEN);
    assert.deepEqual(placesOf(sarifOf((await labgen(folder, 'validate', 'a b%#?ü:.yaml', '--format', 'sarif')).out)), ['a%20b%25%23%3F%C3%BC%3A.yaml:3:12 LG010']);
  }));

  it('JUnit: one case a lab', () => withLabs(async (folder) => {
    const { code, out } = await labgen(folder, 'validate', ...ALL, '--format', 'junit');
    assert.equal(code, 2);
    assert.match(out, /<testsuites name="labgen validate" tests="3" failures="1" errors="0" skipped="0"/);
    assert.match(out, /<testcase classname="validate" name="labs\/good\.yaml" time="0\.000"\/>/);
    assert.match(out, /name="labs\/broken\.yaml" time="0\.000">\n {6}<failure message="1 error" type="LG010">labs\/broken\.yaml:3:12: error LG010/);
    // A warning is told, and is no failure.
    assert.match(out, /name="labs\/doubtful\.yaml" time="0\.000">\n {6}<system-out>labs\/doubtful\.yaml:2:25: warning LG161/);
    assert.match((await labgen(folder, 'validate', ...ALL, '--format', 'junit', '--strict')).out, /tests="3" failures="2"/);
  }));

  it('without a name it is the lab of this rendered folder', () => inFolder(async (folder) => {
    await labgen(folder, 'render', 'gre', '-o', 'gre');
    assert.match((await labgen(join(folder, 'gre'), 'validate')).out, /^\.labgen\/lab\.yaml: valid, 3 nodes/);
  }));
});
