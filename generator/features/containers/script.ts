/** What labgen-containers.sh of a node does, in order: images, networks, containers. */
import { localName } from '../../model/image.js';
import type { Container, DockerNetwork, Image, Lab, PublishedPort } from '../../model/lab.js';
import { addTo } from '../../model/lists-by-key.js';
import { formatPort } from './ports.js';

/** `docker run` of one container, as argv without the name and the label of its own hash. */
export function runWords(container: Container, image?: Image): readonly string[] {
  const userDefined = !/^(bridge|none|host|container:.*)$/.test(container.network);
  return [
    '--detach',
    // Of a dockerd that was ended by force, Docker 20.10 takes its containers for stopped by hand: with unless-stopped they stayed down.
    '--restart', 'always',
    // So that a container is made anew when its image is.
    ...(image?.hash === undefined ? [] : ['--label', `labgen.image=${image.hash}`]),
    // docker run takes links on the default bridge only where nobody names it.
    ...(container.network === 'bridge' && container.links.length > 0 ? [] : ['--network', container.network]),
    ...(userDefined ? container.aliases.flatMap((alias) => ['--network-alias', alias]) : []),
    ...(container.address === undefined ? [] : ['--ip', container.address]),
    ...(container.address6 === undefined ? [] : ['--ip6', container.address6]),
    ...container.links.flatMap((link) => ['--link', `${link.container}:${link.alias}`]),
    ...(container.hostname === undefined ? [] : ['--hostname', container.hostname]),
    ...container.env.flatMap((each) => ['--env', `${each.name}=${each.value}`]),
    ...container.expose.flatMap((port) => ['--expose', port]),
    ...container.ports.flatMap((port: PublishedPort) => ['--publish', formatPort(port)]),
    container.image,
    ...(container.command ?? []),
  ];
}

/** `docker network create` of one network, without its name and labels. */
export function networkWords(network: DockerNetwork): readonly string[] {
  return [
    '--driver', network.driver,
    ...(network.subnet === undefined ? [] : ['--subnet', network.subnet]),
    ...(network.gateway === undefined ? [] : ['--gateway', network.gateway]),
    ...(network.subnet6 === undefined ? [] : ['--ipv6', '--subnet', network.subnet6]),
    ...(network.gateway6 === undefined ? [] : ['--gateway', network.gateway6]),
    ...(network.internal ? ['--internal'] : []),
    ...network.options.flatMap(({ name, value }) => ['--opt', `${name}=${value}`]),
  ];
}

/** Whom a container needs before it starts: those it is linked to, and the one whose network it shares. */
export function needsOf(container: Container): readonly string[] {
  const shared = sharedOf(container);
  return [...container.links.map((link) => link.container), ...(shared === undefined ? [] : [shared])];
}

function sharedOf(container: Container): string | undefined {
  return /^container:(.+)$/.exec(container.network)?.[1];
}

/** In the lab's order, but each after those it needs. Rings were refused. */
export function startOrder(containers: readonly Container[]): readonly Container[] {
  const ordered = new Set<Container>();
  const visit = (container: Container, path: readonly Container[]): void => {
    if (ordered.has(container) || path.includes(container)) return;
    for (const name of needsOf(container)) {
      const other = containers.find((each) => each.name === name);
      if (other) visit(other, [...path, container]);
    }
    ordered.add(container);
  };
  for (const container of containers) visit(container, []);
  return [...ordered];
}

/** The view of each node's script; the lab is sorted by node once. */
export function scriptViews(lab: Lab): (node: string) => Readonly<Record<string, unknown>> {
  const containers = new Map<string, Container[]>();
  for (const container of lab.containers) addTo(containers, container.node, container);
  const images = new Map<string, Image[]>();
  for (const image of lab.images) for (const node of image.nodes) addTo(images, node, image);
  const networks = new Map<string, DockerNetwork[]>();
  // Overlay networks are the swarm's.
  for (const network of lab.dockerNetworks) if (network.driver === 'bridge') addTo(networks, network.node, network);
  const plugged = new Set(lab.pipework.map((pipe) => pipe.node));
  // Changing stage takes away what the stage lacks, and this script runs in each of them.
  const forgets = (node: string): boolean => lab.stages.length > 1 && !plugged.has(node);
  const attaches = new Set(lab.dockerNetworks.filter((network) => network.driver === 'overlay').map((network) => network.node));
  return (node) => ({ forgets: forgets(node), attaches: attaches.has(node), ...scriptView(lab.name, node, containers.get(node) ?? [], images.get(node) ?? [], networks.get(node) ?? []) });
}

function scriptView(lab: string, node: string, containers: readonly Container[], images: readonly Image[], networks: readonly DockerNetwork[]): Readonly<Record<string, unknown>> {
  const own = startOrder(containers);
  const made = images.filter((image) => image.kind !== 'toolbox');
  return {
    lab,
    node,
    toolbox: images.some((image) => image.kind === 'toolbox'),
    images: made.map((image) => ({ verb: image.kind === 'build' ? 'build' : 'load', name: image.name, hash: image.hash ?? '' })),
    builds: made.some((image) => image.kind === 'build'),
    loads: made.some((image) => image.kind === 'tar'),
    // By the second name a swarm's services know them.
    imageTags: made.flatMap((image) => [`${image.name}:latest`, localName(image)]),
    imageFolders: made.map((image) => `${image.name}-${image.hash ?? ''}`),
    networks: networks.map((network) => ({ name: network.name, words: networkWords(network) })),
    ipv6: networks.some((network) => network.subnet6 !== undefined),
    networkNames: networks.map((network) => network.name),
    names: own.map((container) => container.name),
    shares: own.some((container) => sharedOf(container) !== undefined),
    sharers: own.flatMap((container) => {
      const other = sharedOf(container);
      return other === undefined ? [] : [{ name: container.name, other }];
    }),
    links: own.some((container) => needsOf(container).length > 0),
    containers: own.map((container) => ({
      name: container.name,
      needs: needsOf(container),
      shares: sharedOf(container) ?? false,
      words: runWords(container, made.find((image) => image.name === container.image.replace(/:latest$/, ''))),
    })),
  };
}
