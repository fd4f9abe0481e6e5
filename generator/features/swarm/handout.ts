/** What the handout says of the swarm: what to type, and what is different from older recipes. */
import type { HandoutPart, Swarm } from '../../model/lab.js';

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
        ...(service ? [`\`docker service ls\`, \`docker service ps ${service.name}\`. Move the tasks of a node away: \`docker node update --availability drain NODE\`; \`active\` lets it have tasks again, but moves none back.`] : []),
      ],
    },
    {
      title: 'What the book did, and what is different here',
      lines: [
        [
          `- \`docker swarm init --advertise-addr ${first.address}\` on ${first.node}, then \`docker swarm join --token TOKEN --advertise-addr …\` on the others. Every node has several addresses, so each says which one it means, on joining too.`,
          '- The play asks the manager for the token and hands it to the joining node on its standard input: no file, log or list of processes ever holds it. By hand: `docker swarm join-token worker`.',
          `- \`--default-addr-pool ${swarm.addressPool}\`: Docker's own pool, 10.0.0.0/8, may meet networks that are there already.`,
          '- Nodes listen at TCP 2377 (managers), TCP and UDP 7946 (who is there) and UDP 4789 (VXLAN).',
          '- `docker node ls --filter=manager` of older recipes has to be `--filter role=manager`.',
          '- A swarm always tries to pull. Images made on the nodes therefore carry names no registry has, beginning with `localhost:1/`.',
        ].join('\n'),
      ],
    },
  ];
}
