/** breaks: what a learner may find broken on the running lab, and repair. Nothing of it is rendered. */
import type { Feature } from '../feature.js';
import { resolveBreaks } from './resolve.js';
import { breaksAreOfTheirOwn, breaksNameNodes, repairsAreOthers } from './rules.js';
import { breaksSchema } from './schema.js';

export const feature: Feature = {
  name: 'breaks',
  blocks: { breaks: breaksSchema },
  rules: [breaksNameNodes, breaksAreOfTheirOwn, repairsAreOthers],
  resolve: resolveBreaks,
};
