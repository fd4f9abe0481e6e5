/** labgen break and labgen grade, on nodes that are an SSH server which knows what is broken. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { formatState, parseState } from '../../generator/breaks/state.js';
import { LAB, withBrokenLab, type BrokenLab } from '../support/broken-lab.js';
import { inFolder, labgen } from '../support/context.js';
import { writeInto } from '../support/trees.js';

const STATE = '.labgen/break.json';
/** Every word by which somebody would know what it is. */
const TELLING = /route|rule|silent|Title|Because/;

describe('labgen break', function () {
  this.timeout(60_000);

  it('refuses flags that mean nothing beside each other', () => inFolder(async (folder) => {
    const refused = async (...words: readonly string[]): Promise<string> => {
      const { code, out, err } = await labgen(folder, 'break', ...words);
      assert.equal(out, '');
      return `${code} ${err}`;
    };
    assert.match(await refused('--reveal'), /^2 labgen: "--reveal" says nothing without "--list"/);
    assert.match(await refused('--undo', '--which', 'x'), /^2 labgen: "--which" says nothing beside "--undo"/);
    assert.match(await refused('--which', 'x', '--seed', '1'), /^2 labgen: "--seed" says nothing where nothing is drawn/);
    assert.match(await refused('--undo', '--list'), /^2 labgen: "--undo" says nothing beside "--list"/);
    assert.match(await refused('--format', 'json'), /^2 labgen: "--format" says nothing without "--list"/);
    assert.match(await refused(), /^3 labgen: no running lab is known here/);
  }));

  it('lists how many there are, and which only for whoever wants to know', () => inFolder(async (folder) => {
    writeInto(folder, 'lab.yaml', LAB);
    const { code, out } = await labgen(folder, 'break', './lab.yaml', '--list');
    assert.deepEqual([code, out], [0, 'small can be broken in 3 ways\n  "--reveal" tells them.\n']);
    assert.deepEqual(JSON.parse((await labgen(folder, 'break', './lab.yaml', '--list', '--format', 'json')).out), { lab: 'small', stage: null, count: 3 });
    const told = (await labgen(folder, 'break', './lab.yaml', '--list', '--reveal')).out;
    assert.match(told, /^route\n {2}Title of route\n {2}Because of route\n {4}on: {8}n2\n {4}broken by: break route\n {4}healed by: mend route\n {2}1\. Where route\n/m);
  }));

  it('breaks the lab and does not tell in what way: not on the terminal, nor in the folder, nor in a list of processes', () => withBrokenLab(async (lab) => {
    const { code, out, err } = await lab.labgen('break', '--which', 'route');
    assert.deepEqual([code, err], [0, '']);
    assert.equal(out.split('\n').find((line) => line.startsWith('break: ')), 'break: something is broken in small; 2 of 3 checks do not pass any more');
    assert.deepEqual([...lab.broken], ['route']);
    assert.doesNotMatch(out.replaceAll('checking: 3 checks …\n', ''), TELLING);
    const state = readFileSync(join(lab.folder, STATE), 'utf8');
    assert.doesNotMatch(state, TELLING);
    assert.doesNotMatch(Buffer.from(/"sealed": "(.*)"/.exec(state)?.[1] ?? '', 'base64').toString('latin1'), TELLING);
    assert.equal(statSync(join(lab.folder, STATE)).mode & 0o777, 0o600);
    assert.deepEqual(lab.server.commands.filter((command) => /break|mend/.test(command)), []);
    assert.deepEqual(lab.server.commands.filter((command) => command.endsWith(' sh -eu -s')).length, 1);
    assert.match((await lab.labgen('break')).err, /^labgen: something is broken here already\n {2}"labgen grade"/);
    assert.equal((await lab.labgen('break')).code, 3);
  }));

  it('does not draw the one before', () => withBrokenLab(async (lab) => {
    for (let round = 0, before = ''; round < 3; round++) {
      assert.equal((await lab.labgen('break', '--seed', '4')).code, 0);
      assert.notEqual([...lab.broken].join(), before);
      before = [...lab.broken].join();
      lab.broken.clear();
      await lab.labgen('grade');
    }
  }, LAB.replace(/ {2}silent: .*\n/, '')));

  it('breaks nothing in a lab that does not pass its checks, and says what does not', () => withBrokenLab(async (lab) => {
    lab.broken.add('other');
    const { code, out, err } = await lab.labgen('break');
    assert.equal(code, 1);
    assert.match(out, /✗ FAILED .*ask-other/);
    assert.match(err, /^labgen: the lab is not as it should be already: 1 of 3 checks do not pass\n {2}Nothing was broken\./);
    assert.deepEqual([[...lab.broken], lab.scripts, existsSync(join(lab.folder, STATE))], [['other'], [], false]);
  }));

  it('takes back what no check notices', () => withBrokenLab(async (lab) => {
    const { code, err } = await lab.labgen('break', '--which', 'silent');
    assert.equal(code, 1);
    assert.match(err, /no check of the lab notices the break "silent"; it was taken back/);
    assert.deepEqual([[...lab.broken], existsSync(join(lab.folder, STATE))], [[], false]);
  }));

  it('takes back what a node does not do, and what is not declared is no break', () => withBrokenLab(async (lab) => {
    const usual = lab.server.answer;
    lab.server.answer = (command, input) => (input.includes('break route') ? { code: 4, stderr: 'RTNETLINK answers: no\n' } : usual(command, input));
    const { code, err } = await lab.labgen('break', '--which', 'route');
    assert.deepEqual([code, err.split('\n')[0]], [3, 'labgen: the break "route" cannot be made on n2: RTNETLINK answers: no']);
    assert.match(lab.scripts.join(), /mend route/);
    assert.equal(existsSync(join(lab.folder, STATE)), false);
    assert.match((await lab.labgen('break', '--which', 'rout')).err, /^labgen: there is no break "rout"\n {2}Did you mean "route"\?/);
    assert.match((await labgen(lab.folder, 'break', 'other')).err, /holds the lab "lab\.yaml", not "other"/);
  }));

  it('remembers what it is about to do before it does it', () => withBrokenLab(async (lab) => {
    const usual = lab.server.answer;
    let known = false;
    lab.server.answer = (command, input) => {
      if (input.includes('break route')) known = existsSync(join(lab.folder, STATE));
      return usual(command, input);
    };
    await lab.labgen('break', '--which', 'route');
    assert.ok(known);
  }));

  it('--undo repairs it, and tells what it was and how it could have been found', () => withBrokenLab(async (lab) => {
    assert.equal((await lab.labgen('break', '--undo')).out, 'break: nothing is broken on purpose\n');
    await lab.labgen('break', '--which', 'rule');
    const { code, out } = await lab.labgen('break', '--undo');
    assert.equal(code, 0);
    assert.match(out, /^break: repaired\. What it was\n {2}Title of rule\n {2}Because of rule\n[^]*How it could have been found\n {2}1\. Where rule\n {2}2\. What rule\n {2}3\. How rule\n[^]*All 3 checks pass again\.\n$/);
    assert.deepEqual([[...lab.broken], existsSync(join(lab.folder, STATE))], [[], false]);
    await lab.labgen('break', '--which', 'rule');
    lab.broken.add('other');
    const still = await lab.labgen('break', '--undo');
    assert.deepEqual([still.code, [...lab.broken]], [1, ['other']]);
    assert.match(still.err, /1 checks? do(es)? not pass all the same/);
  }));
});

