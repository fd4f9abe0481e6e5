/** What makes a Docker network impossible, or lets it swallow another one. */
import { contains, formatSubnet, overlap, parseAddress, parseCidr, sizeOf, type Subnet } from '../../model/ipv4.js';
import { isTree, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { networkSources, nodesOf } from './resolve.js';

function each(context: RuleContext, visit: (name: string, value: Tree, path: Path) => void): void {
  for (const { name, value } of networkSources(context.source)) visit(name, value, ['dockerNetworks', name]);
}

export function namesAreFree(context: RuleContext): void {
  each(context, (name, _value, path) => {
    if (['bridge', 'none', 'host', 'default', 'ingress'].includes(name)) context.error('LG041', path, `"${name}" is a network Docker has by itself`, 'Choose another name.');
  });
}

export function nodesHaveDocker(context: RuleContext): void {
  each(context, (_name, value, path) => {
    (Array.isArray(value['nodes']) ? (value['nodes'] as unknown[]) : []).forEach((written, index) => {
      const at = [...path, 'nodes', index];
      if (!context.isSound(at)) return;
      const members = context.ground.members(String(written));
      if (!members) context.error('LG040', at, `there is no node "${String(written)}"`, context.nearest(String(written), context.ground.names, 'node'));
      else if (members.some((node) => !node.docker)) context.error('LG052', at, `"${String(written)}" has no Docker`, 'Take "docker: false" from it, or leave it out here.');
    });
  });
}

export function subnetsStandApart(context: RuleContext): void {
  const known: { readonly subnet: Subnet; readonly whose: string; readonly nodes: readonly string[] | undefined }[] = [
    ...context.ground.networks.flatMap((network) => named(network.subnet, `the network "${network.name}" (${network.subnet})`, undefined)),
    ...context.ground.nodes.flatMap((node) => {
      const docker = context.ground.nodeSource(node.name)['docker'];
      const bip = isTree(docker) && typeof docker['bip'] === 'string' ? docker['bip'] : '';
      return named(bip, `docker0 of ${node.name} (${bip})`, [node.name]);
    }),
  ];
  each(context, (name, value, path) => {
    const at = [...path, 'subnet'];
    if (value['subnet'] === undefined || !context.isSound(at)) return;
    const text = String(value['subnet']);
    const parsed = parseCidr(text);
    if (!parsed) return;
    if (parsed.address !== parsed.subnet.base) context.error('LG030', at, `${text} has host bits set`, `Give the network itself: ${formatSubnet(parsed.subnet)}.`);
    else if (parsed.subnet.prefix > 29) context.error('LG030', at, `${text} has no room for containers`, 'Use a prefix of at most 29.');
    else {
      const nodes = nodesOf(context.ground, value);
      const clash = known.find((other) => overlap(other.subnet, parsed.subnet) && (other.nodes === undefined || nodes === undefined || other.nodes.some((node) => nodes.includes(node))));
      if (clash) context.error('LG031', at, `${text} overlaps ${clash.whose}`, 'Each network on a node needs addresses of its own; choose another subnet.');
      known.push(...named(text, `the Docker network "${name}"`, nodes));
    }
  });
}

function named(cidr: string, whose: string, nodes: readonly string[] | undefined): { subnet: Subnet; whose: string; nodes: readonly string[] | undefined }[] {
  const subnet = parseCidr(cidr)?.subnet;
  return subnet ? [{ subnet, whose, nodes }] : [];
}

export function gatewayIsInside(context: RuleContext): void {
  each(context, (_name, value, path) => {
    const at = [...path, 'gateway'];
    if (value['gateway'] === undefined || !context.isSound(at)) return;
    const address = parseAddress(String(value['gateway']));
    const subnet = parseCidr(String(value['subnet'] ?? ''))?.subnet;
    if (value['subnet'] === undefined) context.error('LG011', [...path, 'subnet'], '"gateway" needs "subnet"', 'Docker takes a gateway only for a subnet it is told.');
    else if (subnet && address !== undefined && context.isSound([...path, 'subnet']) && (!contains(subnet, address) || address === subnet.base || address === subnet.base + sizeOf(subnet.prefix) - 1)) {
      context.error('LG032', at, `${String(value['gateway'])} is not a host of ${String(value['subnet'])}`, 'The gateway is an address of the network, not its first or last one.');
    }
  });
}

/** A container's network is on each node the container is on. */
export function usersAreOnItsNodes(context: RuleContext): void {
  const containers = isTree(context.source['containers']) ? context.source['containers'] : {};
  for (const [container, value] of Object.entries(containers)) {
    const at = ['containers', container, 'network'];
    if (!isTree(value) || typeof value['node'] !== 'string' || !context.isSound(at) || !context.isSound(['containers', container, 'node'])) continue;
    const network = networkSources(context.source).find((each) => each.name === value['network']);
    const nodes = network && nodesOf(context.ground, network.value);
    const alone = nodes && (context.ground.members(value['node']) ?? []).find((node) => !nodes.includes(node.name));
    if (network && alone) context.error('LG070', at, `the network "${network.name}" is not on ${alone.name}`, `Add "${alone.name}" to its "nodes".`);
  }
}
