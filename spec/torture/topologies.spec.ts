/** A short run of what `npm run torture -- topologies` does at length. */
import assert from 'node:assert/strict';
import type { World } from '../../generator/model/world.js';
import type { Answer, Question } from '../../generator/predict/question.js';
import { simulator } from '../../generator/predict/simulate.js';
import { shown, askWorlds, SEED, title, WORLDS, type Asked } from './topologies.js';
import type { Compared } from './compare.js';
import { randomWorld } from './random-world.js';
import { MISTAKES, wrongPredictors } from './wrong-predictors.js';

describe(title, function () {
  // On a machine that does much else.
  this.timeout(900_000);
  let asked: readonly Asked[] = [];
  before(async () => {
    asked = await askWorlds(SEED, WORLDS);
  });

  it('agree on every question', () => {
    assert.equal(asked.length, WORLDS);
    const all = asked.flatMap((each) => each.all);
    const count = (is: (each: Compared) => boolean): number => all.filter(is).length;
    // Agreement about nothing would be none.
    assert.ok(count(({ measured }) => measured.verdict === 'reached') > 500, 'few were reached');
    assert.ok(count(({ measured }) => measured.verdict === 'stopped') > 500, 'few were stopped');
    assert.ok(count(({ measured, question }) => measured.seenAs !== undefined && measured.seenAs !== question.address) > 500, 'few were seen');
    for (const family of [4, 6]) for (const protocol of ['icmp', 'tcp', 'udp']) assert.ok(count(({ question, measured }) => question.family === family && question.protocol === protocol && measured.verdict === 'reached') > 20, `${protocol} over IPv${family}`);
    assert.ok(new Set(all.map(({ measured }) => measured.maxBytes)).size > 4, 'few sizes');
  });

  it('differ where a predictor has one thing wrong', () => {
    const wrong = wrongPredictors(asked);
    // What was measured is what the right one says: whoever says another thing is caught.
    assert.deepEqual(wrong.filter(({ differs, caught, mistake }) => differs && !caught && mistake !== 'an MTU off by one'), []);
    for (const mistake of MISTAKES) assert.ok(wrong.some((each) => each.mistake === mistake && each.caught), mistake);
  });

  it('a difference is shown in a world made small, with the commands that build it', async () => {
    // A predictor that knows no rules at all.
    const predict = (world: World, question: Question): Answer => simulator({ ...world, spaces: world.spaces.map((space) => ({ ...space, chains: [] })) }).ask(question);
    const found = asked.flatMap(({ world, all }) => all.map((each) => ({ world, wrong: { ...each, predicted: predict(world, each.question) } })).filter(({ wrong }) => wrong.measured.verdict === 'stopped' && wrong.predicted.verdict === 'reached' && wrong.question.family === 4));
    const [first] = found;
    assert.ok(first);
    const text = await shown(first.world, first.wrong, 4, predict);
    for (const part of [`${first.wrong.question.from} asks ${first.wrong.question.to}`, 'predicted reached, measured stopped', 'predicted: {"verdict":"reached"', 'measured:  {"verdict":"stopped"', 'the world: {"spaces":', 'ip -batch -', 'link add']) assert.ok(text.includes(part), part);
    const small = JSON.parse(/^the world: (.*)$/m.exec(text)?.[1] ?? '') as World;
    assert.ok(JSON.stringify(small).length < JSON.stringify(first.world).length, 'nothing was taken away');
  });

  it('are of the same worlds each time', () => {
    assert.deepEqual(randomWorld(7), randomWorld(7));
    assert.notDeepEqual(randomWorld(7), randomWorld(8));
  });
});
