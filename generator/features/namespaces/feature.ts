/** Namespaces of the kernel: who shares which. */
import type { Feature } from '../feature.js';
import { namespace } from './namespace.js';

export const feature: Feature = {
  name: 'namespaces',
  checkKinds: [namespace],
};
