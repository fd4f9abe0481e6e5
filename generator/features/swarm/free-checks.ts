/** Checks a swarm has for free: who is in it, that its services run, and that every node answers for them. */
import type { CheckRequest } from '../../model/check.js';
import type { Lab, Swarm } from '../../model/lab.js';

export function swarmChecks(lab: Lab): readonly CheckRequest[] {
  const [swarm] = lab.swarms;
  if (!swarm) return [];
  if (swarm.members.length === 0) return lab.nodes.filter((node) => node.docker).map((node): CheckRequest => ({ kind: 'swarm', subject: { node: node.name }, expect: { is: 'value', value: 'absent' }, why: 'The lab has no swarm at this stage.' }));
  const nodes = swarm.members.map((member): CheckRequest => ({
    kind: 'swarm',
    subject: { node: member.node, role: member.role, ...(member.availability === 'drain' ? { availability: 'drain' } : {}) },
    within: 60,
    why: `${member.node} joined the swarm as a ${member.role}${member.availability === 'drain' ? ', and is drained' : ''}.`,
  }));
  const services = swarm.services.map((service): CheckRequest => ({ kind: 'replicas', subject: { service: service.name }, expect: { is: 'value', value: service.replicas }, within: 60, why: `The swarm keeps ${service.replicas} ${service.replicas === 1 ? 'task' : 'tasks'} of ${service.name} running.` }));
  return [...nodes, ...services, ...published(lab, swarm)];
}

/** From another member, and from outside where the lab has such a node. */
function published(lab: Lab, swarm: Swarm): CheckRequest[] {
  const names = swarm.members.map((member) => member.node);
  const outside = lab.nodes.find((node) => !names.includes(node.name) && swarm.members.every((member) => node.attachments.some((at) => networkOf(lab, member.node, member.address) === at.network)));
  return swarm.services.flatMap((service) =>
    service.publish
      .filter((port) => port.protocol === 'tcp' && service.replicas > 0)
      .flatMap((port) =>
        names.flatMap((to, index) => {
          const neighbour = names[(index + 1) % names.length] ?? to;
          return [...new Set([outside?.name ?? neighbour, neighbour])].map((from): CheckRequest => ({ kind: 'tcp', subject: { from, to, port: port.hostPort }, within: 60, why: `Every node answers on a published port of ${service.name}, whether a task runs there or not.` }));
        }),
      ),
  );
}

function networkOf(lab: Lab, node: string, address: string): string | undefined {
  return lab.nodes.find((each) => each.name === node)?.attachments.find((at) => at.address === address)?.network;
}
