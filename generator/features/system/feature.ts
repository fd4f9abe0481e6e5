/** What a single machine or container is like: its interfaces, services, and whatever a command says. */
import type { Feature } from '../feature.js';
import { bridge } from './bridge.js';
import { command } from './command.js';
import { env } from './env.js';
import { file } from './file.js';
import { networkInterface } from './interface.js';
import { service } from './service.js';

export const feature: Feature = {
  name: 'system',
  checkKinds: [networkInterface, bridge, service, env, file, command],
};
