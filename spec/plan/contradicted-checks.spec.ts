/** Which checks are said to expect otherwise than is predicted: those where the prediction knows, and no others. */
import assert from 'node:assert/strict';
import type { Check } from '../../generator/model/check.js';
import { contradictedChecks } from '../../generator/plan/contradicted-checks.js';
import { features, placeOfCheck } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { labOf, labText, validated } from '../support/labs.js';

const LAB = `
lab: two
networks: { lan: { subnet: 192.168.56.0/24, subnet6: "fd56::/64" } }
nodes: { a: { docker: false }, b: {} }
containers:
  web: { node: b, network: host, command: [httpd, -f, -p, "80"] }
  other: { node: b, image: "nginx:1.27", ports: ["8080:80"] }
firewall: [{ node: b, hook: input, protocol: tcp, port: 81, action: drop }]
checks:
`;
/** With one check, and maybe a rule more. */
const told = (check: string, rule = ''): readonly string[] => {
  const lab = labOf(`${LAB.replace('action: drop }]', `action: drop }${rule === '' ? '' : `, ${rule}`}]`)}  - ${check}\n`);
  return contradictedChecks(worldOf(lab, features), lab.checks).map(({ check: { id }, answer }) => `${id}: ${answer.verdict}`);
};

describe('checks and the prediction', () => {
  for (const [title, check] of [
    ['a way that is said to be closed and is open', '{ ping: { from: a, to: b }, expect: unreachable }'],
    ['a port that is said to be closed and is open', '{ http: { from: a, to: b }, expect: unreachable }'],
    ['a port that is said to say nothing and is open', '{ tcp: { from: a, to: b, port: 80 }, expect: timeout }'],
    ['a port that is said to be open, and a rule drops it', '{ tcp: { from: a, to: b, port: 81 } }'],
    ['whatever it is to say', '{ http: { from: a, to: b, port: 81 }, expect: [200, 300..399] }'],
    ['a way to a container that nothing leads to', '{ ping: { from: a, to: other } }'],
    ['a source that is another', '{ source: { from: other, to: a, seenAs: other } }'],
    ['IPv6', '{ ping: { from: a, to: b, family: 6 }, expect: unreachable }'],
    ['an address of the lab', '{ ping: { from: a, to: 192.168.56.12 }, expect: unreachable }'],
  ] as const) {
    it(`tell ${title}`, () => assert.equal(told(check).length, 1, told(check).join()));
  }

  for (const [title, check, more] of [
    ['what holds', '{ ping: { from: a, to: b } }'],
    ['a port that refuses: an unknown program may listen or not', '{ tcp: { from: a, to: other, port: 80 }, expect: refused }'],
    ['one of several, of which one is that nobody answers', '{ tcp: { from: a, to: b, port: 80 }, expect: [refused, timeout] }'],
    ['a port on which something may listen that labgen does not know', '{ tcp: { from: a, to: b, port: 22 } }'],
    ['what is outside of the lab', '{ ping: { from: a, to: 192.0.2.8 } }'],
    ['a way of IPv6 that a rule may close to neighbours', '{ ping: { from: a, to: b, family: 6 }, expect: unreachable }', '{ node: b, hook: input, protocol: icmp, source: "fd56::99", action: drop }'],
    ['a connection whose second packet a rule may stop', '{ tcp: { from: a, to: b, port: 80 }, expect: unreachable }', '{ node: b, hook: input, state: [ESTABLISHED], action: drop }'],
    ['what is no question of reaching', '{ sysctl: { node: a, key: net.ipv4.ip_forward }, expect: 5 }'],
  ] as const) {
    it(`do not tell ${title}`, () => assert.deepEqual(told(check, more), []));
  }

  it('of a stage do not hold at another one', () => {
    const [closed, open] = ['closed', 'open'].map((stage) => labOf(labText('gre'), stage));
    assert.ok(closed && open);
    const of = (checks: readonly Check[]): readonly string[] => contradictedChecks(worldOf(open, features), checks).map(({ check }) => check.id);
    assert.deepEqual([of(open.checks), of(closed.checks).filter((id) => /^ping c1 → c2 unreachable/.test(id)).length], [[], 1]);
  });

  it('are not judged where something of the lab is not simulated', () => {
    const lab = labOf(labText('gre'), 'closed');
    const world = worldOf(labOf(labText('gre'), 'open'), features);
    assert.ok(contradictedChecks(world, lab.checks).length > 0);
    assert.deepEqual(contradictedChecks({ ...world, gaps: ['what weave does'] }, lab.checks), []);
  });

  it('stand where the lab, or its stage, writes them; those that come free stand nowhere', () => {
    const text = `${LAB}  - ping: { from: a, to: b }\n  - ping: { from: b, to: a }\nstages:\n  - name: one\n    checks:\n      - ping: { from: web, to: a }\n`;
    const all = validated(text);
    const places = labOf(text, 'one').checks.map(({ id, index }) => [id, index === undefined ? undefined : placeOfCheck(all, 'one', index).line]);
    const line = (part: string): number => text.split('\n').findIndex((each) => each.includes(part)) + 1;
    assert.deepEqual(places.filter(([, at]) => at !== undefined), [['ping a → b', line('from: a, to: b')], ['ping b → a', line('from: b, to: a')], ['ping web → a', line('from: web')]]);
    assert.ok(places.some(([, at]) => at === undefined), 'none came free');
  });
});
