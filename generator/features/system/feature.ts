/** What a single machine or container is like: its interfaces, services, and whatever a command says. */
import type { Feature } from '../feature.js';
import { command } from './command.js';
import { networkInterface } from './interface.js';
import { service } from './service.js';

export const feature: Feature = {
  name: 'system',
  checkKinds: [networkInterface, service, command],
};
