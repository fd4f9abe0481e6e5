/** Subnets of overlay networks and the pool: each stands apart from whatever the nodes have already. */
import { formatSubnet, overlap, parseCidr, type Subnet } from '../../model/ipv4.js';
import { isTree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { membersOf, namedIn, swarmSource } from './sources.js';

interface Known {
  readonly subnet: Subnet;
  readonly whose: string;
}

/** docker0 and docker_gwbridge, which every node of a swarm has, take theirs from here, unless the lab says otherwise. */
const DOCKERS_OWN = Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`);

export function subnetsStandApart(context: RuleContext): void {
  const swarm = swarmSource(context.source);
  if (!swarm) return;
  const known = takenOf(context);
  const judge = (path: Path, text: unknown, whose: string, longest: number): void => {
    if (text === undefined || !context.isSound(path)) return;
    const parsed = parseCidr(String(text));
    if (!parsed) return;
    const clash = known.find((each) => overlap(each.subnet, parsed.subnet));
    if (parsed.address !== parsed.subnet.base) context.error('LG030', path, `${String(text)} has host bits set`, `Give the network itself: ${formatSubnet(parsed.subnet)}.`);
    else if (parsed.subnet.prefix > longest) context.error('LG030', path, longest === 24 ? `${String(text)} is too small for a pool` : `${String(text)} has no room for tasks`, longest === 24 ? 'Each network gets a /24 of it: use a prefix of at most 24.' : `Use a prefix of at most ${longest}.`);
    else if (clash) context.error('LG031', path, `${String(text)} overlaps ${clash.whose}`, 'An overlay network is on every node that needs it; choose addresses that nothing else has there.');
    known.push({ subnet: parsed.subnet, whose });
  };
  judge(['swarm', 'addressPool'], swarm['addressPool'], `the address pool of the swarm (${String(swarm['addressPool'])})`, 24);
  for (const { name, value } of namedIn(swarm, 'networks')) judge(['swarm', 'networks', name, 'subnet'], value['subnet'], `the network "${name}" of the swarm`, 29);
}

function takenOf(context: RuleContext): Known[] {
  const { ground, source } = context;
  const known: Known[] = [];
  const add = (cidr: unknown, whose: string): void => {
    const subnet = parseCidr(String(cidr))?.subnet;
    if (subnet) known.push({ subnet, whose });
  };
  for (const network of ground.networks) add(network.subnet, `the network "${network.name}" (${network.subnet})`);
  for (const [name, value] of Object.entries(isTree(source['dockerNetworks']) ? source['dockerNetworks'] : {})) if (isTree(value)) add(value['subnet'], `the Docker network "${name}"`);
  for (const node of membersOf(ground, swarmSource(source))) {
    const docker = ground.nodeSource(node.name)['docker'];
    const settings = isTree(docker) ? docker : {};
    add(settings['bip'], `docker0 of ${node.name} (${String(settings['bip'])})`);
    const pools = settings['defaultAddressPools'];
    if (Array.isArray(pools)) for (const pool of pools) if (isTree(pool)) add(pool['base'], `an address pool of ${node.name} (${String(pool['base'])})`);
    if (!Array.isArray(pools)) for (const cidr of DOCKERS_OWN) add(cidr, `${cidr}, a pool docker0 and docker_gwbridge of ${node.name} take from`);
  }
  return known;
}
