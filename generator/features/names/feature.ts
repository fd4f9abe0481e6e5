/** Names: who knows which, and by what. */
import type { Feature } from '../feature.js';
import { dns } from './dns.js';
import { hosts } from './hosts.js';

export const feature: Feature = {
  name: 'names',
  checkKinds: [dns, hosts],
};
