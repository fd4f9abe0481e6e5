/** The agent that measures, in a world built for it: what is reached, as whom, with how much. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World, WorldInterface } from '../../generator/model/world.js';
import type { Question } from '../../generator/predict/question.js';
import { disagreement, isNotMeasured, measure, type Measured } from '../../generator/verify/matrix.js';
import type { Connections } from '../../generator/model/connections.js';
import { NodeUnreachable } from '../../generator/model/connections.js';
import { root } from '../support/context.js';
import { RealWorld } from '../support/realise.js';
import { rule, space } from '../support/world-parts.js';

const plug = (name: string, wire: string, mtu: number, ...addresses: string[]): WorldInterface => ({ name, kind: 'ethernet', mtu, wire, addresses });

/** a and d — b (a router that masquerades IPv4) — c (a server); to c no more than 1400 bytes. */
const world: World = {
  gaps: [],
  endpoints: ['a', 'b', 'c', 'd'].map((name) => ({ name, kind: 'node', space: name, addresses: [] })),
  spaces: [
    space('a', { interfaces: [plug('e0', 'near', 1500, '10.0.0.1/24', 'fd00::1/64')], routes: [{ to: '0.0.0.0/0', via: '10.0.0.2' }, { to: '::/0', via: 'fd00::2' }] }),
    space('b', {
      interfaces: [plug('e0', 'near', 1500, '10.0.0.2/24', 'fd00::2/64'), plug('e1', 'far', 1400, '10.0.1.2/24', 'fd01::2/64')],
      forwards: { 4: true, 6: true },
      chains: [
        { family: 4, table: 'nat', name: 'POSTROUTING', rules: [rule({ out: { is: 'e1' } }, { kind: 'masquerade' })] },
        { family: 4, table: 'nat', name: 'PREROUTING', rules: [rule({ protocol: { is: 'tcp' }, destinationPort: 8080 }, { kind: 'dnat', address: '10.0.1.3', port: 80 })] },
        { family: 6, table: 'filter', name: 'FORWARD', rules: [rule({ protocol: { is: 'udp' }, sourcePort: 7 }, { kind: 'drop' })] },
      ],
      listeners: [{ protocol: 'tcp', port: 90, what: 'docker-proxy', forwardsTo: { address: '10.0.1.3', port: 81 } }, { protocol: 'tcp', port: 91, what: 'docker-proxy', forwardsTo: { address: '10.0.1.3', port: 80 } }],
    }),
    space('c', {
      interfaces: [plug('e0', 'far', 1400, '10.0.1.3/24', 'fd01::3/64')],
      routes: [{ to: '::/0', via: 'fd01::2' }],
      listeners: [{ protocol: 'tcp', port: 80, what: 'httpd' }, { protocol: 'udp', port: 7, what: 'echo' }, { protocol: 'udp', port: 53, what: 'a name server' }],
    }),
    space('d', { interfaces: [plug('e0', 'near', 1400, '10.0.0.4/24', 'fd00::4/64')] }),
  ],
};

const ask = (from: string, to: string, address: string, protocol: Question['protocol'], port?: number): Question => ({ from, to, address, protocol, family: address.includes(':') ? 6 : 4, ...(port !== undefined && { port }) });
const reached = (seenAs: string, maxBytes: number): Measured => ({ verdict: 'reached', seenAs, maxBytes });
const TRUTH: readonly (readonly [Question, Measured])[] = [
  [ask('a', 'c', '10.0.1.3', 'icmp'), reached('10.0.1.2', 1400)],
  [ask('a', 'c', '10.0.1.3', 'tcp', 80), reached('10.0.1.2', 1400)],
  [ask('a', 'c', '10.0.1.3', 'tcp', 81), { verdict: 'stopped', seenAs: '10.0.1.2' }],
  [ask('a', 'c', '10.0.1.3', 'udp', 7), reached('10.0.1.2', 1400)],
  [ask('a', 'c', '10.0.1.3', 'udp', 53), reached('10.0.1.2', 1400)],
  [ask('a', 'c', '10.0.1.3', 'udp', 54), { verdict: 'stopped', seenAs: '10.0.1.2' }],
  [ask('a', 'c', '10.0.0.2', 'tcp', 8080), reached('10.0.1.2', 1400)],
  [ask('a', 'b', '10.0.0.2', 'tcp', 90), { verdict: 'stopped', seenAs: '10.0.0.1' }],
  [ask('a', 'b', '10.0.0.2', 'tcp', 91), reached('10.0.1.2', 1500)],
  [ask('a', 'c', 'fd01::3', 'icmp'), reached('fd00::1', 1400)],
  [ask('a', 'c', 'fd01::3', 'tcp', 80), reached('fd00::1', 1400)],
  // The answer is stopped on its way back.
  [ask('a', 'c', 'fd01::3', 'udp', 7), { verdict: 'stopped', seenAs: 'fd00::1' }],
  [ask('a', 'c', 'fd01::3', 'udp', 53), reached('fd00::1', 1400)],
  [ask('c', 'a', '10.0.0.1', 'icmp'), { verdict: 'stopped' }],
  [ask('c', 'a', 'fd00::1', 'icmp'), reached('fd01::3', 1400)],
  [ask('d', 'a', '10.0.0.1', 'icmp'), reached('10.0.0.4', 1400)],
  [ask('a', 'nobody', '10.0.0.99', 'icmp'), { verdict: 'stopped' }],
];
const questions = TRUTH.map(([question]) => question);
const told = (all: readonly Measured[]): readonly string[] => all.map((each, at) => `${JSON.stringify(questions[at])}: ${JSON.stringify(each)}`);
const truth = told(TRUTH.map(([, answer]) => answer));

