/** What labgen-swarm.sh of a node does. */
import { localName } from '../../model/image.js';
import type { Image, Lab, OverlayNetwork, SwarmMember, SwarmService } from '../../model/lab.js';
import { formatPort } from '../containers/ports.js';

/** `docker network create` of an overlay, without its name and labels. */
export function overlayWords(network: OverlayNetwork): readonly string[] {
  return [
    '--driver', 'overlay',
    ...(network.subnet === undefined ? [] : ['--subnet', network.subnet]),
    ...(network.attachable ? ['--attachable'] : []),
    ...(network.encrypted ? ['--opt', 'encrypted'] : []),
    ...(network.mtu === undefined ? [] : ['--opt', `com.docker.network.driver.mtu=${network.mtu}`]),
  ];
}

/** A swarm takes a variable's value for a Go template; in a lab it is a text, as for containers. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}

function madeHere(service: SwarmService, images: readonly Image[]): Image | undefined {
  return images.find((image) => image.name === service.image.replace(/:latest$/, ''));
}

/** `docker service create`, without name, labels and the number of replicas. */
export function serviceWords(service: SwarmService, images: readonly Image[]): readonly string[] {
  const image = madeHere(service, images);
  return [
    '--endpoint-mode', service.endpoint,
    ...service.networks.flatMap((network) => ['--network', network]),
    ...service.publish.flatMap((port) => ['--publish', formatPort({ hostAddress: undefined, ...port })]),
    ...service.env.flatMap((each) => ['--env', `${each.name}=${literal(each.value)}`]),
    ...service.constraints.flatMap((each) => ['--constraint', each]),
    image ? localName(image) : service.image,
    ...(service.command ?? []),
  ];
}

/** What the script of such a node can be told, for its own check and for people. */
function verbsOf(part: 'leave' | 'join' | 'lead'): { verbs: readonly string[]; usage: string } {
  const more = { leave: [], join: ['join', 'images'], lead: ['init', 'invite', 'networks', 'images', 'services', 'start', 'stop'] }[part];
  const verbs = ['leave', 'status', ...more];
  return { verbs, usage: verbs.join(', ') };
}

/** Everyone's script can leave and let go; members can join, and the first manager rules. */
export function scriptView(lab: Lab, node: string): Readonly<Record<string, unknown>> {
  const swarm = lab.swarms[0];
  const members = swarm?.members ?? [];
  const own = members.find((member) => member.node === node);
  const [first] = members;
  const used = [...new Set((own ? swarm?.services ?? [] : []).flatMap((service) => madeHere(service, lab.images) ?? []))];
  return {
    lab: lab.name,
    node,
    member: own !== undefined,
    address: own?.address ?? '',
    manager: first?.address ?? '',
    leads: own !== undefined && own === first,
    joins: own !== undefined && own !== first,
    pool: swarm?.addressPool ?? '',
    // As docker info prints a list of one.
    poolShown: `[${swarm?.addressPool ?? ''}]`,
    ...verbsOf(own === undefined ? 'leave' : own === first ? 'lead' : 'join'),
    images: used.map((image) => ({ name: image.name, local: localName(image) })),
    networks: (swarm?.networks ?? []).map((network) => ({ name: network.name, words: overlayWords(network) })),
    services: (swarm?.services ?? []).map((service) => ({ name: service.name, replicas: service.replicas, words: serviceWords(service, lab.images) })),
    serviceNames: (swarm?.services ?? []).map((service) => service.name),
    members: members.map((member: SwarmMember) => ({ name: member.node, role: member.role, availability: member.availability })),
    memberNames: members.map((member) => member.node),
  };
}
