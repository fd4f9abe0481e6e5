/** Published ports: `[ADDRESS:][HOST:]CONTAINER[/PROTOCOL]`, as docker run takes them; an IPv6 address stands in brackets. */
import { canonical } from '../../model/family.js';
import type { PublishedPort } from '../../model/lab.js';

export const PORT_PATTERN = '^((([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:]{2,39}\\]):)?([0-9]{1,5})?:)?[0-9]{1,5}(/(tcp|udp))?$';

/** Undefined where a number is not a port, or what is in brackets not an address. */
export function parsePort(text: string): PublishedPort | undefined {
  const match = /^(?:(?:(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):)?(\d{1,5})?:)?(\d{1,5})(?:\/(tcp|udp))?$/.exec(text);
  if (!match) return undefined;
  const [, written, host, container, protocol] = match;
  const hostAddress = written?.startsWith('[') === true ? canonical(written.slice(1, -1)) : written;
  if (written !== undefined && hostAddress === undefined) return undefined;
  const hostPort = host === undefined ? undefined : Number(host);
  const containerPort = Number(container);
  if ([hostPort ?? 1, containerPort].some((port) => port < 1 || port > 65535)) return undefined;
  return { hostAddress, hostPort, containerPort, protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}

/** As the argument of `docker run --publish`. */
export function formatPort(port: PublishedPort): string {
  const host = port.hostAddress === undefined ? (port.hostPort === undefined ? '' : `${port.hostPort}:`) : `${port.hostAddress.includes(':') ? `[${port.hostAddress}]` : port.hostAddress}:${port.hostPort ?? ''}:`;
  return `${host}${port.containerPort}/${port.protocol}`;
}

/** Who has a port of every node already; undefined where nobody has. */
export function portOwner({ hostPort, protocol }: PublishedPort, inSwarm: boolean): string | undefined {
  const port = `${hostPort ?? ''}/${protocol}`;
  if (port === '22/tcp') return 'sshd, by which Vagrant comes in';
  return inSwarm && SWARM_PORTS.includes(port) ? 'the swarm itself' : undefined;
}

/** Management, gossip and VXLAN. Source: Docker's "Swarm mode" manual. */
const SWARM_PORTS: readonly string[] = ['2377/tcp', '7946/tcp', '7946/udp', '4789/udp'];
