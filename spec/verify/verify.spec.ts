import assert from 'node:assert/strict';
import { NodeUnreachable } from '../../generator/model/connections.js';
import type { Check, CheckKind } from '../../generator/model/check.js';
import type { Verdict } from '../../generator/model/verdict.js';
import { verify } from '../../generator/verify/verify.js';
import { check, Clock, container, FakeNodes, labOf, said, wordKind, type Answer } from './fakes.js';

const NEVER = { is: 'unreachable' } as const;

describe('verify', () => {
  let clock: Clock;
  let nodes: FakeNodes;
  beforeEach(() => (clock = new Clock()));

  async function run(checks: readonly Check[], answer: Answer, kinds: readonly CheckKind[] = [wordKind()], more: object = {}): Promise<readonly Verdict[]> {
    nodes = new FakeNodes((node, argv) => (argv[0] === 'sh' && argv[2]?.includes('docker ps') ? said('') : answer(node, argv)));
    const { verdicts } = await verify(labOf(), nodes, { kinds, checks, now: clock.now, sleep: clock.sleep, ...more });
    return verdicts;
  }
  /** Answers in turn; the last one stays. */
  const inTurn = (...words: string[]): Answer => {
    let i = 0;
    return () => said(words[Math.min(i++, words.length - 1)] ?? '');
  };
  const one = async (...args: Parameters<typeof run>): Promise<Verdict> => {
    const [verdict] = await run(...args);
    assert.ok(verdict);
    return verdict;
  };

  it('passes at once, with all a report needs', async () => {
    assert.deepEqual(await one([check()], inTurn('works')), { check: check(), state: 'passed', node: 'net-1', command: 'say it', expected: 'it works', seen: 'said works', why: 'because', seconds: 0, attempts: 1 });
  });

  it('polls a positive check until it holds', async () => {
    const verdict = await one([check({ is: 'works' }, 30)], inTurn('unreachable', 'not-run', 'differs', 'works', 'unreachable'));
    assert.deepEqual([verdict.state, verdict.attempts, verdict.seconds], ['passed', 4, 3]);
  });

  it('gives up at the end of the window, with a last look', async () => {
    const verdict = await one([check({ is: 'works' }, 5)], inTurn('unreachable'));
    assert.deepEqual([verdict.state, verdict.attempts, verdict.seconds], ['failed', 6, 5]);
  });

  it('asks once where there is no window', async () => {
    assert.equal((await one([check()], inTurn('unreachable', 'works'))).attempts, 1);
    assert.equal((await one([check(NEVER)], inTurn('unreachable'))).attempts, 1);
  });

  it('does not count against a check what dockerd took to answer at all, within limits', async () => {
    const needsDocker = wordKind({ probe: (_subject, facts) => (facts.pid('c1') === 0 ? { notRun: 'c1 does not run' } : { command: { node: 'net-1', argv: ['say', 'it'] }, read: () => ({ state: 'works', seen: 'ok' }) }) });
    const inspected = said(JSON.stringify([{ Name: '/c1', State: { Running: true, Pid: 7 } }]));
    const after = async (hangs: number): Promise<Verdict | undefined> => {
      clock.time = 0;
      nodes = new FakeNodes((_node, argv) => {
        if (argv[0] !== 'sh') return said('works');
        if (hangs-- <= 0) return inspected;
        clock.time += 30_000;
        return { code: undefined, stdout: '', stderr: '' };
      });
      return (await verify(labOf([container('c1', 'net-1')]), nodes, { kinds: [needsDocker], checks: [check({ is: 'works' }, 20, { node: 'c1' })], now: clock.now, sleep: clock.sleep })).verdicts[0];
    };
    const late = await after(3);
    assert.equal(late?.state, 'passed', JSON.stringify(late));
    const never = await after(99);
    assert.deepEqual([never?.state, never?.seen], ['not-run', 'Docker on net-1 did not answer: no end after 30 s']);
    assert.ok((never?.seconds ?? 0) >= 140 && (never?.seconds ?? 0) < 200, String(never?.seconds));
  });

  it('begins the window of a negative check again after dockerd did not answer', async () => {
    const needsDocker = wordKind({ probe: (_subject, facts) => (facts.pid('c1') === 0 ? { notRun: 'c1 does not run' } : { command: { node: 'net-1', argv: ['say', 'it'] }, read: () => ({ state: 'unreachable', seen: 'silence' }) }) });
    const inspected = said(JSON.stringify([{ Name: '/c1', State: { Running: true, Pid: 7 } }]));
    const ran = async (within: number, more: object, ...hangs: boolean[]): Promise<Verdict | undefined> => {
      clock.time = 0;
      nodes = new FakeNodes((_node, argv) => {
        if (argv[0] !== 'sh') return said('');
        if (hangs.shift() !== true) return inspected;
        clock.time += 30_000;
        return { code: undefined, stdout: '', stderr: '' };
      });
      return (await verify(labOf([container('c1', 'net-1')]), nodes, { kinds: [needsDocker], checks: [check(NEVER, within, { node: 'c1' })], now: clock.now, sleep: clock.sleep, ...more })).verdicts[0];
    };
    assert.equal((await ran(0, {}, true))?.state, 'passed');
    assert.equal((await ran(3, {}, false, true))?.state, 'passed');
    assert.equal((await ran(3, { stallMs: 0 }, true, true))?.state, 'not-run', 'whoever gives a limit means it');
  });

  it('demands of a negative check that it holds throughout', async () => {
    const good = await one([check(NEVER, 4)], inTurn('unreachable'));
    assert.deepEqual([good.state, good.attempts, good.seconds], ['passed', 5, 4]);
    clock.time = 0;
    const late = await one([check(NEVER, 4)], inTurn('unreachable', 'unreachable', 'works', 'unreachable'));
    assert.deepEqual([late.state, late.attempts], ['failed', 3]);
  });

  it('asks a negative check at least twice, however slow the probe', async () => {
    const verdict = await one([check(NEVER, 2)], () => {
      clock.time += 3000;
      return said('unreachable');
    });
    assert.deepEqual([verdict.state, verdict.attempts], ['passed', 2]);
  });

  it('does not count a negative check as held when it could not be asked', async () => {
    assert.equal((await one([check(NEVER, 3)], inTurn('unreachable', 'not-run', 'unreachable'))).state, 'not-run');
    assert.equal((await one([check(NEVER, 3)], inTurn('not-run'))).state, 'not-run');
    assert.equal((await one([check(NEVER, 3)], inTurn('not-run', 'unreachable'))).state, 'passed');
  });

  it('waits for what a negative check is about as long as it is told to, and then lets it hold for its window', async () => {
    const absent = Array.from({ length: 15 }, () => 'not-run');
    const patient = await one([check(NEVER, 3)], inTurn(...absent, 'unreachable'), [wordKind()], { patienceMs: 60_000 });
    assert.deepEqual([patient.state, patient.seconds > 20 && patient.seconds < 60], ['passed', true], String(patient.seconds));
    clock.time = 0;
    const never = await one([check(NEVER, 3)], inTurn('not-run'), [wordKind()], { patienceMs: 60_000 });
    assert.deepEqual([never.state, never.seconds >= 60 && never.seconds < 80], ['not-run', true], String(never.seconds));
    clock.time = 0;
    assert.equal((await one([check(NEVER, 3)], inTurn('unreachable', 'not-run', 'unreachable'), [wordKind()], { patienceMs: 60_000 })).state, 'not-run', 'what was there and is gone was not seen to hold');
  });

  it('asks less and less often for what does not come, and once more at the end', async () => {
    const verdict = await one([check({ is: 'works' }, 300)], inTurn('unreachable'));
    assert.deepEqual([verdict.state, verdict.seconds], ['failed', 300]);
    assert.ok(verdict.attempts > 20 && verdict.attempts < 40, String(verdict.attempts));
    clock.time = 0;
    const brief = await one([check({ is: 'works' }, 5)], inTurn('unreachable', 'unreachable', 'unreachable', 'works'));
    assert.deepEqual([brief.state, brief.attempts, brief.seconds], ['passed', 4, 3], 'a short window is asked each second');
  });

  describe('the target of a negative check', () => {
    const kind = wordKind({ probe: (subject, facts, expect) => ({ ...wordKind().probe(subject, facts, expect), alive: { node: 'net-2', argv: ['alive?'] } }) });
    const answer = (alive: (nth: number) => number): Answer => {
      let nth = 0;
      return (_node, argv) => (argv[0] === 'alive?' ? said('', alive(++nth), 'Connection refused') : said('unreachable'));
    };

    it('has to be alive, or silence proves nothing', async () => {
      const verdict = await one([check(NEVER)], answer(() => 1), [kind]);
      assert.equal(verdict.state, 'not-run');
      assert.equal(verdict.seen, 'the target does not even answer itself, so silence proves nothing: on net-2, \'alive?\' ended with 1 (Connection refused)');
    });

    it('may come up within the window', async () => {
      assert.equal((await one([check(NEVER, 5)], answer((nth) => (nth < 3 ? 1 : 0)), [kind])).state, 'passed');
    });

    it('is asked at both ends of the window only', async () => {
      await one([check(NEVER, 5)], answer(() => 0), [kind]);
      assert.equal(nodes.asked.filter((line) => line.includes('alive?')).length, 2);
      assert.equal((await one([check(NEVER, 5)], answer((nth) => (nth === 1 ? 0 : 1)), [kind])).state, 'not-run');
    });
  });

  it('goes on where a node cannot be reached', async () => {
    const verdicts = await run([check({ is: 'works' }, 30, { node: 'net-2' }), check()], (node) => {
      if (node === 'net-2') throw new NodeUnreachable('net-2', 'no route to host');
      return said('works');
    });
    assert.deepEqual(verdicts.map((verdict) => [verdict.state, verdict.node, verdict.seen, verdict.attempts]), [
      ['not-run', 'net-2', 'node net-2 cannot be reached: no route to host', 1],
      ['passed', 'net-1', 'said works', 1],
    ]);
  });

  it('turns everything that goes wrong with one check into a reason', async () => {
    const broken = wordKind({ name: 'broken', probe: () => { throw new Error('oh'); } });
    const cannot = wordKind({ name: 'cannot', probe: () => ({ notRun: 'container c1 does not run' }) });
    const verdicts = await run([check({ is: 'works' }, 2, {}, 'broken'), check({ is: 'works' }, 2, {}, 'cannot'), check({ is: 'works' }, 2, {}, 'none'), check({ is: 'pattern', pattern: '(', flags: '' })], () => said('works'), [broken, cannot, wordKind({ probe: () => ({ command: { node: 'net-1', argv: ['x'] }, read: () => ({ state: 'works', value: 'x', seen: 'x' }) }) })]);
    assert.deepEqual(verdicts.map((verdict) => verdict.state), ['not-run', 'not-run', 'not-run', 'not-run']);
    assert.deepEqual(verdicts.slice(0, 3).map((verdict) => verdict.seen), ['labgen could not ask: oh', 'container c1 does not run', 'labgen has no kind of check "none"']);
    assert.match(verdicts[3]?.seen ?? '', /labgen could not ask: Invalid regular expression/);
  });

  it('asks all nodes at once, and tells verdicts as they come, but lists them in the lab\'s order', async () => {
    const told: string[] = [];
    let go = (): void => {};
    const slow = new Promise<void>((resolve) => (go = resolve));
    const verdicts = await run([check(undefined, 0, { node: 'net-1' }), check(undefined, 0, { node: 'net-2' })], async (node) => {
      if (node === 'net-1') await slow.then(() => new Promise(setImmediate));
      else go();
      return said('works');
    }, undefined, { onVerdict: (verdict: Verdict) => told.push(verdict.node) });
    assert.deepEqual(told, ['net-2', 'net-1']);
    assert.deepEqual(verdicts.map((verdict) => verdict.node), ['net-1', 'net-2']);
  });

  it('stops asking when interrupted', async () => {
    const stop = new AbortController();
    const verdict = await one([check({ is: 'works' }, 3600)], () => {
      stop.abort();
      return said('unreachable');
    }, undefined, { signal: stop.signal });
    assert.deepEqual([verdict.state, verdict.seen, verdict.attempts], ['not-run', 'interrupted', 2]);
  });

  it('has few observers at a time, starts them first, and hears what they say', async () => {
    let running = 0;
    let most = 0;
    const kind = wordKind({
      probe: (subject) => ({
        command: { node: 'net-1', argv: ['send'] }, observer: { node: 'net-2', argv: ['watch'] },
        read: (result, observed) => ({ state: 'works', seen: `${String(subject['i'])} ${result.stdout} ${observed?.stdout}` }),
      }),
    });
    const verdicts = await run(Array.from({ length: 6 }, (_, i) => check(undefined, 0, { node: 'net-1', i })), async (_node, argv) => {
      if (argv[0] === 'watch') most = Math.max(most, ++running);
      await Promise.resolve();
      if (argv[0] === 'send') running--;
      return said(argv[0] === 'send' ? 'sent' : '10.0.0.1');
    }, [kind]);
    assert.equal(most, 2);
    assert.equal(verdicts[5]?.seen, '5 sent 10.0.0.1');
  });

  it('counts', async () => {
    const lab = labOf([container('c1', 'net-1')]);
    nodes = new FakeNodes((node) => said(node === 'net-1' ? 'works' : node === 'net-2' ? 'differs' : 'not-run'));
    const found = await verify({ ...lab, checks: ['net-1', 'net-2', 'net-3'].map((node) => check(undefined, 0, { node: 'net-1', on: node })) }, nodes, {
      kinds: [wordKind({ probe: (subject) => ({ command: { node: String(subject['on']), argv: ['say'] }, read: (result) => ({ state: result.stdout as 'works', seen: '' }) }) })], now: clock.now, sleep: clock.sleep,
    });
    assert.deepEqual([found.lab, found.stage, found.passed, found.failed, found.notRun], ['gre', 'open', 1, 1, 1]);
  });
});
