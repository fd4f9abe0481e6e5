/** Packets traced in random topologies: each goes as predicted, point by point. LABGEN_TRACE_SEED and LABGEN_TRACE_WORLDS ask for others. */
import assert from 'node:assert/strict';
import { simulator } from '../../generator/predict/simulate.js';
import { chosenQuestions } from '../e2e/trace-questions.js';
import { RealWorld } from '../support/realise.js';
import { questionsOf } from '../torture/compare.js';
import { randomWorld } from '../torture/random-world.js';

const [FIRST, WORLDS, QUESTIONS] = [Number(process.env['LABGEN_TRACE_SEED'] ?? 6_000), Number(process.env['LABGEN_TRACE_WORLDS'] ?? 2), 6];

describe('tracing packets in random topologies', function () {
  this.timeout(300_000);

  for (let seed = FIRST; seed < FIRST + WORLDS; seed++) {
    it(`of seed ${seed} agrees with the prediction at every point`, async () => {
      const world = randomWorld(seed);
      const predictor = simulator(world);
      const { chosen } = chosenQuestions(world, questionsOf(world, seed).map((question) => ({ ...question, presumed: false })));
      const real = await RealWorld.make(world);
      try {
        let points = 0;
        for (const question of chosen.slice(0, QUESTIONS)) {
          let traced = await real.trace(question);
          // A busy machine is late.
          if (traced.differences.length > 0) traced = await real.trace(question, { waitMs: 1500 });
          assert.deepEqual(traced.differences, [], `${JSON.stringify(question)}\n${traced.points.map((point) => `${point.number} ${point.way} ${point.space} ${point.interface} ${point.direction} ${point.stack.length} ${point.state}`).join('\n')}\n${JSON.stringify(predictor.explain(question).answer)}`);
          points += traced.points.filter(({ state }) => state === 'seen').length;
        }
        assert.ok(points >= QUESTIONS, `${points} points are too few to tell`);
      } finally {
        real.end();
      }
    });
  }
});
