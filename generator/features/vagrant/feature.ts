/** vagrant: what Vagrant and its providers need for themselves, and of the machine they run on. */
import type { Feature } from '../feature.js';
import { hostOnlyFits, memoryFits, vagrantKeepsItsNetworks } from './rules.js';

export const feature: Feature = {
  name: 'vagrant',
  // What is wrong with a subnet by itself is told first.
  after: ['bridges', 'docker', 'docker-networks', 'flannel', 'pipework', 'swarm', 'tunnels', 'weave'],
  rules: [vagrantKeepsItsNetworks, hostOnlyFits, memoryFits],
};
