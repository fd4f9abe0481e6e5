import assert from 'node:assert/strict';
import type { Verdict, Verdicts } from '../../generator/model/verdict.js';
import { verdictsJson } from '../../generator/report/json.js';
import { verdictsJunit } from '../../generator/report/junit.js';
import { oneLine, plain, secondsText } from '../../generator/report/plain.js';
import { verdictsTap } from '../../generator/report/tap.js';
import { verdictsText } from '../../generator/report/text.js';

const verdict = (id: string, more: Partial<Verdict> = {}, from = 'lab'): Verdict => ({
  check: { id, kind: 'ping', subject: { from: 'c1', to: 'c2' }, expect: { is: 'works' }, within: 15, why: '', from },
  state: 'passed', node: 'net-1', command: 'nsenter -t 100 -n ping 172.17.128.2', expected: 'it works', seen: '64 bytes from 172.17.128.2', why: '', seconds: 0.2, attempts: 1, ...more,
});

const FAILED: Partial<Verdict> = { state: 'failed', seen: 'no answer: <lost> & "gone"', why: "Docker's FORWARD policy drops it", seconds: 15.02, attempts: 16 };
const some: Verdicts = {
  lab: 'gre', stage: 'open', passed: 1, failed: 1, notRun: 1, seconds: 15.1234,
  verdicts: [verdict('ping net-1 → net-2'), verdict('ping c1 → c2', FAILED, 'open'), verdict('tcp c1 → c2:80', { state: 'not-run', node: '', command: '', seen: 'container c1 does not run on net-1', seconds: 0 }, 'open')],
};
/** A node that says what no terminal, XML parser or TAP reader should obey. */
const EVIL = '\u001b[31mred\u0007\u0000 ]]> <x a="1"> # SKIP\r\nnot ok 1\u202e\u009b2J\ud800 \ufffe';
const evil: Verdicts = { lab: 'gre', stage: undefined, passed: 0, failed: 1, notRun: 0, seconds: 1, verdicts: [verdict('command net-1 echo # TODO \u001b[2J', { state: 'failed', seen: EVIL, command: `sh -c '${EVIL}'`, node: 'net-1' })] };

// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufffe]/;

