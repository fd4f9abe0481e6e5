/** vagrant: networks that Vagrant and its providers need for themselves, whoever of a lab says a subnet. */
import type { Feature } from '../feature.js';
import { hostOnlyFits, vagrantKeepsItsNetworks } from './rules.js';

export const feature: Feature = {
  name: 'vagrant',
  // What is wrong with a subnet by itself is told first.
  after: ['bridges', 'docker', 'docker-networks', 'flannel', 'pipework', 'swarm', 'tunnels', 'weave'],
  rules: [vagrantKeepsItsNetworks, hostOnlyFits],
};