describe('labgen grade', function () {
  this.timeout(120_000);

  const json = async (lab: BrokenLab, ...words: readonly string[]) => {
    const { code, out } = await lab.labgen('grade', '--format', 'json', ...words);
    return { code, ...(JSON.parse(out) as { state: string; healed: boolean; score: number; mended: number; of: number; seconds: number | null; hints: { told: string[] }; solution: { name: string } | null; checks: { id: string; judged: boolean; state: string }[] }) };
  };

  it('grades a lab as it is where nothing was broken on purpose', () => withBrokenLab(async (lab) => {
    const { code, out } = await lab.labgen('grade');
    assert.deepEqual([code, out.split('\n').at(-2)], [0, 'grade small: 100 of 100, nothing was broken on purpose, 3 of 3 checks passed']);
    lab.broken.add('other');
    const found = await json(lab);
    assert.deepEqual([found.code, found.state, found.healed, found.score, found.mended, found.of], [1, 'none', false, 67, 2, 3]);
    assert.match((await lab.labgen('grade', '--hint')).err, /^labgen: there is nothing to give a hint about/);
  }));

  it('counts what is mended of what was turned red; a hint costs ten points, and is told as often as asked', () => withBrokenLab(async (lab) => {
    await lab.labgen('break', '--which', 'route');
    const first = await json(lab);
    assert.deepEqual([first.code, first.state, first.score, first.mended, first.of, first.hints.told], [1, 'broken', 0, 0, 2, []]);
    assert.equal(first.solution, null);
    const { code, out } = await lab.labgen('grade', '--hint');
    assert.equal(code, 1);
    assert.match(out, /\nHints\n {2}1\. Where route\n {2}"labgen grade --hint" tells what to compare; it costs 10 points\.\n/);
    assert.doesNotMatch(out, /What route|Title|Because/);
    assert.match((await lab.labgen('grade', '--hint')).out, /1\. Where route\n {2}2\. What route\n {2}"labgen grade --hint" tells nearly the command/);
    for (let more = 0; more < 3; more++) assert.match((await lab.labgen('grade', '--hint')).out, /2\. What route\n {2}3\. How route\n\ngrade small: 0 of 100, not healed yet, 0 of 2 checks mended, 3 hints\n$/);
    assert.match((await lab.labgen('grade')).out, /3\. How route\n/);
    // Any repair counts, not only ours.
    lab.broken.clear();
    lab.now = 1075;
    const healed = await lab.labgen('grade');
    assert.equal(healed.code, 0);
    assert.match(healed.out, /Healed after 1 min 15 s\. What it was\n {2}Title of route\n {2}Because of route\n[^]*healed by: mend route\n\ngrade small: 70 of 100, healed, 2 of 2 checks mended, 3 hints\n$/);
    assert.equal(lab.scripts.length, 1);
    // The same again as long as it stays well; time stands still.
    lab.now = 2000;
    const again = await json(lab);
    assert.deepEqual([again.code, again.state, again.score, again.seconds, again.solution?.name], [0, 'healed', 70, 75, 'route']);
    // What fails now is something else, and a new break may be made.
    lab.broken.add('other');
    assert.equal((await json(lab)).state, 'none');
    lab.broken.clear();
    assert.equal((await lab.labgen('break', '--which', 'rule')).code, 0);
  }));

  it('counts what fails besides, and what is mended in part', () => withBrokenLab(async (lab) => {
    await lab.labgen('break', '--which', 'route');
    lab.broken.delete('route');
    lab.broken.add('other');
    const found = await json(lab);
    assert.deepEqual([found.score, found.mended, found.of, found.state], [67, 2, 3, 'broken']);
    assert.ok(found.checks.every((each) => each.judged));
  }));

  it('knows the checks that a break turned red, though the break died before it looked', () => withBrokenLab(async (lab) => {
    await lab.labgen('break', '--which', 'rule');
    const state = parseState(readFileSync(join(lab.folder, STATE), 'utf8'));
    assert.ok(state);
    writeInto(lab.folder, STATE, formatState({ ...state, red: undefined }));
    assert.deepEqual([(await json(lab)).of], [1]);
    lab.broken.clear();
    const healed = await json(lab);
    assert.deepEqual([healed.score, healed.mended, healed.of], [100, 1, 1]);
  }));

  it('writes JUnit with the score, into a file where one is named, and says the grade all the same', () => withBrokenLab(async (lab) => {
    await lab.labgen('break', '--which', 'rule');
    const { code, out } = await lab.labgen('grade', '--format', 'junit', '--file', 'grade.xml');
    assert.equal(code, 1);
    assert.match(out, /grade small: 0 of 100, not healed yet, 0 of 1 checks mended, no hint\n$/);
    const xml = readFileSync(join(lab.folder, 'grade.xml'), 'utf8');
    assert.match(xml, /<testsuite name="grade" tests="1" failures="1" errors="0"[^>]*>\n {4}<properties>\n {6}<property name="score" value="0"\/>\n {6}<property name="state" value="broken"\/>/);
    assert.match(xml, /<testcase classname="small grade" name="command [^"]*ask-route-rule[^"]*" [^>]*>\n {6}<failure /);
  }));

  it('takes a state of others for none, and follows no link to it', () => withBrokenLab(async (lab) => {
    for (const text of ['', 'null', '{"sealed": 1}', '{"sealed": "AAAA"}', '{"sealed": ""}']) {
      writeInto(lab.folder, STATE, text);
      assert.equal((await json(lab)).state, 'none', text);
    }
    rmSync(join(lab.folder, STATE));
    writeInto(lab.folder, 'elsewhere', 'mine');
    symlinkSync(join(lab.folder, 'elsewhere'), join(lab.folder, STATE));
    assert.match((await lab.labgen('break', '--which', 'rule')).err, /break\.json is not a plain file in a plain folder/);
    assert.deepEqual([readFileSync(join(lab.folder, 'elsewhere'), 'utf8'), lab.scripts], ['mine', []]);
  }));
});
