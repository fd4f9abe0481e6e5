/** What the handout says of the swarm. */
import type { HandoutPart, OverlayNetwork, Swarm } from '../../model/lab.js';
import { overheadOf, overlaySum } from '../../model/mtu.js';

export function handoutOf(swarm: Swarm): HandoutPart[] {
  const [first] = swarm.members;
  if (!first) return [];
  const [network] = swarm.networks;
  const [service] = swarm.services;
  return [
    {
      title: 'The swarm',
      lines: [
        swarm.members.map((each) => `- ${each.node}, ${each.role}, ${each.address}${each.availability === 'drain' ? ', drained: it gets no tasks' : ''}`).join('\n'),
        `On ${first.node}: \`docker node ls\`, \`docker node ls --filter role=manager\`, \`docker info\`. A worker knows none of this: \`docker node ls\` there says that it is not a manager.`,
        ...(network ? [`\`docker network inspect ${network.name}\` shows the overlay network on a node that has something on it; \`ip -d link show type vxlan\` in its namespace (below /run/docker/netns) shows what it is made of. Between nodes: \`sudo tcpdump -ni any udp port 4789\`.`] : []),
        ...(network?.mtu === undefined ? [] : [roomFor(network, network.mtu)]),
        ...(service ? [`\`docker service ls\`, \`docker service ps ${service.name}\`. Move the tasks of a node away: \`docker node update --availability drain NODE\`; \`active\` lets it have tasks again, but moves none back.`] : []),
        'Nodes listen at TCP 2377 (managers), TCP and UDP 7946 (who is there) and UDP 4789 (VXLAN).',
      ],
    },
  ];
}

function roomFor({ name, encrypted }: OverlayNetwork, mtu: number): string {
  return `VXLAN takes ${overheadOf('vxlan')} bytes of each packet: ${overlaySum(mtu, encrypted)} for interfaces on ${name}. Docker's own network \`ingress\`, by which published ports are reached, counts from 1500 whatever lies below.`;
}
