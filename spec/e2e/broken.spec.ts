/** What docs/breaks.md says was run is what broken.json says, and the shipped labs have the breaks that it tells of. */
import assert from 'node:assert/strict';
import { runBreaks, type Labgen } from './breaks.js';
import { breaksTable, declaredBreaks, readRecords, tableOnPage, withRecord, type BrokenRecord } from './broken.js';
import { labOf } from '../support/labs.js';
import { wantedLab } from './which-lab.js';

describe('what was broken and healed on real machines', () => {
  const declared = declaredBreaks();

  it('is what the page tells', () => {
    assert.equal(tableOnPage(), breaksTable(declared, readRecords()), 'npm run e2e -- --table writes the tables');
  });

  it('is whole: each break was noticed, and each was healed', () => {
    for (const { lab, breaks, commit } of readRecords()) {
      assert.match(commit, /^[0-9a-f]{7,}$/);
      for (const each of breaks) assert.ok(each.healed && each.red.length > 0, `${lab}: ${each.name}`);
      assert.match(breaks[0]?.how ?? '', /by hand, --undo/);
      assert.match(breaks[1]?.how ?? '', /by hand, up/);
    }
  });

  it('has at least three breaks of every shipped lab with several hosts', () => {
    for (const { lab, names } of declared) {
      const several = wantedLab(lab).lab.nodes.length > 1;
      assert.ok(names.length >= (several ? 3 : 0), `${lab}: ${names.length} breaks`);
    }
  });

  it('says plainly what was not run, and what was before a change', () => {
    const record = (lab: string, digest: string): BrokenRecord => ({ lab, provider: 'docker', commit: 'abc1234', digest, breaks: [{ name: 'one', red: ['ping a → b', 'x|y', 'c', 'd'], healed: true, how: 'by hand' }] });
    const records = withRecord(withRecord([record('b', 'old')], record('a', 'd')), record('b', 'd'));
    assert.deepEqual(records.map((each) => [each.lab, each.digest]), [['a', 'd'], ['b', 'd']]);
    assert.deepEqual(breaksTable([{ lab: 'a', digest: 'd', names: ['one', 'two'] }, { lab: 'b', digest: 'e', names: ['one'] }], records).split('\n').slice(2), [
      '| a | one | 4: `ping a → b`, `x\\|y`, `c`, … | yes: by hand | docker, abc1234 |',
      '| a | two | not run yet | | |',
      '| b | one | 4: `ping a → b`, `x\\|y`, `c`, … | yes: by hand | docker, abc1234, before its last change |',
    ]);
  });
});

describe('trying the breaks of a lab', () => {
  const lab = labOf(`lab: t
nodes: { a: {} }
breaks:
  one: { title: T1, about: A1, on: a, run: break one, repair: mend one, hints: [x, y, z] }
  two: { title: T2, about: A2, on: a, run: break two, repair: mend two, hints: [x, y, z] }
checks: [{ command: { node: a, run: "true" } }]
`);
  /** labgen itself, as it should be; `wrong` spoils what it says to some words. */
  const fake = (wrong: (words: string, said: { code: number; stdout: string }) => void): { readonly labgen: Labgen; readonly words: string[] } => {
    const words: string[] = [];
    let broken: { title: string; name: string } | undefined;
    let healed: typeof broken;
    const labgen: Labgen = async (...said) => {
      const line = said.join(' ');
      words.push(line);
      const title = broken?.title ?? '';
      if (line.startsWith('break --which')) broken = { name: said[2] ?? '', title: said[2] === 'one' ? 'T1' : 'T2' };
      else if (line.startsWith('exec')) [healed, broken] = [broken, undefined];
      else if (said[1] === '--undo' || line === 'up') [healed, broken] = [undefined, undefined];
      const checks = [{ id: 'c', state: broken ? 'failed' : 'passed' }];
      const grade = { state: broken ? 'broken' : healed ? 'healed' : 'none', score: broken ? 0 : 100, solution: broken ? null : healed ?? null, checks };
      const answer = { code: broken && /^(verify|grade)/.test(line) ? 1 : 0, stdout: line.startsWith('grade') ? JSON.stringify(grade) : line.startsWith('verify') ? JSON.stringify({ checks }) : /--undo|^up/.test(line) ? title : '' };
      wrong(line, answer);
      return { ...answer, stderr: '' };
    };
    return { labgen, words };
  };

  it('makes each, repairs it by hand; gives the first up, and leaves the second one to up', async () => {
    const { labgen, words } = fake(() => {});
    const runs = await runBreaks(lab, labgen, () => {});
    assert.deepEqual(runs, [{ name: 'one', red: ['c'], healed: true, how: 'by hand, --undo' }, { name: 'two', red: ['c'], healed: true, how: 'by hand, up' }]);
    assert.ok(words.includes('exec a sh -euc mend two'));
  });

  for (const [title, wrong, how] of [
    ['nobody notices it', (line: string, said: { code: number; stdout: string }) => { if (line.startsWith('verify')) Object.assign(said, { code: 0, stdout: '{"checks":[]}' }); }, /verify finds nothing wrong/],
    ['it is told', (line: string, said: { stdout: string }) => { if (line.startsWith('break --which')) said.stdout = 'T1 T2'; }, /it was told what is broken/],
    ['the repair does not heal', (line: string, said: { code: number; stdout: string }) => { if (line.startsWith('grade --format json --patience')) Object.assign(said, { code: 1, stdout: '{"state":"broken","score":0,"solution":null,"checks":[]}' }); }, /grade says broken, 0, after the repair/],
    ['a hint was counted that nobody took', (line: string, said: { stdout: string }) => { if (line.startsWith('grade --format json --patience')) said.stdout = said.stdout.replace('"score":100', '"score":90'); }, /grade says healed, 90, after the repair/],
  ] as const) {
    it(`fails where ${title}`, async () => {
      const runs = await runBreaks(lab, fake(wrong).labgen, () => {});
      assert.deepEqual(runs.map((each) => each.healed), [false, false]);
      assert.match(runs[0]?.how ?? '', how);
    });
  }
});
