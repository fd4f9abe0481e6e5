/** Every reachability check of the shipped labs was proven on real machines: in each stage the predictor has to come to the same. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../generator/model/check.js';
import type { World } from '../../generator/model/world.js';
import { features, labAt, validateLab } from '../../generator/plan/pipeline.js';
import { addressesOf, contradictedChecks, questionOf } from '../../generator/plan/contradicted-checks.js';
import { worldOf } from '../../generator/plan/world.js';
import type { Answer } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { root } from '../support/context.js';
import { assetsOf, labText } from '../support/labs.js';

/** What a check says of a predicted answer; undefined: it holds. */
function contradiction(world: World, check: Check, answer: Answer): string | undefined {
  const stop = answer.stoppedAt ? `${answer.stoppedAt.node}: ${answer.stoppedAt.reason}` : '';
  const closed = check.expect.is === 'unreachable' || (check.expect.is === 'value' && ['refused', 'timeout', 'unreachable'].includes(String(check.expect.value)));
  if (closed) return answer.verdict === 'stopped' ? undefined : `reached, seen as ${answer.seenAs ?? ''}`;
  if (check.kind === 'source' && answer.seenAs !== undefined) {
    const name = String(check.subject['seenAs']);
    // Of a node any of its addresses will do: it masquerades with that of the interface the packet leaves by.
    const own = addressesOf(world, name);
    return own.includes(answer.seenAs) ? undefined : `seen as ${answer.seenAs}, not as ${name}`;
  }
  if (answer.verdict === 'stopped') return `stopped at ${stop}`;
  const bytes = check.subject['bytes'];
  return check.kind === 'mtu' && answer.maxBytes !== bytes ? `${answer.maxBytes ?? ''} bytes, not ${String(bytes)}` : undefined;
}

describe('the predictor and what was proven', () => {
  const names = readdirSync(join(root, 'labs')).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
  let asked = 0;
  for (const name of names) {
    it(`${name}: each check that was proven holds in the prediction of its stage`, () => {
      const validated = validateLab(`${name}.yaml`, labText(name), [], assetsOf(labText(name)));
      for (const stage of validated.stages.length === 0 ? [undefined] : validated.stages.map((each) => each.name)) {
        const lab = labAt(validated, stage);
        assert.ok(typeof lab !== 'string', String(lab));
        const world = worldOf(lab, features);
        const ready = simulator(world);
        const wrong = lab.checks.flatMap((check) => {
          const question = questionOf(world, check);
          if (!question) return [];
          asked += 1;
          const says = contradiction(world, check, ready.ask(question));
          return says === undefined ? [] : [`${stage ?? ''} ${check.id}: ${says}`];
        });
        assert.deepEqual(wrong, []);
        assert.deepEqual(contradictedChecks(world, lab.checks), []);
      }
    });
  }
  it('a predictor that does not know one rule is caught', () => {
    const validated = validateLab('gre.yaml', labText('gre'), [], assetsOf(labText('gre')));
    const lab = labAt(validated, 'open');
    assert.ok(typeof lab !== 'string');
    const world = worldOf(lab, features);
    const without = (text: string): World => ({ ...world, spaces: world.spaces.map((space) => ({ ...space, chains: space.chains.map((chain) => ({ ...chain, rules: chain.rules.filter((rule) => rule.text !== text) })) })) });
    const wrong = (text: string): number => lab.checks.filter((check) => {
      const question = questionOf(world, check);
      return question !== undefined && contradiction(world, check, simulator(without(text)).ask(question)) !== undefined;
    }).length;
    assert.equal(wrong('no such rule'), 0);
    assert.ok(wrong('-s 172.17.0.0/17 -d 172.17.128.0/17 -i bar -o docker0 -j ACCEPT') > 0, 'the rule that lets in what the tunnel brings');
    assert.ok(wrong('-s 172.17.0.0/17 -d 172.17.128.0/17 -o foo -j ACCEPT') > 0, 'the rule that keeps the source address');
  });
  it('there was something to compare', () => assert.ok(asked > 170, `${asked} checks`));
});
