/** labgen fault reboot NODE…: nodes go down and come back, all at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { letComeBack } from '../../drivers/container-node.js';
import { runCommand } from '../../drivers/run-command.js';
import { connectSsh } from '../../drivers/ssh.js';
import { providerInUse } from '../../drivers/in-use.js';
import { namedNode } from '../../faults/choose.js';
import { bootOf, reboot } from '../../faults/reboot.js';
import { NodeUnreachable, type Connections } from '../../model/connections.js';
import { Failure, type ExitCode } from '../../model/failure.js';
import type { Lab } from '../../model/lab.js';
import type { Context } from '../context.js';
import { sshHosts } from '../running.js';

interface Reboots {
  readonly lab: Lab;
  readonly folder: string;
  readonly names: readonly string[];
  readonly all?: true;
  readonly wait?: true;
}

/** Emulated nodes boot in a minute or two. */
const LIMIT_MS = 600_000;
/** A login to one that is still busy booting takes seconds. */
const LOGIN_MS = 10_000;

export async function rebootNodes(context: Context, { lab, folder, names, all, wait }: Reboots): Promise<ExitCode> {
  if ((all === true) === names.length > 0) throw new Failure(2, all === true ? 'either nodes, or --all' : 'reboot: which nodes?', 'labgen fault reboot NODE…, or labgen fault reboot --all');
  const nodes = all === true ? lab.nodes.map((each) => each.name) : [...new Set(names.map((name) => namedNode(lab, name, 'reboot').name))];
  const asking = async <T>(work: (connections: Connections) => Promise<T>, connectWithinMs?: number): Promise<T> => {
    const connections = connectSsh(sshHosts(folder), { signal: context.interrupt, ...(connectWithinMs === undefined ? {} : { connectWithinMs }) });
    try {
      return await work(connections);
    } finally {
      await connections.close();
    }
  };
  if (providerInUse(folder) === 'docker') await letComeBack(runCommand, folder, nodes);
  const before = new Map<string, string>();
  await asking(async (connections) => {
    for (const node of nodes) before.set(node, await bootOf(connections, node));
    await Promise.all(nodes.map((node) => reboot(connections, node)));
  });
  context.out(`reboot ${nodes.join(' ')}: going down, and coming back\n`);
  if (wait !== true) return 0;
  const ends = performance.now() + LIMIT_MS;
  for (const node of nodes) {
    const isBack = async (connections: Connections): Promise<boolean> => {
      try {
        const boot = await bootOf(connections, node);
        return boot !== '' && boot !== before.get(node);
      } catch (error) {
        if (error instanceof NodeUnreachable) return false;
        throw error;
      }
    };
    while (!(await asking(isBack, LOGIN_MS))) {
      if (context.interrupt.aborted) return 130;
      if (performance.now() > ends) throw new Failure(3, `${node} did not come back within ${LIMIT_MS / 60_000} minutes`, `See "labgen status", and "labgen ssh ${node}".`);
      await sleep(500);
    }
    context.out(`${node}: back\n`);
  }
  return 0;
}
