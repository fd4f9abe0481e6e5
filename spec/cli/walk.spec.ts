/** labgen walk on a user's own Docker engine: vagrant, ansible-playbook and docker are fakes, SSH is spoken for real. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWalkWords } from '../../generator/cli/walk-words.js';
import { labgenIn, type Ran } from '../support/context.js';
import { Fakes } from '../support/fakes.js';
import { SshServer } from '../support/ssh-server.js';

const LAB = `lab: small
title: A small lab
summary: Two stages.
nodes: { n1: { docker: false } }
lesson: { steps: [{ on: n1, run: echo here, expect: /./, why: It says so. }] }
checks:
  - { command: { node: n1, run: "true" }, why: Always. }
stages:
  - { name: first, title: The beginning }
  - { name: last, title: The end, breaks: { one: { title: x, about: x, on: n1, run: x, repair: y, hints: [a, b, c] } }, nodes: { n1: { sysctls: { net.ipv4.ip_forward: 1 } } }, checks: [{ command: { node: n1, run: forwards }, why: It is a router now. }] }
`;

describe('labgen walk', function () {
  this.timeout(180_000);
  let fakes: Fakes;
  let server: SshServer;
  let controller: AbortController;
  beforeEach(async () => {
    fakes = new Fakes();
    server = new SshServer();
    server.answer = (command) => ({ stdout: command.includes('sysctl') ? '1\n' : 'said\n' });
    await server.start();
    fakes.prepareLab(server.port, server.key, server.hostKey);
    writeFileSync(join(fakes.folder, 'lab.yaml'), LAB);
    controller = new AbortController();
  });
  afterEach(async () => {
    await server.stop();
    fakes.end();
  });

  /** Somebody who types these lines; what was shown before each is kept. */
  const typing = (...lines: readonly (string | (() => string | undefined))[]) => {
    const asked: string[] = [];
    const ask = async (question: string): Promise<string | undefined> => {
      const line = lines[asked.push(question) - 1];
      return typeof line === 'function' ? line() : line;
    };
    return { ask, asked };
  };
  const walk = (ask: ((question: string) => Promise<string | undefined>) | undefined, ...args: readonly string[]): Promise<Ran> => labgenIn({ env: process.env, interrupt: controller.signal, ask }, fakes.folder, 'walk', './lab.yaml', '-o', 'lab', ...args);
  const state = (): unknown => JSON.parse(readFileSync(join(fakes.lab, '.labgen/walk.json'), 'utf8'));
  const plays = (): number => fakes.calls().filter((call) => call.startsWith('ansible-playbook site')).length;

  it('goes through all stages without asking where nobody is there, with the difference, the checks and the steps of each', async () => {
    const { code, out, err } = await walk(undefined);
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /^small, stage 1 of 2: first\n─+\nThe beginning\n\nTwo stages\.\n/);
    assert.match(out, /^small, stage 2 of 2: last\n─+\nThe end\n\nWhat stage last changes, against stage first\n\nn1\n {2}\+ it forwards IPv4\n/m);
    assert.match(out, /^What is checked then, and why\n {2}command n1 forwards\n {6}It is a router now\.\n/m);
    assert.match(out, /^Try it\n {2}1\. on n1: echo here\n {5}It says so\.\n {5}labgen exec -o lab n1 sh -c 'echo here'\n/m);
    assert.match(out, /\nThat was the lesson\. "labgen break -o lab" breaks the lab for you to repair, "labgen down -o lab" takes it away\.\n$/);
    assert.deepEqual([plays(), existsSync(join(fakes.lab, '.labgen/walk.json'))], [2, false]);
    assert.equal((JSON.parse(readFileSync(join(fakes.lab, '.labgen/render.json'), 'utf8')) as { stage: string }).stage, 'last');
  });

  it('asks before it makes a stage, lets try, goes back; and goes on where it was left', async () => {
    const first = typing('?', '1', 'c', 'm', 'f n1 n1', 'b', '', '1', 't n9', 'c', 'm', 'f n1 n9', 'e n1 n1 99999', 'what', 'q');
    const { code, out } = await walk(first.ask);
    assert.equal(code, 0, out);
    assert.deepEqual([first.asked[0], plays()], ['walk first> ', 1]);
    assert.match(out, /run that step on its node/);
    assert.equal([...out.matchAll(/The lab is not at this stage yet: Enter makes it so\./g)].length, 4);
    assert.match(out, /This is the first stage\./);
    assert.match(out, /^n1# echo here$/m);
    assert.match(out, /there is no node "n9"\n {2}Did you mean "n1"\? Known are: n1/);
    assert.match(out, /^matrix small \(first\): 0 questions/m);
    assert.match(out, /^no node or container "n9"$/m);
    assert.match(out, /"99999" is not a port/);
    assert.match(out, /"what" is no word of this prompt/);
    assert.equal([...out.matchAll(/^verify small \(first\): \d+ passed, 0 failed/gm)].length, 2);
    assert.match(out, /walk: left at stage 1 of 2, "first"; "labgen walk -o lab" goes on there/);
    assert.deepEqual(state(), { lab: 'small', stage: 'first', made: true });
    // In the rendered folder its name is enough, and it is not made again.
    const second = typing('', 'b', 'q');
    const again = await labgenIn({ env: process.env, interrupt: controller.signal, ask: second.ask }, fakes.folder, 'walk', '-o', 'lab');
    assert.match(again.out, /^walk: going on at stage 1 of 2, "first", which was made already\n/);
    assert.deepEqual(second.asked, ['walk first> ', 'walk last> ', 'walk first> ']);
    assert.equal(plays(), 1);
    // The folder was rendered at the first stage; what the last one has is known all the same.
    const third = typing('', '', '');
    const ended = await labgenIn({ env: process.env, interrupt: controller.signal, ask: third.ask }, fakes.folder, 'walk', '-o', 'lab');
    assert.match(ended.out, /^That was the lesson\. "labgen break -o lab" breaks the lab/m);
  });

  it('goes to a stage, and begins anew where that is wanted', async () => {
    const { asked, ask } = typing('', 'q');
    await walk(ask, '--goto', 'last');
    assert.deepEqual(asked, ['walk last> ', 'walk last> ']);
    assert.deepEqual(state(), { lab: 'small', stage: 'last', made: true });
    const anew = typing('q');
    assert.match((await walk(anew.ask, '--restart')).out, /^small, stage 1 of 2/);
    assert.match((await walk(typing('q').ask, '--goto', 'lst')).err, /there is no stage "lst"\. Did you mean "last"\?/);
    assert.match((await walk(typing('q').ask, '--goto', 'last', '--restart')).err, /"--goto" says nothing beside "--restart"/);
  });

  it('interrupted while a stage is made: 130, and the next one makes it', async () => {
    fakes.answer('ansible-playbook-site.yml', 'hold play; exit 99');
    const running = walk(typing('').ask);
    await fakes.until(/^held play /m);
    controller.abort();
    fakes.release();
    const { code, err } = await running;
    assert.equal(code, 130, err);
    assert.match(err, /interrupted in the phase "play"[^]*Go on with "labgen walk"/);
    assert.deepEqual(state(), { lab: 'small', stage: 'first', made: false });
    fakes.usual('ansible-playbook-site.yml');
    controller = new AbortController();
    const next = typing('', 'q');
    const { out } = await walk(next.ask);
    assert.match(out, /^walk: going on at stage 1 of 2, "first"\n\nsmall, stage 1 of 2/);
    assert.deepEqual(state(), { lab: 'small', stage: 'first', made: true });
  });

  it('interrupted at the prompt: 130, and the place is kept; so it is at the end of input', async () => {
    const { code, err } = await walk(typing('', () => { controller.abort(); return undefined; }).ask);
    assert.deepEqual([code, err], [130, 'labgen: interrupted; "labgen walk" goes on from here\n']);
    assert.deepEqual(state(), { lab: 'small', stage: 'first', made: true });
    controller = new AbortController();
    const ended = await walk(typing('', undefined as unknown as string).ask);
    assert.deepEqual([ended.code, state()], [0, { lab: 'small', stage: 'first', made: true }]);
  });

  it('lets look into checks that do not pass; where nobody is asked it ends there', async () => {
    server.answer = (command) => ({ code: command.includes('forwards') ? 1 : 0, stdout: command.includes('sysctl') ? '1\n' : 'said\n' });
    writeFileSync(join(fakes.folder, 'lab.yaml'), LAB.replace('run: forwards }, why', 'run: forwards }, within: 0s, why'));
    const { code, out } = await walk(typing('', 'q').ask, '--goto', 'last');
    assert.equal(code, 0);
    assert.match(out, /walk: not all checks pass\. "c" runs them again\./);
    assert.equal((await walk(undefined, '--restart')).code, 1);
  });

  it('holds the folder only while it changes something', async () => {
    let held: boolean | undefined;
    await walk(typing('', () => { held = existsSync(join(fakes.lab, '.labgen/lock')); return 'q'; }).ask);
    assert.equal(held, false);
    // For `labgen serve`.
    const told = readFileSync(join(fakes.lab, '.labgen/journal.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; verb?: string; name?: string });
    assert.deepEqual(told.slice(-2), [{ kind: 'begin', verb: 'walk', lab: 'small', stage: 'first' }, { kind: 'phase', name: 'try' }]);
    assert.ok(told.some((each) => each.kind === 'begin' && each.verb === 'up'));
  });

  it('takes nothing for its place that is of another lab, or no state', async () => {
    await walk(typing('', 'q').ask, '--goto', 'last');
    for (const text of ['{', '[]', '{"lab":"other","stage":"last","made":true}', '{"lab":"small","stage":"gone","made":true}']) {
      writeFileSync(join(fakes.lab, '.labgen/walk.json'), text);
      assert.match((await walk(typing('q').ask)).out, /^small, stage 1 of 2/, text);
    }
  });
});

describe('what is typed at the prompt of walk', () => {
  it('is read as meant', () => {
    assert.deepEqual(['', ' n ', 'Q', 'b', 'c', 'm', 'p', 's', '?'].map((line) => readWalkWords(line).to), ['next', 'next', 'quit', 'back', 'check', 'measure', 'predict', 'steps', 'help']);
    assert.deepEqual(readWalkWords('t'), { to: 'shell', node: undefined });
    assert.deepEqual(readWalkWords('t net-1'), { to: 'shell', node: 'net-1' });
    assert.deepEqual(readWalkWords('e c1 c2 80'), { to: 'explain', from: 'c1', end: 'c2', port: '80' });
    assert.deepEqual(readWalkWords('f c1 c2'), { to: 'trace', from: 'c1', end: 'c2', port: undefined });
    assert.deepEqual(readWalkWords('12'), { to: 'step', number: 12 });
    for (const line of ['e c1', 'f c1', 'm now', 'q now', 't a b', '123', 'constructor', '__proto__']) assert.equal(readWalkWords(line).to, 'unknown', line);
  });
});
