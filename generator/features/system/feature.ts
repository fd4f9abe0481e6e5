/** What a single machine or container is like: its interfaces, services, and whatever a command says. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab } from '../../model/lab.js';
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
  checks: addressChecks,
};

/** IPv6 addresses are given by labgen's script, where Vagrant gives those of IPv4. */
function addressChecks(lab: Lab): readonly CheckRequest[] {
  return lab.nodes.flatMap((node) =>
    node.attachments.flatMap((each): CheckRequest[] => {
      if (each.address6 === undefined) return [];
      const run = `ip -brief -6 address show to ${each.address6}`;
      return [{ kind: 'command', subject: { node: node.name, run }, expect: { is: 'pattern', pattern: ` ${each.address6}/${each.prefix6 ?? 64}`, flags: '' }, why: `${node.name} has its address in ${each.network}.` }];
    }),
  );
}
