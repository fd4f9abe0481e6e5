/** Of endpoints that no packet could tell apart one pair is simulated: what is said of the others has to be what simulating them says. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../../generator/model/world.js';
import { features, labAt, validateLab } from '../../generator/plan/pipeline.js';
import { worldOf } from '../../generator/plan/world.js';
import { classesOf } from '../../generator/predict/classes.js';
import { pairsOf } from '../../generator/predict/matrix.js';
import { simulator } from '../../generator/predict/simulate.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';

const MANY = `
lab: many
nodes:
  host: { count: 3 }
  outside: { docker: false }
routes: [{ node: outside, to: 10.64.0.0/10, via: host-1 }]
tunnels: { mesh: { kind: vxlan, ends: [host], carries: docker } }
firewall: [{ node: host-2, hook: forward, destination: c2-2, action: drop }]
containers:
  c1: { node: host, command: [httpd, -f, -p, "80"] }
  c2: { node: host, command: [httpd, -f, -p, "80"] }
  c3: { node: host, command: [httpd, -f, -p, "80"], ports: ["8080:80"] }
  idle: { node: host }
  other: { node: host }
`;

function* worldsOf(text: string): Generator<World> {
  const validated = validateLab('lab.yaml', text, [], assetsOf(text));
  for (const stage of validated.stages.length === 0 ? [undefined] : validated.stages.map((each) => each.name)) {
    const lab = labAt(validated, stage);
    assert.ok(typeof lab !== 'string', `${String(lab)} ${JSON.stringify(validated.problems[0])}`);
    yield worldOf(lab, features);
  }
}

describe('classes of endpoints', function () {
  this.timeout(60_000);
  const same = (text: string): void => {
    for (const world of worldsOf(text)) {
      const ready = simulator(world);
      for (const { question, answer } of pairsOf(world, [4, 6])) assert.deepEqual(answer, ready.ask(question), `${question.from} → ${question.to} ${question.protocol} ${question.port ?? ''}`);
    }
  };

  it('say of every pair what simulating it says: shipped labs', () => {
    for (const file of readdirSync(join(root, 'labs')).filter((each) => each.endsWith('.yaml'))) same(labText(file.slice(0, -5)));
  });
  it('and a lab where some of many are treated apart', () => same(MANY.replace('destination: c2-2', 'destination: 10.64.102.3')));

  it('are fewer than endpoints, and a published or blocked one is alone', () => {
    const [world] = worldsOf(MANY.replace('destination: c2-2', 'destination: 10.64.102.3'));
    assert.ok(world);
    const of = classesOf(world, 'serving');
    const like = (one: string, other: string): boolean => of.get(one) === of.get(other);
    assert.deepEqual([like('c1-1', 'c2-1'), like('idle-1', 'other-1'), like('c1-1', 'idle-1'), like('c1-1', 'c3-1'), like('c1-2', 'c2-2'), like('c1-1', 'c1-2')], [true, true, false, false, false, false]);
    assert.equal(classesOf(world, 'any').get('c1-1'), classesOf(world, 'any').get('idle-1'));
  });
});