describe('report of verdicts', () => {
  it('text', () => {
    assert.equal(verdictsText(some, { colour: false }), `lab
  ✓ passed   ping net-1 → net-2  (0.2 s)

open
  ✗ FAILED   ping c1 → c2  (15.0 s)
      node:      net-1
      command:   nsenter -t 100 -n ping 172.17.128.2
      expected:  it works
      seen:      no answer: <lost> & "gone"
      why:       Docker's FORWARD policy drops it
  – not run  tcp c1 → c2:80
      reason:    container c1 does not run on net-1

verify gre (open): 1 passed, 1 failed, 1 not run in 15.1 s
`);
  });

  it('text in colour only if asked', () => {
    assert.match(verdictsText(some, { colour: true }), /\u001b\[32m✓ passed \u001b\[0m {2}ping/);
    assert.ok(!verdictsText(some, { colour: false }).includes('\u001b'));
  });

  it('text without a stage, all well', () => {
    const good: Verdicts = { ...some, stage: undefined, verdicts: [verdict('a')], passed: 1, failed: 0, notRun: 0, seconds: 64.4 };
    assert.equal(verdictsText(good, { colour: false }), 'lab\n  ✓ passed   a  (0.2 s)\n\nverify gre: 1 passed, 0 failed, 0 not run in 1 min 4 s\n');
  });

  it('JSON', () => {
    const parsed = JSON.parse(verdictsJson(some)) as { checks: Record<string, unknown>[] };
    assert.deepEqual({ ...parsed, checks: parsed.checks.slice(0, 1) }, {
      lab: 'gre', stage: 'open', passed: 1, failed: 1, notRun: 1, seconds: 15.123,
      checks: [{
        id: 'ping net-1 → net-2', kind: 'ping', from: 'lab', state: 'passed', node: 'net-1', command: 'nsenter -t 100 -n ping 172.17.128.2', expected: 'it works', seen: '64 bytes from 172.17.128.2', why: '', seconds: 0.2, attempts: 1,
        subject: { from: 'c1', to: 'c2' }, expect: { is: 'works' }, within: 15,
      }],
    });
    assert.deepEqual(parsed.checks.map((check) => check['state']), ['passed', 'failed', 'not-run']);
    assert.equal((JSON.parse(verdictsJson(evil)) as typeof parsed).checks[0]?.['seen'], EVIL, 'the same, once parsed');
  });

  it('JUnit', () => {
    assert.equal(verdictsJunit(some), `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="labgen gre (open)" tests="3" failures="1" errors="1" skipped="0" time="15.123">
  <testsuite name="lab" tests="1" failures="0" errors="0" skipped="0" time="0.200">
    <testcase classname="gre (open) lab" name="ping net-1 → net-2" time="0.200"/>
  </testsuite>
  <testsuite name="open" tests="2" failures="1" errors="1" skipped="0" time="15.020">
    <testcase classname="gre (open) open" name="ping c1 → c2" time="15.020">
      <failure message="expected it works; seen: no answer: &lt;lost&gt; &amp; &quot;gone&quot;" type="ping">node: net-1
command: nsenter -t 100 -n ping 172.17.128.2
expected: it works
seen: no answer: &lt;lost&gt; &amp; &quot;gone&quot;
why: Docker&apos;s FORWARD policy drops it</failure>
    </testcase>
    <testcase classname="gre (open) open" name="tcp c1 → c2:80" time="0.000">
      <error message="not run: container c1 does not run on net-1" type="ping">expected: it works
seen: container c1 does not run on net-1</error>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('TAP 14', () => {
    assert.equal(verdictsTap(some), `TAP version 14
1..3
ok 1 - lab: ping net-1 → net-2
not ok 2 - open: ping c1 → c2
  ---
  message: "expected it works"
  severity: "fail"
  node: "net-1"
  command: "nsenter -t 100 -n ping 172.17.128.2"
  seen: "no answer: <lost> & \\"gone\\""
  why: "Docker's FORWARD policy drops it"
  ...
not ok 3 - open: tcp c1 → c2:80
  ---
  message: "not run"
  severity: "error"
  seen: "container c1 does not run on net-1"
  ...
# verify gre (open): 1 passed, 1 failed, 1 not run
`);
  });

  it('none at all', () => {
    const none: Verdicts = { ...some, verdicts: [], passed: 0, failed: 0, notRun: 0, seconds: 0 };
    assert.equal(verdictsText(none, { colour: false }), 'verify gre (open): 0 passed, 0 failed, 0 not run in 0.0 s\n');
    assert.ok(verdictsTap(none).startsWith('TAP version 14\n1..0\n'));
    assert.match(verdictsJunit(none), /tests="0"/);
  });

  for (const [name, text] of [['text', verdictsText(evil, { colour: false })], ['JSON', verdictsJson(evil)], ['JUnit', verdictsJunit(evil)], ['TAP', verdictsTap(evil)]] as const) {
    it(`${name}: nothing a node says is obeyed`, () => assert.doesNotMatch(text, OBEYED));
  }

  it('XML stays whole, TAP has no directive and no line of the node\'s making', () => {
    const xml = verdictsJunit(evil);
    assert.ok(!xml.includes(']]>') && !xml.includes('<x '));
    const lines = verdictsTap(evil).split('\n');
    assert.equal(lines.filter((line) => /^(not )?ok\b/.test(line)).length, 1);
    assert.equal(lines[2], 'not ok 1 - lab: command net-1 echo \\# TODO \\\\x1b[2J');
  });

  it('keeps signs of all scripts, and whole emoji', () => {
    assert.equal(plain('ü → 网络 😀\n\tok'), 'ü → 网络 😀\n\tok');
    assert.equal(plain('\ud83d'), '\\ud83d');
    assert.equal(oneLine(' a\n  b\t c '), 'a ⏎ b  c');
    assert.equal(oneLine('x'.repeat(9), 5), 'xxxxx…');
    assert.deepEqual([secondsText(0.04), secondsText(59.94), secondsText(61)], ['0.0 s', '59.9 s', '1 min 1 s']);
  });
});
