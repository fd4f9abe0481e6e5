/** What cannot be plugged in, said before anything runs. */
import { ownBridge } from '../../model/container-networks.js';
import { addressPart } from '../../model/family.js';
import { contains, formatAddress, formatSubnet, overlap, parseAddress, parseCidr, sizeOf, type Subnet } from '../../model/ipv4.js';
import type { Node } from '../../model/lab.js';
import type { Path } from '../../model/problem.js';
import { bridgeSources, spotsOf, type Spot } from '../bridges/spots.js';
import { hostsOf } from '../containers/resolve.js';
import type { RuleContext } from '../feature.js';
import { writtenPipes, type Written } from './resolve.js';

/** Every sound interface on every node its container is on, with the bridge there. */
function each(context: RuleContext, visit: (written: Written, spot: Spot, node: Node) => void): void {
  const spots = spotsOf(context.ground);
  for (const written of writtenPipes(context.source)) {
    if (!context.isSound(written.path) || !context.isSound(['bridges', String(written.pipe['bridge'])])) continue;
    for (const node of hostsOf(context.ground, written.value)) {
      const spot = spots.find((one) => one.node === node && one.bridge === written.pipe['bridge']);
      if (spot && context.isSound(written.path)) visit(written, spot, node);
    }
  }
}

export function bridgeIsThere(context: RuleContext): void {
  const spots = spotsOf(context.ground);
  const names = bridgeSources(context.source).map((bridge) => bridge.name);
  for (const { container, value, pipe, path } of writtenPipes(context.source)) {
    const at = [...path, 'bridge'];
    const bridge = String(pipe['bridge']);
    if (pipe['bridge'] === undefined || !context.isSound(at) || !context.isSound(['bridges', bridge])) continue;
    if (!names.includes(bridge)) {
      context.error('LG040', at, `there is no bridge "${bridge}"`, context.nearest(bridge, names, 'bridge'));
      continue;
    }
    const lacking = hostsOf(context.ground, value).find((node) => !spots.some((spot) => spot.node === node && spot.bridge === bridge));
    if (lacking) context.error('LG120', at, `"${container}" runs on ${lacking.name}, and the bridge "${bridge}" is not there`, `It is on: ${spots.filter((spot) => spot.bridge === bridge).map((spot) => spot.node.name).join(', ') || 'no node'}. A cable does not lead from one node to another.`);
  }
}

export function networkTakesMore(context: RuleContext): void {
  for (const { value, path } of writtenPipes(context.source)) {
    const network = String(value['network'] ?? 'bridge');
    if (!context.isSound(path.slice(0, 3)) || (network !== 'host' && !network.startsWith('container:'))) continue;
    if (network === 'host') context.error('LG070', path.slice(0, 3), 'a container with "network: host" has no network namespace of its own to plug anything into', 'Give it "network: none".');
    else context.error('LG070', path.slice(0, 3), `the network belongs to "${network.slice('container:'.length)}"`, 'Say it there.');
  }
}

export function interfacesAreFree(context: RuleContext): void {
  const taken = new Map<string, string>();
  for (const { container, value, pipe, path } of writtenPipes(context.source)) {
    const name = String(pipe['interface'] ?? 'eth1');
    const at = pipe['interface'] === undefined ? path : [...path, 'interface'];
    if (!context.isSound(at)) continue;
    const docker = !['none', 'host'].includes(String(value['network'] ?? 'bridge'));
    const owner = ['lo', 'all', 'default'].includes(name) ? 'the system' : name === 'eth0' && docker ? 'Docker' : taken.get(`${container} ${name}`);
    if (owner !== undefined) context.error('LG061', at, `the interface "${name}" in "${container}" is taken by ${owner}`, owner === 'Docker' ? 'Use eth1, or "network: none".' : pipe['interface'] === undefined ? 'Give it another name, such as "interface: eth2".' : 'Choose another name.');
    taken.set(`${container} ${name}`, 'another one of its list');
  }
}