describe('measuring a world', function () {
  this.timeout(60_000);
  let real: RealWorld;
  before(async () => {
    real = await RealWorld.make(world);
  });
  after(() => real.end());

  it('says of each question what is so, whatever size was expected', async () => {
    const right = await real.measure(questions, { waitMs: 500, expects: (question) => TRUTH.map(([each, answer]) => (each === question && 'maxBytes' in answer ? answer.maxBytes : undefined)).find((size) => size !== undefined) });
    assert.deepEqual(told(right), truth);
    const wrong = await real.measure(questions, { waitMs: 500, expects: (question) => (question.family === 4 ? 1399 : 9000) });
    assert.deepEqual(told(wrong), truth);
  });

  it('says what could not be asked', async () => {
    const [answer] = await real.measure([ask('nobody', 'a', '10.0.0.1', 'icmp')]);
    assert.deepEqual(answer, { notMeasured: 'nobody is no endpoint' });
  });

  it('is gone with whoever made it, however that ends', async () => {
    // It is built and then held by a process that is killed.
    const code = `import { RealWorld } from './spec/support/realise.ts'; const real = await RealWorld.make(${JSON.stringify(world)}); console.log(real.pid); setInterval(() => {}, 1000);`;
    const maker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<string>((done) => maker.stdout.once('data', (chunk: Buffer) => done(chunk.toString('utf8').trim())));
    assert.match(pid, /^\d+$/);
    assert.ok(existsSync(`/proc/${pid}`));
    maker.kill('SIGKILL');
    for (let tries = 0; tries < 200 && existsSync(`/proc/${pid}`); tries++) await sleep(50);
    assert.ok(!existsSync(`/proc/${pid}`));
  });

  it('says why a world cannot be built', async () => {
    const bad: World = { ...world, spaces: world.spaces.map((each) => ({ ...each, routes: [{ to: '10.9.0.0/24', via: '10.250.0.1' }] })) };
    await assert.rejects(RealWorld.make(bad), /the world was not built: .*invalid gateway/);
  });
});

describe('putting together what was measured', () => {
  const place = () => ({ node: 'net-1' });
  const options = { nonce: '0123456789abcdef', place };
  const question = ask('a', 'b', '10.0.0.2', 'icmp');
  const fake = (go: string, end: string): Connections => ({
    run: async (_node, argv) => ({ code: 0, stdout: argv.at(-1) === 'go' ? go : '', stderr: '' }),
    observe: async () => ({ ready: true, ended: Promise.resolve({ code: 0, stdout: `ready\n${end}`, stderr: '' }), stop: () => {} }),
    close: async () => {},
  });

  it('says of a node that is not there, and of one that says rubbish, that nothing was measured', async () => {
    const gone: Connections = { ...fake('', ''), observe: async () => Promise.reject(new NodeUnreachable('net-1', 'no answer')) };
    assert.deepEqual(await measure([question], gone, options), [{ notMeasured: 'node net-1 cannot be reached: no answer' }]);
    for (const [go, end] of [['rubbish', '{}'], ['[]', '{}'], ['{}', 'rubbish']] as const) {
      const [answer] = await measure([question], fake(go, end), options);
      assert.ok(answer && isNotMeasured(answer), go);
    }
    assert.deepEqual(await measure([question], fake('{"0": {"reached": false}}', '{"seen": [], "broken": {"0": "no such process"}}'), options), [{ notMeasured: 'a: no such process' }]);
  });

  it('does not take for reached what somebody else with the same address took in, but for whom it was translated', async () => {
    const apart = { ...options, place: (endpoint: string) => ({ node: 'net-1', namespace: { name: endpoint } }) };
    const asked = [question, ask('c', 'a', '10.0.0.1', 'icmp')];
    const by = async (space: number, destination: string): Promise<Measured | undefined> => (await measure(asked, fake('{"0": {"reached": true, "maxBytes": 1500}}', `{"seen": [[0, ${space}, "10.0.0.1", "${destination}"]], "broken": {}}`), apart))[0];
    const [b, c] = [1, 2];
    assert.deepEqual(await by(b, '10.0.0.2'), { verdict: 'reached', seenAs: '10.0.0.1', maxBytes: 1500 });
    assert.deepEqual(await by(c, '10.0.0.2'), { verdict: 'stopped' });
    assert.deepEqual(await by(c, '10.0.0.9'), { verdict: 'reached', seenAs: '10.0.0.1', maxBytes: 1500 });
  });

  it('tells in what answers differ', () => {
    const right = { verdict: 'reached', seenAs: 'fd00::1', maxBytes: 1500 } as const;
    assert.equal(disagreement(right, { ...right, seenAs: 'fd00:0::1' }), undefined);
    assert.equal(disagreement({ verdict: 'stopped', stoppedAt: { node: 'a', reason: 'no route' } }, { verdict: 'stopped' }), undefined);
    assert.match(disagreement(right, { verdict: 'stopped', seenAs: 'fd00::1' }) ?? '', /^predicted reached, measured stopped$/);
    assert.match(disagreement(right, { ...right, seenAs: 'fd00::2' }) ?? '', /^seen as: predicted fd00::1, measured fd00::2$/);
    assert.match(disagreement(right, { ...right, maxBytes: 1499 }) ?? '', /^largest packet: predicted 1500, measured 1499$/);
    assert.equal(disagreement({ verdict: 'reached', answeredBy: 'the service web' }, { verdict: 'reached', maxBytes: 1399 }), undefined);
    assert.match(disagreement({ verdict: 'reached', answeredBy: 'the service web' }, { verdict: 'stopped' }) ?? '', /^predicted reached, measured stopped$/);
    assert.match(disagreement({ verdict: 'stopped' }, { verdict: 'stopped', seenAs: '10.0.0.1' }) ?? '', /^seen as: predicted nothing/);
  });
});
