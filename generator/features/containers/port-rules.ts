/** Published ports: each port of a node has one owner. */
import { addressPart, canonical, familyOf } from '../../model/family.js';
import type { Node } from '../../model/lab.js';
import { isTree, listOf, type Tree } from '../../model/merge.js';
import type { Path } from '../../model/problem.js';
import type { RuleContext } from '../feature.js';
import { isOwnAddress, nodeInterfaces, type NodeInterfaces } from '../node-interfaces.js';
import { membersOf, swarmSource } from '../swarm/sources.js';
import { parsePort, portOwner } from './ports.js';
import { containerSources, hostsOf } from './resolve.js';

/** Whether two host addresses, left out for all, have one in common; 0.0.0.0 and :: are all of one family. */
function sharesAddress(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  return familyOf(a) === familyOf(b) && [a, b].some((each) => each === '0.0.0.0' || each === '::');
}

export function portsAreFree(context: RuleContext): void {
  const taken = new Map<string, { readonly address: string | undefined; readonly name: string }[]>();
  const interfacesOf = nodeInterfaces(context.ground);
  const swarm = new Set(membersOf(context.ground, swarmSource(context.source)));
  for (const { name, value } of containerSources(context.source)) {
    listOf(value['ports']).forEach((text, index) => {
      const at = ['containers', name, 'ports', index];
      if (!context.isSound(at)) return;
      const port = parsePort(String(text));
      const written = /^(\d+(?:\.\d+){3}):/.exec(String(text))?.[1];
      if (written !== undefined && canonical(written) === undefined) {
        context.error('LG015', at, `${written} in ${JSON.stringify(text)} is not an IPv4 address`, 'Write an address of the node before the ports, or leave it out: "8080:80".');
        return;
      }
      if (!port) {
        context.error('LG014', at, `${JSON.stringify(text)} is not a port`, 'Ports go from 1 to 65535.');
        return;
      }
      if (!addressIsThere(context, interfacesOf, value, port.hostAddress, at) || port.hostPort === undefined) return;
      for (const node of hostsOf(context.ground, value)) {
        const key = `${node.name} ${port.hostPort}/${port.protocol}`;
        const address = port.hostAddress;
        const others = taken.get(key) ?? [];
        const owner = others.find((other) => sharesAddress(other.address, address))?.name;
        const own = portOwner(port, swarm.has(node));
        if (own !== undefined) {
          context.error('LG071', at, `port ${port.hostPort}/${port.protocol} of ${node.name} belongs to ${own}`, 'Use another host port.');
          break;
        }
        if (owner !== undefined) {
          context.error('LG071', at, `port ${port.hostPort}/${port.protocol} of ${node.name} is already published by "${owner}"`, 'Use another host port.');
          break;
        }
        taken.set(key, [...others, { address, name }]);
      }
    });
  }
}

/** Docker says "cannot assign requested address" otherwise, unless the kernel is told to bind what it has not. */
function addressIsThere(context: RuleContext, interfacesOf: (node: Node) => NodeInterfaces, value: Tree, address: string | undefined, at: Path): boolean {
  if (address === undefined || address === '0.0.0.0' || address === '::' || BLOCKS.some((block) => !context.isSound([block]))) return true;
  const lacking = hostsOf(context.ground, value).find((node) => !bindsAnything(context, node) && !isOwnAddress(interfacesOf(node), address));
  if (!lacking) return true;
  const own = interfacesOf(lacking).addresses.map(addressPart).filter((each) => familyOf(each) === familyOf(address));
  context.error('LG070', at, `${address} is not an address of "${lacking.name}", and Docker cannot publish on it`, own.length === 0 ? 'Leave the address out.' : `It has: ${own.slice(0, 8).join(', ')}. Or leave the address out: then it is all of them.`);
  return false;
}

/** What an address of a node may come from. */
const BLOCKS: readonly string[] = ['nodes', 'groups', 'networks', 'bridges', 'tunnels', 'dockerNetworks'];

function bindsAnything(context: RuleContext, node: Node): boolean {
  const sysctls = context.ground.nodeSource(node.name)['sysctls'];
  return isTree(sysctls) && ['net.ipv4.ip_nonlocal_bind', 'net.ipv6.ip_nonlocal_bind'].some((key) => String(sysctls[key] ?? 0) !== '0');
}