export function vlanNeedsASwitch(context: RuleContext): void {
  each(context, ({ pipe, path }, spot) => {
    if (pipe['vlan'] !== undefined && spot.kind === 'linux') context.error('LG120', [...path, 'vlan'], `"${spot.bridge}" is a Linux bridge, and pipework cannot tag its ports`, 'Give the bridge "kind: ovs".');
  });
}

export function addressesFit(context: RuleContext): void {
  const owners = new Map<string, string>();
  each(context, ({ container, pipe, path }, spot, node) => {
    const at = [...path, 'address'];
    const text = String(pipe['address']);
    const parsed = parseCidr(text);
    if (!parsed) return;
    const { address, subnet } = parsed;
    const offset = address - subnet.base;
    const own = parseCidr(spot.address ?? '');
    const key = `${node.name} ${spot.bridge} ${address}`;
    const owner = own?.address === address ? `${node.name} on the bridge` : owners.get(key);
    if (subnet.prefix > 30 || offset === 0 || offset === sizeOf(subnet.prefix) - 1) context.error('LG032', at, `${text} is not a host address with room for others`, 'Give an address with the prefix of its network, such as 192.168.1.10/24.');
    else if (own && formatSubnet(own.subnet) !== formatSubnet(subnet)) context.error('LG032', at, `${text} is not in ${formatSubnet(own.subnet)} of the bridge "${spot.bridge}"`, `Use an address in it, with /${own.subnet.prefix}.`);
    else if (owner !== undefined) context.error('LG033', at, `${addressPart(text)} is already the address of ${owner}`, 'Give each interface an address of its own.');
    else if (!own) keepsToItself(context, spot, text, subnet, at);
    owners.set(key, `"${container}"`);
    if (context.isSound(at) && ownBridge(context.ground, node.name) === spot.bridge) context.warning('LG120', at, `Docker hands out addresses of "${spot.bridge}" itself, and may give ${formatAddress(address)} to another container`, 'Use a bridge that dockerd is not on.');
    if (context.isSound(at)) gatewayFits(context, pipe, address, subnet, path);
  });
}

/** On a bridge without an address nothing was checked yet against the networks between nodes. */
function keepsToItself(context: RuleContext, spot: Spot, text: string, subnet: Subnet, at: Path): void {
  if (spot.ports.length > 0) return;
  const network = context.ground.networks.find((one) => overlap(parseCidr(one.subnet)?.subnet ?? subnet, subnet));
  if (network) context.error('LG031', at, `${text} overlaps the network "${network.name}" (${network.subnet})`, 'Choose another network for the bridge.');
}

function gatewayFits(context: RuleContext, pipe: Written['pipe'], address: number, subnet: Subnet, path: Path): void {
  const gateway = typeof pipe['gateway'] === 'string' ? parseAddress(pipe['gateway']) : undefined;
  if (gateway === undefined) return;
  const at = [...path, 'gateway'];
  const offset = gateway - subnet.base;
  if (!contains(subnet, gateway)) context.error('LG032', at, `${String(pipe['gateway'])} is not in ${formatSubnet(subnet)}`, 'A next hop has to be a neighbour.');
  else if (gateway === address) context.error('LG033', at, `${String(pipe['gateway'])} is the container's own address`, 'The gateway is another machine, such as the bridge itself.');
  else if (offset === 0 || offset === sizeOf(subnet.prefix) - 1) context.error('LG032', at, `${String(pipe['gateway'])} cannot be a host in ${formatSubnet(subnet)}`, 'Use an address in between.');
}

/** Two ports with one MAC on one bridge take each other's frames away. */
export function macsDiffer(context: RuleContext): void {
  const owners = new Map<string, string>();
  each(context, ({ container, pipe, path }, spot, node) => {
    if (typeof pipe['mac'] !== 'string') return;
    const key = `${node.name} ${spot.bridge} ${pipe['mac'].toLowerCase()}`;
    const owner = owners.get(key);
    if (owner !== undefined) context.error('LG033', [...path, 'mac'], `${pipe['mac']} is already the MAC of "${owner}"`, 'Leave it out: each interface gets one of its own.');
    owners.set(key, container);
  });
}
