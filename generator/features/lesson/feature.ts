/** lesson: what the handout says to its reader; each step is also a check, so that the handout cannot lie. */
import type { CheckRequest } from '../../model/check.js';
import type { Feature } from '../feature.js';
import { resolveLesson } from './resolve.js';
import { stepsExpectWhatCommandsSay, stepsNameNodes } from './rules.js';
import { lessonSchema } from './schema.js';

/** Seconds: a reader comes later than verify does, when services that take their time are there. */
const WITHIN = 60;

export const feature: Feature = {
  name: 'lesson',
  blocks: { lesson: lessonSchema },
  // What they say of themselves in the handout comes before what is to be typed.
  after: ['bridges', 'docker-networks', 'flannel', 'images', 'pipework', 'swarm', 'tunnels', 'weave'],
  rules: [stepsNameNodes, stepsExpectWhatCommandsSay],
  resolve: resolveLesson,
  checks: (lab) => lab.steps.map((step): CheckRequest => ({ kind: 'command', subject: { node: step.node, run: step.run }, expect: step.expect, within: WITHIN, why: step.why })),
};
